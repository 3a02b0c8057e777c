"""The command as people type it: sentences, exit codes, `--debug`, Ctrl-C."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from reidlib.cli import OneSentence, app
from reidlib.cli import doctor as doctor_command
from reidlib.errors import ReidError


def _toy(error: BaseException) -> typer.Typer:
    toy = typer.Typer(cls=OneSentence, pretty_exceptions_enable=False)

    @toy.command()
    def fail() -> None:
        raise error

    @toy.command()
    def other() -> None:
        print("fine")

    return toy


def test_a_users_mistake_is_one_sentence_and_exit_code_one():
    result = CliRunner().invoke(_toy(ReidError("Found 0 persons", "1 or more", "pass --persons 2")), ["fail"])
    assert result.exit_code == 1
    assert result.output.strip() == "reidlib: Found 0 persons. Needed: 1 or more. To do: pass --persons 2."


def test_debug_shows_where(monkeypatch):
    monkeypatch.setenv("REIDLIB_DEBUG", "1")
    result = CliRunner().invoke(_toy(ReidError("a", "b", "c")), ["fail"])
    assert isinstance(result.exception, ReidError)


def test_control_c_is_exit_code_130():
    result = CliRunner().invoke(_toy(KeyboardInterrupt()), ["fail"])
    assert result.exit_code == 130
    assert "stopped" in result.output


@pytest.fixture
def roomy(monkeypatch):
    """What doctor says must not hang on how full the disk of the machine under test is."""
    usage = type("Usage", (), {"free": 10 * doctor_command.NEEDED_DISK})
    monkeypatch.setattr(doctor_command.shutil, "disk_usage", lambda path: usage)


def test_doctor_finds_a_whole_environment_healthy(roomy):
    result = CliRunner().invoke(app, ["doctor", "--json"])
    facts = json.loads(result.stdout)["facts"]
    assert result.exit_code == 0, result.stdout
    assert facts["cache"] == os.environ["REIDLIB_CACHE"]
    assert facts["torch"].split(".")[0].isdigit()


def test_doctor_says_what_to_type_when_a_package_is_missing(monkeypatch, roomy):
    import reidlib.report.environment as environment

    monkeypatch.setattr(environment, "package_versions", lambda: {"torch": "2.11", "papermill": None})
    _, problems = doctor_command.findings()
    assert len(problems) == 1
    assert "papermill is missing" in problems[0]
    assert "pip install" in problems[0]
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 1


@pytest.mark.parametrize(("short", "said"), [(1, "2.9 GiB are free"), (2 * 1024**3, "1.0 GiB are free"), (0, None)])
def test_doctor_never_says_that_as_much_as_is_needed_is_too_little(monkeypatch, short, said):
    usage = type("Usage", (), {"free": doctor_command.NEEDED_DISK - short})
    monkeypatch.setattr(doctor_command.shutil, "disk_usage", lambda path: usage)
    problems = [p for p in doctor_command.findings()[1] if "GiB are free" in p]
    assert len(problems) == (said is not None)
    assert all(p.startswith(said) for p in problems)


def test_doctor_on_a_full_disk_and_a_cache_that_cannot_be_written(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor_command.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 10**8}))
    assert any("GiB are free" in p for p in doctor_command.findings()[1])
    (tmp_path / "file").write_text("a file where the cache should be")
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "file" / "cache"))
    facts, problems = doctor_command.findings()
    assert facts["cache"] == "not usable"
    assert any("REIDLIB_CACHE" in p for p in problems)


def test_help_needs_no_torch_and_lists_the_commands():
    code = "import sys; sys.argv = ['reidlib', '--help']\nimport reidlib.cli as c\ntry: c.main()\n"
    code += "except SystemExit: pass\nsys.exit('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0
    for name in ("doctor", "report", "lab"):
        assert name in run.stdout


def test_report_refuses_a_notebook_that_does_not_exist():
    result = CliRunner().invoke(app, ["report", "--only", "77"])
    assert result.exit_code == 1
    assert "Found no notebook '77'" in result.output


@pytest.mark.parametrize("arguments", [["report", "--profile", "huge"], ["nonsense"]])
def test_a_wrong_word_is_a_usage_error(arguments):
    assert CliRunner().invoke(app, arguments).exit_code == 2
