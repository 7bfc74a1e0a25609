"""``touchbook check`` and ``touchbook init``, as a person runs them."""

import json
import os
import subprocess
import sys

import pytest
from test_plan_loader import CLUB, changed


def run(*arguments, **more):
    environment = os.environ | {"COLUMNS": "200", "NO_COLOR": "1"} | more
    command = [sys.executable, "-m", "touchbook", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


@pytest.fixture
def plan_file(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "travel.md").write_text("Take tram 4.")

    def write(content):
        path = tmp_path / "plan.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_starter_is_written_and_checks_out(tmp_path):
    made = run("init", tmp_path / "ours", "--for", "hotel")
    assert made.returncode == 0, made.stderr
    checked = run("check", tmp_path / "ours" / "plan.yaml")
    assert checked.returncode == 0
    assert "no warnings. The plan can be used." in checked.stdout
    again = run("init", tmp_path / "ours", "--for", "hotel")
    assert again.returncode == 2
    assert again.stderr.count("\n") == 1
    assert "is there already, and nothing was written" in again.stderr


def test_errors_are_sentences_and_the_exit_code_is_1(plan_file):
    path = plan_file(changed("guardrails:", "guardrail:"))
    done = run("check", path)
    assert done.returncode == 1
    assert f"{path}:32:1: error: unknown key 'guardrail' in the plan; did you mean 'guardrails'?" in done.stdout


def test_the_experiment_of_the_tutorial_names_the_error_and_the_warning(plan_file):
    text = changed("guardrails:", "guardrail:", changed("needs: [feeling, barrier]", "needs: [barrier]"))
    done = run("check", plan_file(text))
    assert "unknown key 'guardrail'" in done.stdout
    assert "warning: no decision needs the question 'feeling'" in done.stdout
    assert done.stdout.endswith(
        "1 error and 1 warning. The plan cannot be used yet.\n"
        "Some warnings are looked for only once the errors are mended.\n"
    )


def test_what_there_is_one_of_is_said_in_the_singular(plan_file):
    text = changed("  newcomer: tenure_days < 365\n  family: seats >= 3\n", "")
    done = run("check", plan_file(text.replace("to: newcomer, ", "")))
    assert "Riverside members: 1 type, 1 touchpoint, 3 touches; no warnings." in done.stdout


def test_warnings_are_printed_and_the_exit_code_is_0(plan_file):
    done = run("check", plan_file(changed("asymmetry: 2.5", "asymmetry: 7")))
    assert done.returncode == 0
    assert ": warning: an asymmetry of 7" in done.stdout


def test_json_carries_every_problem(plan_file):
    done = run("check", plan_file(changed("witness: 0.4", "witness: 4")), "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert answer["plan"] is None
    assert [set(problem) for problem in answer["problems"]] == [
        {"line", "column", "severity", "rule", "what", "remedy"}
    ]
    assert json.loads(run("check", plan_file(CLUB), "--json").stdout) == {"plan": "Riverside members", "problems": []}


def test_what_cannot_be_read_is_one_sentence_and_exit_code_2(tmp_path):
    for path in (tmp_path / "nowhere.yaml", tmp_path):
        done = run("check", path)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "is empty"), (b"a: \x00", "NUL"), (b"\xff\xfe", "UTF-16"), (b"x" * 3_000_000, "longer than")],
)
def test_bad_bytes_are_one_sentence(plan_file, content, says):
    done = run("check", plan_file(content))
    assert done.returncode == 1
    assert says in done.stdout
    assert "Traceback" not in done.stderr


def test_a_terminal_without_the_letters_gets_question_marks_and_no_traceback(plan_file):
    done = run("check", plan_file(changed("Riverside members", "Łomża members")), PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "members: 3 types" in done.stdout


def test_a_starter_needs_a_folder(tmp_path):
    done = run("init", "")
    assert done.returncode == 2
    assert done.stderr == "The name of the folder is empty; write one such as my-plan, or . for this folder.\n"


def test_content_that_is_not_beside_the_plan_is_a_warning_with_its_line(plan_file):
    path = plan_file(CLUB)
    (path.parent / "content" / "travel.md").rename(path.parent / "travel.md")
    assert "no warnings" in run("check", path).stdout
    (path.parent / "travel.md").unlink()
    done = run("check", path)
    assert done.returncode == 0
    assert f"{path}:29:" in done.stdout
    assert "warning: the content 'travel.md' of the touch 'travel page' is not there; write " in done.stdout
    assert "; 1 warning. The plan can be used." in done.stdout
