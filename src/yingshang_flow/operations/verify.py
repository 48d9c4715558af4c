"""Verifies a case: each record against its hash and the one before it, and all else that is kept against them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final

import attrs

from yingshang_flow import codec
from yingshang_flow.core.amend import recomputed
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case
from yingshang_flow.core.counting import Counted, recounted, uncertain
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migrate import does_not_follow
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.deadlines import WorkingCalendar, china
from yingshang_flow.errors import CodecError, HashingError, TamperedError, UncountedError, YingshangFlowError
from yingshang_flow.operations.writing import case_row, deadline_rows, record_row, tally_rows
from yingshang_flow.ports import CaseRow, DeadlineRow, RecordRow, TallyRow

_ORDER: Final = attrgetter("limit", "obligor", "number")


def verified(
    row: CaseRow,
    rows: Sequence[RecordRow],
    lifecycle: Lifecycle,
    calendar: Callable[[], WorkingCalendar] = china,
    *,
    vault: Mapping[str, codec.Secret] | None = None,
    deadlines: Sequence[DeadlineRow] | None = None,
    tallies: Sequence[TallyRow] | None = None,
    earlier: Callable[[str], Lifecycle] | None = None,
) -> Case:
    """Return the case that the records of a history lead to, all of them genuine.

    Args:
        row: The stored snapshot.
        rows: The stored records, in order.
        lifecycle: The definition the case is under.
        calendar: Gives the working days, for what follows from corrections and annulments, and for what is counted.
        vault: What the vault has of the case, read after the records; it is not looked at unless given.
        deadlines: The stored deadlines, in order of limit, obligor and number; likewise.
        tallies: The stored tallies, in any order; likewise, and after everything else.
        earlier: Gives the definition of a fingerprint, for a case that was migrated.

    Raises:
        TamperedError: A record was changed, removed, added or reordered, an amendment says that something else follows
            from the acts that count than does, the snapshot or the stored deadlines are not what they lead to, the
            vault has not what their commitments and erasures say, or the tallies add up to something else; the first
            one is named.
        UncountedError: Tallies of its first records are missing, as those of a case from before its store counted; all
            else of it is genuine.
        HashingError: This machine does not have a hash that is needed.
    """
    previous = codec.GENESIS
    standing: Case | None = None
    history: list[Record] = []
    definitions: list[Lifecycle] = []
    moved = _moved(row.case, rows)
    under = lifecycle if earlier is None or not moved else earlier(next(iter(moved.values()))[0])
    for revision, kept in enumerate(rows, 1):
        if earlier is not None and kept.revision in moved:
            under = earlier(moved[kept.revision][1])
        record = _genuine(kept, under, row.case, revision, previous)
        if isinstance(record, Amendment):
            _check_amendment(under, standing, history, record, calendar())
        if isinstance(record, Migration):
            _check_migration(standing, record)
        history.append(record)
        definitions.append(under)
        previous, standing = kept.hash, evolve(standing, record)
    if len(rows) < row.revision:
        message = f"case {row.case}, record {len(rows) + 1}: it is missing; the snapshot counts {row.revision}"
        raise TamperedError(message)
    if standing is None or row != case_row(standing, lifecycle, previous, codec.case_text(standing)):
        message = f"case {row.case}: the snapshot is not what its {len(rows)} records lead to"
        raise TamperedError(message)
    if deadlines is not None and list(deadlines) != sorted(deadline_rows(row.case, standing.deadlines), key=_ORDER):
        message = f"case {row.case}: its stored deadlines are not those its records lead to"
        raise TamperedError(message)
    if vault is not None:
        _check_vault(row.case, history, vault)
    if tallies is not None:
        _check_tallies(row.case, definitions, history, tallies, calendar)
    return standing


def _moved(case: str, rows: Sequence[RecordRow]) -> Mapping[int, tuple[str, str]]:
    """Return from which rules to which each migration leads, by its revision.

    Raises:
        TamperedError: One of them does not say so, or was changed.
    """
    found: dict[int, tuple[str, str]] = {}
    for kept in rows:
        if kept.kind == Kind.MIGRATION:
            if not fits_its_hash(kept):
                message = f"case {case}, record {kept.revision}: its text does not give its hash"
                raise TamperedError(message)
            try:
                found[kept.revision] = codec.migrated_between(kept.text)
            except CodecError as exc:
                message = f"case {case}, record {kept.revision}: {exc}"
                raise TamperedError(message) from exc
    return found


def _check_migration(standing: Case | None, record: Migration) -> None:
    """Hold a migration against where its case stood.

    Raises:
        TamperedError: It does not follow.
    """
    what = "it migrates a case that is not open" if standing is None else does_not_follow(standing, record)
    if what is not None:
        ending = "" if standing is None else " does not follow from where the case stood"
        message = f"case {record.case}, record {record.revision}: {what}{ending}"
        raise TamperedError(message)


def _check_vault(case: str, history: Iterable[Record], vault: Mapping[str, codec.Secret]) -> None:
    """Hold the vault against the records: each value is the one that was committed to, or was erased by a record.

    Raises:
        TamperedError: A value was changed, is missing, was erased and is there, or belongs to no record.
    """
    committed, erased = _committed(case, history)
    for commitment, revision in committed.items():
        said = _against(vault.get(commitment), erased.get(commitment))
        if said:
            message = f"case {case}, record {revision}: the value of {_short(commitment)} {said}"
            raise TamperedError(message)
    for commitment in vault:
        if commitment not in committed:
            message = f"case {case}: the vault has a value of {_short(commitment)}, which stands in none of its records"
            raise TamperedError(message)


def _committed(case: str, history: Iterable[Record]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the records that commit to each value, and those that erased it.

    Raises:
        TamperedError: One erases what was not there.
    """
    committed: dict[str, int] = {}
    erased: dict[str, int] = {}
    for record in history:
        for commitment in codec.commitments(record):
            committed.setdefault(commitment, record.revision)
        for commitment in record.erased if isinstance(record, Erasure) else ():
            if commitment not in committed or commitment in erased:
                what = f"it erases {_short(commitment)}, which is not there"
                message = f"case {case}, record {record.revision}: {what}"
                raise TamperedError(message)
            erased[commitment] = record.revision
    return committed, erased


