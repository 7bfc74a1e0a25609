"""Start a plan: write a starter plan for one kind of organisation, with the content that it names."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from touchbook.kernel.errors import NotFound, Refused, Unreadable
from touchbook.plan.forms import shown, suggestion
from touchbook.plan.loader import read_plan

KINDS = ("airline", "city", "club", "hotel")


def starter(kind: str) -> dict[str, str]:
    """The texts of a starter by their path: ``plan.yaml`` and the content it names. Raises NotFound."""
    if kind not in KINDS:
        remedy = suggestion(kind, KINDS, f"choose one of {', '.join(KINDS)}.")
        raise NotFound(f"There is no starter plan for {shown(kind)}; {remedy}")
    folder = files("touchbook.plan") / "starters"
    plan_text = (folder / f"{kind}.yaml").read_text(encoding="utf-8")
    texts = {"plan.yaml": plan_text}
    for touch in read_plan(plan_text).touches.values():
        if touch.content:
            text = (folder / "content" / kind / touch.content).read_text(encoding="utf-8")
            texts[f"content/{touch.content}"] = text
    return texts


def start_plan(folder: Path, kind: str) -> tuple[Path, ...]:
    """Write a starter plan into a folder, which is made if need be; return the files written, the plan first.

    All or nothing. Raises NotFound for an unknown kind, Refused when one of the files is there already, Unreadable
    when the folder cannot be written.
    """
    texts = {folder / path: text for path, text in starter(kind).items()}
    written: list[Path] = []
    try:
        there = next((path for path in texts if path.exists() or path.is_symlink()), None)
        if there is not None:
            raise Refused(f"{there} is there already, and nothing was written; choose another folder.")
        for path, text in texts.items():
            _make(path.parent, written)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        _undo(written)
        reason = error.strerror or type(error).__name__
        raise Unreadable(f"{folder} cannot be written ({reason}); choose another folder.") from error
    return tuple(texts)


def _make(folder: Path, written: list[Path]) -> None:
    """Make a folder and those above it, noting each that was not there."""
    missing = [folder, *folder.parents]
    for one in reversed([path for path in missing if not path.exists()]):
        one.mkdir()
        written.append(one)


def _undo(written: list[Path]) -> None:
    """Take back what was written, the last first."""
    for path in reversed(written):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
