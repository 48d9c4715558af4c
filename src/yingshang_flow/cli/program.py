"""The program: its commands, and the one place where an error becomes a line on standard error and an exit code."""

import difflib
import os
import sys
from contextlib import suppress
from typing import Any, Final, NoReturn

import click

from yingshang_flow import __version__
from yingshang_flow.cli.assessing import assess, retally
from yingshang_flow.cli.calendar_file import ics
from yingshang_flow.cli.calendars import calendar
from yingshang_flow.cli.cases import audit, sweep, verify
from yingshang_flow.cli.checking import check
from yingshang_flow.cli.checkpoints import checkpoint
from yingshang_flow.cli.comparing import diff_lifecycles
from yingshang_flow.cli.databases import db
from yingshang_flow.cli.deadlines import deadline
from yingshang_flow.cli.definitions import diagram, lifecycles
from yingshang_flow.cli.demo import demo
from yingshang_flow.cli.exchange import export
from yingshang_flow.cli.following import connections, propose
from yingshang_flow.cli.mappings import mapping
from yingshang_flow.cli.migration import migrate
from yingshang_flow.cli.output import use_utf8
from yingshang_flow.cli.profiles import catalogue, diff
from yingshang_flow.cli.reprojection import reproject
from yingshang_flow.cli.rules import rules
from yingshang_flow.cli.showing import show
from yingshang_flow.errors import YingshangFlowError

NAME: Final = "yingshang-flow"

FINE, FINDINGS, WRONG = 0, 1, 2
"""Exit codes: all is well; something was found; the input or the way it was called is wrong."""

_INTERRUPTED, _READER_GONE = 130, 141
"""What a shell reports of a program that was stopped by Ctrl-C, or because nobody reads its output any more."""


class _Program(click.Group):
    """A group of commands that tells every expected error in one line."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401  # click's own arguments
        """Run a command and exit with its code."""
        kwargs["standalone_mode"] = False
        try:
            status = super().main(*args, **kwargs)
        except click.Abort:
            _tell("interrupted")
            status = _INTERRUPTED
        except click.ClickException as exc:
            _tell(_told(exc))
            status = WRONG
        except OSError as exc:
            _tell(f"{exc.filename}: {exc.strerror}" if exc.filename else str(exc.strerror or exc))
            status = WRONG
        except YingshangFlowError as exc:
            _tell(str(exc))
            status = WRONG
        sys.exit(status if isinstance(status, int) else FINE)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # what the command returns
        """Run the command to its last byte; click itself would report a reader that has gone as findings."""
        try:
            found = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            raise click.exceptions.Exit(_READER_GONE) from None
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say what there is instead."""
        if args and self.get_command(ctx, args[0]) is None:
            near = difflib.get_close_matches(args[0], self.commands, 1)
            known = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(self.commands))}"
            raise click.UsageError(f"there is no command {args[0]!r}; {known}", ctx)
        return super().resolve_command(ctx, args)


def _told(exc: click.ClickException) -> str:
    """Return what is wrong, and for a wrong call where to read how it is done."""
    said = exc.format_message()
    if isinstance(exc, click.UsageError) and exc.ctx is not None:
        return f"{said.rstrip('.')}; see {exc.ctx.command_path} --help"
    return said


def one_line(text: str) -> str:
    """Return an error as one line: its problems, a line each, joined by semicolons."""
    head, *rest = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    problems = "; ".join(line.removeprefix("- ") for line in rest)
    return f"{head.rstrip(':')}: {problems}" if problems else head


def _tell(text: str) -> None:
    with suppress(OSError):  # nobody listens: the exit code says it
        click.echo(f"{NAME}: {one_line(text)}", err=True)


@click.group(
    cls=_Program,
    name=NAME,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 findings, 2 bad input or usage.",
)
@click.version_option(__version__, "--version", prog_name=NAME, message="%(prog)s %(version)s")
@click.pass_context
def program(context: click.Context) -> None:
    """营商环境 procedures as checked lifecycles: deadlines, refusals and audits, each with its article."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _command in (
    demo,
    lifecycles,
    catalogue,
    diff,
    mapping,
    show,
    diagram,
    deadline,
    calendar,
    audit,
    verify,
    checkpoint,
    check,
    diff_lifecycles,
    rules,
    sweep,
    reproject,
    migrate,
    ics,
    export,
    propose,
    connections,
    assess,
    retally,
    db,
):
    program.add_command(_command)


def main() -> NoReturn:
    """Run the command line as a process."""
    use_utf8()
    try:
        program.main(prog_name=NAME)
    finally:
        _let_go_of_a_broken_pipe()


def _let_go_of_a_broken_pipe() -> None:
    """Keep Python from complaining at its end about output that nobody takes."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
