"""The program as a process: exit codes, one line for every error, UTF-8, and readers that go away."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

from yingshang_flow import __version__
from yingshang_flow.cli import definitions, program
from yingshang_flow.cli.program import one_line

Run = Callable[..., Result]
PROGRAM = (sys.executable, "-m", "yingshang_flow")
COMMANDS = sorted(program.commands)


def process(*arguments: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, env=os.environ | environment)


def test_it_has_the_commands_of_the_design() -> None:
    wanted = {"demo", "lifecycles", "show", "diagram", "deadline", "calendar", "audit", "verify", "check", "rules"}
    assert {*wanted, "sweep", "reproject", "ics"} <= set(COMMANDS)


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=" ".join)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_explains_itself(run: Run, command: tuple[str, ...], flag: str) -> None:
    result = run(*command, flag)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Usage: ")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_fits_its_line_in_the_help(run: Run, command: str) -> None:
    (line,) = (line for line in run().stdout.splitlines() if line.startswith(f"  {command} "))
    assert not line.endswith("...")


def test_without_a_command_it_explains_itself(run: Run) -> None:
    result = run()
    assert (result.exit_code, result.stdout) == (0, run("--help").stdout)


def test_it_tells_its_version(run: Run) -> None:
    assert run("--version").stdout == f"yingshang-flow {__version__}\n"


def test_a_command_that_is_nearly_one_is_guessed(refused: Callable[..., str]) -> None:
    assert "there is no command 'deadlin'; did you mean 'deadline'?" in refused("deadlin")


def test_a_command_that_is_none_is_told_what_there_is(refused: Callable[..., str]) -> None:
    assert "there is no command 'xyz'; there are assess, audit, calendar, " in refused("xyz")


def test_an_option_that_does_not_exist_points_to_the_help(refused: Callable[..., str]) -> None:
    assert "see yingshang-flow deadline --help" in refused("deadline", "--fast")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("wrong", "wrong"),
        ("p.toml: 2 problems\n  - a is missing\n  - b is wrong", "p.toml: 2 problems: a is missing; b is wrong"),
        ("'x' is refused:\n  - Y1\n  possible here: y", "'x' is refused: Y1; possible here: y"),
        ("", ""),
    ],
)
def test_errors_of_many_lines_become_one(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(28, "No space left on device"), 2, "No space left on device"),
        (PermissionError(13, "Permission denied", "there"), 2, "there: Permission denied"),
        (click.ClickException("wrong"), 2, "wrong"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(definitions, "bound", fail)
    result = run("lifecycles")
    assert (result.exit_code, result.stderr.strip()) == (code, f"yingshang-flow: {said}")


def test_a_bug_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(definitions, "bound", fail)
    assert isinstance(run("lifecycles").exception, ZeroDivisionError)


def test_it_runs_as_a_process() -> None:
    result = process("deadline", "7工作日", "--from", "2018-12-20")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"2018-12-29\n", b"")


def test_it_fails_as_a_process_in_one_line_without_traceback() -> None:
    result = process("show", "nothing", "--policy", "dalian-2018")
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.startswith(b"yingshang-flow: there is no lifecycle 'nothing'; there are interview, ")
    assert result.stderr.count(b"\n") == 1


@pytest.mark.parametrize("environment", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}], ids=str)
def test_it_writes_utf_8_whatever_the_locale(environment: dict[str, str]) -> None:
    result = process("lifecycles", **environment)
    assert "大连市" in result.stdout.decode("utf-8")
    wrong = process("show", "约谈", "--policy", "dalian-2018", **environment)
    assert "'约谈'" in wrong.stderr.decode("utf-8")


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        result = subprocess.run([*PROGRAM, "rules", "--json"], stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    assert (result.returncode, result.stderr) == (141, b"")


def test_a_closed_output_is_no_error() -> None:
    command = ["sh", "-c", '"$@" >&-', "sh", *PROGRAM, "lifecycles"]
    result = subprocess.run(command, stderr=subprocess.PIPE, check=False)
    assert (result.returncode, result.stderr) == (0, b"")


def test_a_closed_error_output_leaves_the_exit_code() -> None:
    command = ["sh", "-c", '"$@" 2>&-', "sh", *PROGRAM, "nothing"]
    assert subprocess.run(command, stdout=subprocess.PIPE, check=False).returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_is_told_in_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run([*PROGRAM, "lifecycles"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 2
    assert result.stderr == b"yingshang-flow: No space left on device\n"


def in_a_terminal(*arguments: str, columns: int = 80) -> str:
    """Run it in a pseudo terminal and return what it would show."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen([*PROGRAM, *arguments], stdout=theirs, env=environment):
        os.close(theirs)
        shown = bytearray()
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:  # Linux reports the end of a terminal as an error
                break
            if not read:
                break
            shown += read
    os.close(ours)
    return shown.decode("utf-8")


def test_in_a_terminal_there_are_tables_and_colours() -> None:
    shown = in_a_terminal("lifecycles")
    assert "─" in shown
    assert "\x1b[" in shown


def test_in_a_pipe_there_are_neither() -> None:
    shown = process("lifecycles").stdout.decode("utf-8")
    assert "─" not in shown
    assert "\x1b" not in shown