def _against(secret: codec.Secret | None, erased: int | None) -> str:
    """Return what is wrong with the vault row of a value, which a record says was erased or not; empty for nothing."""
    if secret is None:
        return "is missing from the vault, and no record says that it was erased" if erased is None else ""
    if erased is not None:
        return f"is in the vault, though record {erased} says that it was erased"
    return "" if secret.genuine else "was changed in the vault: it does not fit its commitment"


def _check_tallies(
    case: str,
    definitions: Sequence[Lifecycle],
    history: Sequence[Record],
    tallies: Sequence[TallyRow],
    calendar: Callable[[], WorkingCalendar],
) -> None:
    """Hold what the tallies of a case add up to against what its records come to, by measure, unit and day.

    Raises:
        TamperedError: They add up to something else.
        UncountedError: They do so because some of its first records were not counted.
    """
    own: list[TallyRow] = []
    if any(lifecycle.tallies for lifecycle in definitions):
        counts = recounted(definitions, history, calendar())
        own += (row for record, found in zip(history, counts, strict=True) for row in tally_rows(record, found))
        unsure = uncertain(definitions, history, calendar())
        own, tallies = ([row for row in rows if row.measure not in unsure] for rows in (own, tallies))
    stored, wanted = _sums(tallies), _sums(own)
    wrong = sorted(one for one in {*stored, *wanted} if stored[one] != wanted[one])
    if not wrong:
        return
    missing: dict[str, int] = {}
    for one in wrong:
        if one.measure not in missing:
            said = _not_counted(one.measure, tallies, own)
            if said is None:
                message = (
                    f"case {case}: its tallies come to {stored[one]} of {one.measure} for {one.unit!r} on {one.day}, "
                    f"and its records to {wanted[one]}; docket.retally() puts it right, and is due as well where the "
                    "procedure counts otherwise than it did"
                )
                raise TamperedError(message)
            missing[one.measure] = said
    message = (
        f"case {case}: nothing is kept of what its records up to {max(missing.values())} add to {', '.join(missing)}, "
        "as of a case from before its store counted that; run docket.retally(), or: yingshang-flow retally"
    )
    raise UncountedError(message)


