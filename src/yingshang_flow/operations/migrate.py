"""Migrates cases to other rules: all of them are looked at before the first is moved, and each moves on its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from yingshang_flow import codec
from yingshang_flow.core.case import Case, Deadline, Fact
from yingshang_flow.core.counting import counted_by_migration
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migrate import Migrating, against, fresh, migrate, renamed_states, said
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Change, Record
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import (
    CaseNotFoundError,
    ConflictError,
    MigrationError,
    StoreError,
    UnknownError,
    YingshangFlowError,
)
from yingshang_flow.operations import pages
from yingshang_flow.operations.cases import Cases, Decided, Place
from yingshang_flow.ports import CaseRow, ChildrenAre, DefinitionRow, Expectation, Query
from yingshang_flow.words import texts


@attrs.frozen(kw_only=True)
class Which:
    """Which cases to migrate: all for which everything given holds, or those that are named.

    Attributes:
        cases: Their ids; with them nothing else is given.
        lifecycle: The key of the lifecycle, or several.
        profile: The key of the profile they are under.
        version: The version they are under.
        state: The key of the state.
        unit: A unit that acts in it or owes something.
        parent: The id of the case they are parts of.
        final: Whether they have ended.
    """

    cases: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    lifecycle: tuple[str, ...] = attrs.field(default=(), converter=texts)
    profile: str | None = None
    version: int | None = None
    state: str | None = None
    unit: str | None = None
    parent: str | None = None
    final: bool | None = None

    def __attrs_post_init__(self) -> None:
        filters = attrs.asdict(self, filter=attrs.filters.exclude("cases"))
        given = sorted(name for name, value in filters.items() if value not in {None, ()})
        if self.cases and given:
            message = f"name cases, or say what they have in common by {', '.join(given)}; not both"
            raise UnknownError(message)


@attrs.frozen
class Moving:
    """What a migration does to one case, or would do.

    Attributes:
        case: The id of the case.
        source: What it was under, such as ``complaint version 1 under 'bayuquan-2018'``.
        target: What it goes on under.
        before: The state it was in.
        after: The state it is in from then on.
        changes: What becomes of its deadlines; those that are not here stay as they are.
        definitions: What it was under and what it goes on under, themselves.
    """

    case: str
    source: str
    target: str
    before: str
    after: str
    changes: tuple[Change, ...]
    definitions: tuple[Lifecycle, Lifecycle] = attrs.field(eq=False, repr=False)


@attrs.frozen
class MigrationReport:
    """What a migration did, or would do.

    Attributes:
        dry_run: Whether nothing was written.
        moved: Each case that was moved or would be, in order of id.
        already: How many of those asked for are under the rules already, and were left alone.
    """

    dry_run: bool
    moved: tuple[Moving, ...]
    already: int

    @property
    def total(self) -> int:
        """How many cases were asked for."""
        return len(self.moved) + self.already


@attrs.frozen
class Migrated:
    """How far a migration has come.

    Attributes:
        total: How many cases there are to move.
        moved: How many of them have been moved.
        failures: How many could not be moved, because somebody acted on them since they were looked at.
    """

    total: int
    moved: int = 0
    failures: int = 0


def migrate_all(
    cases: Cases,
    which: Which,
    targets: Mapping[str, Lifecycle],
    migrating: Migrating,
    *,
    now: Callable[[], datetime],
    calendar: WorkingCalendar,
    dry_run: bool = True,
    each: Callable[[Moving], object] | None = None,
    progress: Callable[[Migrated], object] | None = None,
) -> MigrationReport:
    """Let cases go on under other rules, each by a record of its own; nothing is moved while anything is wrong.

    Args:
        cases: The cases.
        which: Which of them.
        targets: The rules they are to go on under, by the key of the lifecycle.
        migrating: How.
        now: Gives the aware instant at which a record is entered.
        calendar: The working days.
        dry_run: Whether to leave everything as it is and only tell.
        each: Called with each case that was moved, or would be.
        progress: Called after each case that was moved.

    Raises:
        MigrationError: Cases cannot go on under the rules; nothing was moved, and every problem of every case is named.
            Or somebody acted on some of them meanwhile, so that they cannot any more: the others were moved.
        StoreError: The store cannot be read or written.
    """
    run = _Run(cases, which, targets, migrating, now, calendar)
    found, already, problems = run.looked_at()
    if problems:
        raise MigrationError("no case was migrated", problems)
    if dry_run:
        for moving in found:
            _tell(each, moving)
        return MigrationReport(dry_run, tuple(found), already)
    moved: list[Moving] = []
    failures: list[str] = []
    for planned in found:
        try:
            made = run.move(planned.case)
        except _ProblemsError as exc:
            failures.append(f"case {planned.case}: {exc}")
            run.left_behind(planned.case)
        else:
            already += made is None  # somebody else has moved it since
            moved += [] if made is None else [made]
            _tell(each, made)
        if progress is not None:
            progress(Migrated(len(found), len(moved), len(failures)))
    if failures:
        raise MigrationError(f"{len(moved)} cases were migrated; on others somebody acted meanwhile", failures)
    return MigrationReport(dry_run, tuple(moved), already)


def _tell(each: Callable[[Moving], object] | None, moving: Moving | None) -> None:
    if each is not None and moving is not None:
        each(moving)


class _ProblemsError(YingshangFlowError):
    """What stands against one case, found while it is moved."""


@attrs.define
class _Run:
    """One migration of cases."""

    cases: Cases
    which: Which
    targets: Mapping[str, Lifecycle]
    migrating: Migrating
    now: Callable[[], datetime]
    calendar: WorkingCalendar
    _selected: frozenset[str] = frozenset()
    _missed: set[str] = attrs.field(factory=set)

    def looked_at(self) -> tuple[list[Moving], int, list[str]]:
        """Look at every case; return what would happen to each, how many are there already, and what is wrong."""
        problems: list[str] = []
        rows = list(self._rows(problems))
        self._selected = frozenset(row.case for row in rows)
        self._missed = set(self.migrating.states)
        found: list[Moving] = []
        already = 0
        for row in rows:
            target = self.targets.get(row.lifecycle)
            if target is not None and row.fingerprint == fingerprint(target):
                already += 1
                self._missed.clear()  # what is called otherwise was, when they were moved
                continue
            decided, wrong = self._decided(row)
            problems += (f"case {row.case}: {what}" for what in wrong)
            if decided is not None and not wrong:
                found.append(decided)
        if self._missed and rows:
            problems += (
                f"states: {key!r} → {self.migrating.states[key]!r} is no state of the old and the new rules"
                for key in sorted(self._missed)
            )
        return found, already, problems

    def move(self, case: str) -> Moving | None:
        """Move a case as it stands now; none where it has been moved since."""
        while True:
            row = self.cases.row(case)
            if row.fingerprint == fingerprint(self.targets[row.lifecycle]):
                return None
            moving, wrong, commit = self._looked_at(row)
            if moving is None or commit is None:
                raise _ProblemsError("; ".join(wrong))
            try:
                self.cases.commit(commit)
            except ConflictError:
                if self.cases.store.joined:
                    raise  # the host's transaction may not see what came first, and only the host can begin it anew
                continue
            return moving

    def left_behind(self, case: str) -> None:
        """Know that a case stays under the rules it is under, so that what is linked with it has to stay too."""
        self._selected -= {case}

    def _decided(self, row: CaseRow) -> tuple[Moving | None, list[str]]:
        moving, wrong, _ = self._looked_at(row)
        return moving, wrong

    def _rows(self, problems: list[str]) -> Iterator[CaseRow]:
        which = self.which
        for case in dict.fromkeys(which.cases):
            try:
                yield self.cases.row(case)
            except CaseNotFoundError as exc:
                problems.append(str(exc))
        if which.cases:
            return
        for key in which.lifecycle or (None,):
            query = Query(lifecycle=key, state=which.state, unit=which.unit, parent=which.parent, final=which.final)
            yield from filter(self._is_under, pages.found(self.cases.store, query))

    def _is_under(self, row: CaseRow) -> bool:
        """Tell whether a case is under the version and the profile that are asked for."""
        wanted = self.which.version, self.which.profile
        if wanted == (None, None):
            return True
        stored = self.cases.store.definition(row.fingerprint)
        own = (None, None) if stored is None else (stored.version, stored.profile)
        return all(one is None or one == other for one, other in zip(wanted, own, strict=True))

    def _looked_at(self, row: CaseRow) -> tuple[Moving | None, list[str], Decided | None]:
        """Return what happens to a case, everything that stands against it, and what it takes to commit it."""
        target = self.targets.get(row.lifecycle)
        if target is None:
            rules = ", ".join(map(said, self.targets.values()))
            return None, [f"it is of {row.lifecycle!r}, and is to go on under {rules}"], None
        wrong: list[str] = []
        try:
            place = self.cases.place(row)
            source, case = place.lifecycle, place.case
            expects: tuple[Expectation, ...] = ()
            if source.sections != target.sections:  # no part may come to it meanwhile under the profile it has now
                expects = (ChildrenAre(row.case, self.cases.store.children(row.case)),)
            self._missed -= {
                old for old, new in self.migrating.states.items() if old in source.by_state and new in target.by_state
            }
            wrong += (*against(source, target, case, self.migrating), *self._beside(row, target))
            facts = tuple(self._facts(codec.Upcasting(source, target), case, wrong))
            if wrong:
                return None, wrong, None
            record = self._record(place, target, facts)
        except StoreError:
            raise
        except YingshangFlowError as exc:
            return None, [*wrong, str(exc)], None
        moving = Moving(
            row.case, said(source), said(target), record.before, record.after, record.changes, (source, target)
        )
        definition = DefinitionRow(
            record.target.fingerprint, target.key, target.version, target.profile, target.sections
        )
        counts = counted_by_migration(source, target, case, record.standing) if self.cases.tallied else None
        return moving, [], Decided(target, case, record, row.head, expects, definition, counts)

    def _record(self, place: Place, target: Lifecycle, facts: tuple[Fact, ...]) -> Migration:
        case = place.case
        anew = self.migrating.dates == "recompute" and fresh(target, case)
        return migrate(
            place.lifecycle,
            target,
            case,
            self.migrating,
            rules=attrs.evolve(
                case.opening, version=target.version, profile=target.profile, fingerprint=fingerprint(target)
            ),
            facts=facts,
            acts=self._acts(place, target) if anew else (),
            left=self._left(place, target),
            now=self.now(),
            calendar=self.calendar,
        )

    def _acts(self, place: Place, target: Lifecycle) -> Sequence[Record]:
        """Return the acts of a case that count, as they read under other rules."""
        rows = self.cases.store.history(place.case.id)[: place.case.revision]
        under = dict(enumerate(self.cases.definitions(place.row, rows), 1))
        history = self.cases.records(place.row, rows)
        own = renamed_states(place.lifecycle, target, self.migrating.states)
        return codec.as_read(history, under.__getitem__, target, own)

    def _left(self, place: Place, target: Lifecycle) -> tuple[Deadline, ...]:
        """Return what earlier migrations of a case left behind of limits that other rules have, as it stood."""
        limits = {limit.key for limit in fresh(target, place.case)}
        found: dict[str, tuple[Deadline, ...]] = {}
        if place.case.migrated and limits:
            rows = self.cases.store.history(place.case.id)[: place.case.revision]
            standing: Case | None = None
            for record in self.cases.records(place.row, rows):
                if isinstance(record, Migration) and standing is not None:
                    for limit in limits.intersection(d.limit for d in standing.deadlines):
                        found[limit] = tuple(d for d in standing.deadlines if d.limit == limit)
                standing = evolve(standing, record)
        return tuple(d for deadlines in found.values() for d in deadlines)

    @staticmethod
    def _facts(upcasting: codec.Upcasting, case: Case, wrong: list[str]) -> Iterator[Fact]:
        """Yield what is on file, as the new rules read it; what does not fit is added to what is wrong."""
        for fact in sorted(case.all_facts(), key=_revision):
            try:
                yield upcasting.fact(fact)
            except YingshangFlowError as exc:
                wrong.append(f"record {fact.revision}: {exc}")

    def _beside(self, row: CaseRow, target: Lifecycle) -> Iterator[str]:
        """Yield what linked cases say against it: a part runs under the profile of the case that it is a part of."""
        if row.parent is not None:
            above = self._sections(self.cases.row(row.parent))
            if above != target.sections:
                yield (
                    f"is a part of case {row.parent}, which is under another profile then; migrate both together, "
                    "each with its own rules in to="
                )
        for part in pages.found(self.cases.store, Query(parent=row.case)):
            if self._sections(part) != target.sections:
                yield (
                    f"has the part {part.case}, which is under another profile then; migrate both together, "
                    "each with its own rules in to="
                )

    def _sections(self, row: CaseRow) -> str:
        """Return the profile's text that a case is under when all has been moved."""
        if row.case in self._selected and row.lifecycle in self.targets:
            return self.targets[row.lifecycle].sections
        return self.cases.lifecycle(row).sections


def _revision(fact: Fact) -> int:
    return fact.revision
