"""``audit``, ``verify`` and ``sweep``: what is said of all the cases of a store, of some, or of a ledger's."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

import attrs
import click

from yingshang_flow.cli import options, terms
from yingshang_flow.cli.exchange import audit_log, is_log, names_option
from yingshang_flow.cli.known import known_calendar, notice_option, warn_of_clashes
from yingshang_flow.cli.ledgers import audit_file
from yingshang_flow.cli.output import Page, print_json
from yingshang_flow.cli.reports import Wanted, report_cases, wanted
from yingshang_flow.cli.terms import counted
from yingshang_flow.compliance import Audit, audit_all
from yingshang_flow.docket import Docket, system_clock
from yingshang_flow.errors import CodecError, HashingError, TamperedError, UncountedError, UnknownFingerprintError
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Label, Language

_WHOLE: Final = Label("完整", "whole")
_BROKEN: Final = Label("不符", "broken")
_UNCHECKED: Final = Label("未能核对", "not checked")
_UNCOUNTED: Final = Label("未计数", "not counted")
_CASES = click.argument("cases", metavar="[CASE]...", nargs=-1)


@click.command()
@click.argument("cases", metavar="[CASE]...|FILE|LOG.xes", nargs=-1)
@options.database(required=False)
@options.now()
@click.option("--lifecycle", metavar="KEY", help="The procedure whose cases the file lists, such as complaint.")
@options.policy()
@names_option
@options.as_of()
@click.option("--mapping", metavar="FILE|KEY", help="Which heading of FILE is which; see the command mapping.")
@click.option("--sheet", metavar="NAME|NUMBER", help="The sheet of a workbook; the first unless given.")
@click.option("--query", metavar="SQL", help="What to select; FILE is then the URL of a database.")
@click.option("--verdicts", is_flag=True, help="Show every rule: what shows that it was kept, or why it is unknown.")
@options.language()
@wanted
@click.pass_context
def audit(
    context: click.Context,
    *,
    cases: tuple[str, ...],
    db: Place | None,
    now: datetime | None,
    lifecycle: str | None,
    policy: str | None,
    names: Path | None,
    as_of: date | None,
    mapping: str | None,
    sheet: str | None,
    query: str | None,
    verdicts: bool,
    lang: Language,
    wanted: Wanted,
) -> None:
    """Hold histories against their rules.

    All stored cases (--db), or each CASE, against the definition it ran under; what is still running is judged as of
    now, and rules that compare cases look at all of them. Or the rows of a spreadsheet, FILE (CSV, .xlsx, JSON
    Lines, or a --query), against --lifecycle under --policy, without any store. Or an event log, LOG.xes or LOG.xes.gz:
    one that export wrote as stored cases are, one of another system as a spreadsheet is. Exits with 1 if there are
    findings that nobody has accepted, or rows or traces that cannot be taken.
    """
    if db is not None:
        if any(given is not None for given in (lifecycle, policy, names, as_of, mapping, sheet, query)):
            raise click.UsageError(
                "--lifecycle, --policy, --names, --as-of, --mapping, --sheet and --query are for a spreadsheet or a "
                "log, --db is for stored cases"
            )
        found = _audit_stored(db, cases, now or system_clock(), lang, verdicts=verdicts, wanted=wanted)
    elif len(cases) == 1 and is_log(cases[0]):
        found = audit_log(
            cases[0],
            lifecycle=lifecycle,
            policy=policy,
            names=names,
            now=now,
            as_of=as_of,
            lang=lang,
            verdicts=verdicts,
            wanted=wanted,
        )
    elif lifecycle is None or policy is None or len(cases) != 1 or now is not None or names is not None:
        raise click.UsageError(
            "say --db for stored cases, or FILE --lifecycle KEY --policy KEY [--as-of DATE] [--mapping FILE] "
            "for a spreadsheet"
        )
    else:
        found = audit_file(
            cases[0],
            lifecycle,
            policy,
            as_of,
            lang,
            verdicts=verdicts,
            wanted=wanted,
            mapping=mapping,
            sheet=sheet,
            query=query,
        )
    context.exit(1 if found else 0)


def _audit_stored(
    db: Place, cases: Sequence[str], now: datetime, lang: Language, *, verdicts: bool, wanted: Wanted
) -> bool:
    """Report what an audit says of stored cases; tell whether there are findings that nobody has accepted."""
    docket = options.docket(db)
    said = audits(docket, now)
    for case in cases:
        docket.load(case)
    chosen = [one for case, one in said.items() if not cases or case in cases]
    lifecycles = [
        docket.lifecycle(case) for case in {(one.lifecycle, one.profile): one.case for one in chosen}.values()
    ]
    name = str(db) if db.is_url else Path(db.text).name
    return report_cases(chosen, lifecycles, docket.calendar, now, lang, name=name, verdicts=verdicts, wanted=wanted)


def audits(docket: Docket, now: datetime) -> Mapping[str, Audit]:
    """Return the audit of every case of a docket by its id; cases of one procedure are compared with one another."""
    found = {case.id: case for case in docket.find()}
    cases = [(docket.history(case), docket.lifecycle(case)) for case in found]
    earlier = {mark: one for case in found for mark, one in docket.definitions(case).items()}
    said = audit_all(cases, calendar=docket.calendar, now=now, linked=found, earlier=earlier)
    return {one.case: one for one in said}


@click.command()
@_CASES
@options.database()
@options.language()
@options.as_json()
@click.pass_context
def verify(context: click.Context, *, cases: tuple[str, ...], db: Place, lang: Language, as_json: bool) -> None:
    """Check histories, and what is kept beside them.

    Of all cases, or of each CASE; exits with 1 when one was tampered with, or cannot be checked by this installation,
    or is whole but not counted from its beginning, which retally puts right.
    """
    docket = options.docket(db)
    found = [verified(docket, case) for case in options.case_ids(docket.store, cases)]
    if as_json:
        print_json([attrs.asdict(one) for one in found])
    else:
        show_verified(Page(lang), found)
    context.exit(1 if any(one.said for one in found) else 0)


@attrs.frozen
class Verified:
    """What is known of the history of a case.

    Attributes:
        case: The id of the case.
        records: The number of its records, if all are genuine.
        broken: What does not fit.
        unchecked: Why it cannot be checked here: by a definition or a hash that this installation does not have.
        uncounted: What of it was never counted; all else is whole.
    """

    case: str
    records: int | None = None
    broken: str | None = None
    unchecked: str | None = None
    uncounted: str | None = None

    @property
    def word(self) -> Label:
        """What it comes to."""
        if self.broken:
            return _BROKEN
        return _UNCHECKED if self.unchecked else _UNCOUNTED if self.uncounted else _WHOLE

    @property
    def said(self) -> str | None:
        """What is to be told of it besides."""
        return self.broken or self.unchecked or self.uncounted


def verified(docket: Docket, case: str) -> Verified:
    """Verify a case."""
    try:
        return Verified(case, docket.verify(case))
    except (TamperedError, CodecError) as exc:
        return Verified(case, broken=str(exc))
    except UncountedError as exc:
        return Verified(case, uncounted=str(exc))
    except (HashingError, UnknownFingerprintError) as exc:
        return Verified(case, unchecked=str(exc))


def show_verified(page: Page, found: Sequence[Verified]) -> None:
    """Write for each case whether its history is whole."""
    page.table(
        (terms.CASE, Label("办理记录", "history"), Label("记录数", "records")),
        [(one.case, one.word, one.records) for one in found],
    )
    page.lines((one.said for one in found if one.said), "red")


@click.command()
@options.database()
@options.now()
@notice_option
@options.language()
@options.as_json()
def sweep(*, db: Place, now: datetime | None, notices: tuple[Path, ...], lang: Language, as_json: bool) -> None:
    """Record warnings and missed deadlines.

    The next time of what recurs is counted by the published working days and the notices given: those that reproject
    was given, as long as the package holidays does not have them.
    """
    known, clashes = known_calendar(None, notices)
    warn_of_clashes(clashes, lang)
    written = options.docket(db, known).sweep(now=now)
    if as_json:
        print_json({"records": written})
    else:
        Page(lang).text(Label(f"写入{written}条记录", f"{counted(written, 'record')} written"))