def _not_counted(measure: str, stored: Iterable[TallyRow], own: Iterable[TallyRow]) -> int | None:
    """Return up to which record a measure was not counted, if it was from there on; none where that is not so."""
    kept, rows = ([row for row in all_rows if row.measure == measure] for all_rows in (stored, own))
    begun = min((row.revision for row in kept), default=None)
    before = [row.revision for row in rows if begun is None or row.revision < begun]
    if not before:
        return None
    later = _sums(row for row in rows if row.revision > max(before))
    return max(before) if later == _sums(kept) else None


def _sums(rows: Iterable[TallyRow]) -> Counter[Counted]:
    """Return what tallies add up to."""
    sums: Counter[Counted] = Counter()
    for row in rows:
        sums[Counted(row.measure, row.unit, row.day)] += row.count
    return sums


def _short(commitment: str) -> str:
    return f"{commitment[:12]}…"


def fits_its_hash(kept: RecordRow) -> bool:
    """Tell whether the text of a stored record gives its hash, by the algorithm that it names.

    Raises:
        HashingError: This machine does not have that algorithm.
    """
    try:
        _, algorithm = codec.links(kept.text)
    except CodecError:
        return False  # it is no record
    return codec.hashed(kept.text.encode(errors="surrogatepass"), algorithm) == kept.hash


def _check_amendment(
    lifecycle: Lifecycle,
    standing: Case | None,
    history: Sequence[Record],
    record: Amendment,
    calendar: WorkingCalendar,
) -> None:
    """Hold an amendment against what follows from the acts that count.

    Raises:
        TamperedError: Something else does.
    """
    where = f"case {record.case}, record {record.revision}"
    if standing is None:
        message = f"{where}: it amends a case that is not open"
        raise TamperedError(message)
    try:
        own = recomputed(lifecycle, standing, history, record, calendar)
    except (YingshangFlowError, LookupError) as exc:
        message = f"{where}: {exc}"
        raise TamperedError(message) from exc
    if own != record:
        said = ", ".join(
            name for name in attrs.fields_dict(type(record)) if getattr(own, name) != getattr(record, name)
        )
        message = f"{where}: what it says of {said} does not follow from the acts that count"
        raise TamperedError(message)


def _genuine(kept: RecordRow, lifecycle: Lifecycle, case: str, revision: int, previous: str) -> Record:
    """Return a stored record, every column of it held against its text and the text against its hash.

    Raises:
        TamperedError: Something does not fit; the record is named.
    """

    def broken(what: str) -> TamperedError:
        return TamperedError(f"case {case}, record {revision}: {what}")

    if kept.revision != revision:
        raise broken(f"stands at revision {kept.revision}; what was before it is missing")
    try:
        before, algorithm = codec.links(kept.text)
    except CodecError as exc:
        raise broken(str(exc)) from exc
    try:
        genuine = fits_its_hash(kept)
    except HashingError as exc:
        message = f"case {case}, record {revision}: {exc}"
        raise HashingError(message) from exc
    if not genuine:
        raise broken("its text does not give its hash")
    try:
        record = codec.record_from(kept.text, lifecycle)
    except CodecError as exc:
        raise broken(str(exc)) from exc
    if before != previous:
        raise broken("it does not follow the record before it")
    if kept != record_row(record, kept.text, kept.hash) or kept.case != case:
        raise broken("its columns do not agree with its text")
    if codec.record_text(record, previous, algorithm) != kept.text:
        raise broken("its text says more than its definition can read")
    return record
