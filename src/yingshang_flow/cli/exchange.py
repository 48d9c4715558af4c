"""``export`` of cases for tools of process mining, and ``audit`` of event logs, our own and those of other systems."""

import gzip
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, cast, get_args

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.ledgers import report_ledger
from yingshang_flow.cli.output import Page, print_json
from yingshang_flow.cli.reports import Wanted, report_cases
from yingshang_flow.cli.terms import counted
from yingshang_flow.compliance import audit_all, audit_ledger
from yingshang_flow.compliance.event_logs import (
    Ends,
    History,
    is_own,
    petri_net,
    read_foreign_xes,
    read_traces,
    read_xes,
    write_ocel_json,
    write_pnml,
    write_xes,
)
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import midnight
from yingshang_flow.deadlines import china
from yingshang_flow.docket import Docket, system_clock
from yingshang_flow.errors import EventLogError
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Label, Language

_XES: Final = "xes"
_OCEL: Final = "ocel-json"
_PNML: Final = "pnml"
_LOGS: Final = (".xes", ".xes.gz")
_LAST_INSTANT: Final = timedelta(days=1) - timedelta(microseconds=1)

names_option = click.option(
    "--names",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='A TOML file with the trigger of each activity of another system\'s LOG.xes: "收件" = "receive".',
)


@click.command()
@click.argument("cases", metavar="[CASE]...", nargs=-1)
@options.database(required=False)
@click.option("--format", "form", type=click.Choice([_XES, _OCEL, _PNML]), required=True, help="What to write.")
@click.option("--lifecycle", metavar="KEY", help="The procedure to draw as a net, for pnml.")
@options.policy()
@click.option(
    "--ends",
    type=click.Choice(get_args(Ends)),
    help="Where a case may end, for pnml: in final states (unless given), or in any, so that running ones fit too.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="A new file, or - for the output.")
@options.language()
@options.as_json()
def export(
    *,
    cases: tuple[str, ...],
    db: Place | None,
    form: str,
    lifecycle: str | None,
    policy: str | None,
    ends: Ends | None,
    out: Path,
    lang: Language,
    as_json: bool,
) -> None:
    """Write histories as an event log, or a net.

    Of all stored cases (--db), or of each CASE: xes for one case a trace, ocel-json for an object-centric log. Or
    --lifecycle under --policy as a Petri net: pnml. A file whose name ends with .gz is packed. What is confidential
    stays sealed.
    """
    write: Callable[[BinaryIO], int]
    if form == _PNML:
        if lifecycle is None or policy is None or db is not None or cases:
            raise click.UsageError("pnml is of a procedure: say --lifecycle and --policy, and no --db or CASE")
        net = petri_net(options.shipped(lifecycle)(options.profile(policy)), ends=ends or "final")
        what = Label("个库所", "place")

        def write(file: BinaryIO) -> int:
            write_pnml(file, net)
            return len(net.places)

    else:
        if db is None or (lifecycle, policy, ends) != (None, None, None):
            raise click.UsageError(
                f"{form} is of stored cases: say --db; --lifecycle, --policy and --ends are for pnml"
            )
        docket = options.docket(db)
        named = options.case_ids(docket.store, cases)
        what = Label("件案件", "case")

        def write(file: BinaryIO) -> int:
            earlier: dict[str, Lifecycle] = {}
            histories = _histories(docket, named, earlier)
            return write_xes(file, histories, earlier=earlier) if form == _XES else write_ocel_json(file, histories)

    count = _written(out, write)
    if out == _OUTPUT:
        return
    if as_json:
        print_json({"file": str(out), "format": form, f"{what.en}s": count})
    else:
        Page(lang).text(Label(f"{count}{what.zh}已写入 {out}", f"{counted(count, what.en)} written to {out}"))


def _histories(docket: Docket, cases: Iterable[str], earlier: dict[str, Lifecycle]) -> Iterator[History]:
    """Yield histories with their definitions; those they ran under before are told on the way."""
    for case in cases:
        earlier |= docket.definitions(case)
        yield docket.history(case), docket.lifecycle(case)


_OUTPUT: Final = Path("-")


def _written(out: Path, write: Callable[[BinaryIO], int]) -> int:
    """Write a new file, or to the output; one that cannot be finished is removed."""
    if out == _OUTPUT:
        return write(sys.stdout.buffer)
    with ExitStack() as opened:
        file: BinaryIO = opened.enter_context(out.open("xb"))  # never over another one: it may hold the cases
        try:
            if out.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                    return write(cast("BinaryIO", packed))
            return write(file)
        except BaseException:
            out.unlink()
            raise


def is_log(path: str) -> bool:
    """Tell whether a file is an event log by its name."""
    return path.lower().endswith(_LOGS)


def audit_log(
    path: str,
    *,
    lifecycle: str | None,
    policy: str | None,
    names: Path | None,
    now: datetime | None,
    as_of: date | None,
    lang: Language,
    verdicts: bool,
    wanted: Wanted,
) -> bool:
    """Report the audit of an event log; tell whether there are new findings, or traces that could not be taken.

    Raises:
        EventLogError: It cannot be read as an event log.
        UnknownError: There is no such lifecycle, profile or trigger, or a definition cannot be rebuilt.
        OSError: It cannot be read.
    """
    if now is not None and as_of is not None:
        raise click.UsageError("--now and --as-of contradict each other; say one")
    at = now or (system_clock() if as_of is None else midnight(as_of) + _LAST_INSTANT)
    header, _ = read_traces(path)
    if is_own(header):
        if (lifecycle, policy, names) != (None, None, None):
            raise click.UsageError(
                f"{path!r} was exported from here and says its procedures: leave out --lifecycle, --policy and --names"
            )
        earlier: dict[str, Lifecycle] = {}
        cases = tuple(read_xes(path, earlier=earlier))
        said = audit_all(cases, calendar=china(), now=at, earlier=earlier)
        used = {(one.key, one.profile): one for _, one in cases}.values()
        return report_cases(said, used, china(), at, lang, name=Path(path).name, verdicts=verdicts, wanted=wanted)
    if lifecycle is None or policy is None:
        raise click.UsageError(f"{path!r} is of another system: say --lifecycle and --policy, and --names if need be")
    procedure = options.shipped(lifecycle)(options.profile(policy))
    ledger = read_foreign_xes(path, procedure, names={} if names is None else _read_names(names))
    told = audit_ledger(ledger, procedure, calendar=china(), now=at)
    return report_ledger(told, procedure, lang, path=path, verdicts=verdicts, wanted=wanted)


def _read_names(path: Path) -> Mapping[str, str]:
    """Read the trigger of each activity.

    Raises:
        EventLogError: It is no TOML, or a value is no text.
    """
    try:
        found = tomllib.loads(path.read_bytes().decode())
    except (ValueError, RecursionError) as exc:  # the parser's own; too many digits; nested too deeply; no UTF-8
        raise EventLogError(str(path), f"it is no TOML in UTF-8 ({exc})") from exc
    wrong = tuple(
        f'the trigger of {activity!r} is {trigger!r:.40}, which is no text; write one such as "receive"'
        for activity, trigger in found.items()
        if not isinstance(trigger, str)
    )
    if wrong:
        raise EventLogError(str(path), wrong)
    return found
