"""The starter plans: sound, rich, and written whole or not at all."""

import os
import stat

import pytest

from touchbook.kernel.errors import NotFound, Refused, Unreadable
from touchbook.plan.loader import load, read_plan
from touchbook.plan.model import Purpose
from touchbook.workflows.start_plan import KINDS, start_plan, starter


@pytest.mark.parametrize("kind", KINDS)
def test_a_starter_passes_its_own_lint_with_no_warning(kind):
    loaded = load(starter(kind)["plan.yaml"])
    assert loaded.problems == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_starter_is_worth_starting_from(kind):
    plan = read_plan(starter(kind)["plan.yaml"])
    assert 8 <= len(plan.touches) <= 15
    for touchpoint in plan.touchpoints.values():
        assert len(touchpoint.deposits) >= 3
        assert len(touchpoint.withdrawals) >= 3
    assert {"feeling", "intent", "barrier", "need"} <= set(plan.questions)
    apologies = [touch for touch in plan.touches.values() if touch.purpose is Purpose.APOLOGISE]
    assert apologies
    for apology in apologies:
        assert apology.must
        assert {"open_withdrawals", "open_weight"} <= apology.when.columns
    purposes = {touch.purpose for touch in plan.touches.values()}
    wanted = {Purpose.ASK, Purpose.HELP, Purpose.HEADS_UP, Purpose.INFORM, Purpose.THANK, Purpose.INVITE}
    assert wanted <= purposes
    assert (Purpose.SELL in purposes) is (kind != "city")
    assert all(sell.when for sell in plan.touches.values() if sell.purpose is Purpose.SELL)


@pytest.mark.parametrize("kind", KINDS)
def test_every_content_that_a_starter_names_is_written_and_no_other(kind, tmp_path):
    written = start_plan(tmp_path / "new" / "folder", kind)
    folder = tmp_path / "new" / "folder"
    assert written[0] == folder / "plan.yaml"
    plan = read_plan((folder / "plan.yaml").read_bytes())
    named = {touch.content for touch in plan.touches.values() if touch.content}
    assert {path.name for path in (folder / "content").iterdir()} == named
    assert all((folder / "content" / name).read_text(encoding="utf-8").startswith("# ") for name in named)


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path):
    (tmp_path / "content").mkdir()
    mine = tmp_path / "content" / "upgrade.md"
    mine.write_text("mine")
    with pytest.raises(Refused, match=r"upgrade\.md is there already, and nothing was written"):
        start_plan(tmp_path, "club")
    assert mine.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["content", "upgrade.md"]


def test_a_second_start_is_refused(tmp_path):
    start_plan(tmp_path, "hotel")
    with pytest.raises(Refused):
        start_plan(tmp_path, "city")


def test_a_failure_half_way_takes_back_what_was_written(tmp_path, monkeypatch):
    texts = starter("club")
    texts["content/" + "x" * 300] = "a name that no disk takes"
    monkeypatch.setattr("touchbook.workflows.start_plan.starter", lambda kind: texts)
    with pytest.raises(Unreadable, match="cannot be written"):
        start_plan(tmp_path / "deep" / "folder", "club")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unreadable, match="choose another folder"):
        start_plan(tmp_path / "file", "club")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(Unreadable):
        start_plan(tmp_path / "new", "club")


def test_an_unknown_kind_says_which_there_are():
    with pytest.raises(NotFound, match="did you mean 'hotel'"):
        starter("hotels")
    with pytest.raises(NotFound, match="choose one of airline, city, club, hotel"):
        starter("../../etc")
