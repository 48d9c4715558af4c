"""The cases of a store, each under the definition it runs under: read, kept at hand, moved on by a record."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, Final

import attrs

from yingshang_flow import codec
from yingshang_flow.core.case import Case
from yingshang_flow.core.counting import Counts
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.errors import (
    CaseNotFoundError,
    DefinitionError,
    TamperedError,
    UnknownError,
    UnknownFingerprintError,
)
from yingshang_flow.lifecycles import Procedure
from yingshang_flow.operations.writing import commit_of
from yingshang_flow.policies import Profile
from yingshang_flow.ports import CaseRow, DefinitionRow, Expectation, RecordRow, Store, Tallies

_KEPT: Final = 256
_RELEASE: Final = (
    "run it with the release that wrote it, keep that release's builder in the procedure (earlier=), or migrate the "
    "case with a release that has both"
)
_MIGRATED: Final = '"migrated":'
"""Stands in the snapshot of every case that was migrated; where a content says it too, a history is read in vain."""


@attrs.frozen
class Place:
    """Where a case stood when it was last read or written here, with the texts of its snapshot's parts."""

    row: CaseRow
    lifecycle: Lifecycle
    case: Case
    fragments: codec.Fragments


@attrs.frozen
class Decided:
    """A record that was decided, and what it takes to commit it.

    Attributes:
        lifecycle: The definition the case is under.
        standing: Where the case stood; none for an opening.
        record: The record, in clear.
        previous: The hash of the record before it.
        expects: What was read of linked cases.
        definition: What the case is opened under or goes on under.
        counts: What it adds to what is counted, where that does not follow from the case before and after it.
    """

    lifecycle: Lifecycle
    standing: Case | None
    record: Record
    previous: str
    expects: tuple[Expectation, ...] = ()
    definition: DefinitionRow | None = None
    counts: Counts | None = None


class Cases:
    """The cases of one store; those read or written last are kept at hand.

    Args:
        store: Where the cases are kept.
        procedures: The procedures whose cases can be read, by key.
        topics: What records tell other systems.
        algorithm: What new records are hashed by; see ``codec.chosen``.
    """

    def __init__(
        self,
        store: Store,
        procedures: Mapping[str, Procedure[Any]],
        topics: frozenset[str] = frozenset(),
        algorithm: str | None = None,
    ) -> None:
        self.store = store
        self.algorithm = codec.chosen(None) if algorithm is None else algorithm
        self.topics = topics
        self.tallied = isinstance(store, Tallies)
        self._procedures = procedures
        self._definitions: dict[str, Lifecycle] = {}
        self._genuine: dict[str, DefinitionRow] = {}
        self._places: OrderedDict[str, Place] = OrderedDict()
        self._lock = Lock()

    def on(self, store: Store, topics: frozenset[str]) -> "Cases":
        """Return the cases of another store, by the same definitions; what was read here may not be so there."""
        other = Cases(store, self._procedures, topics, self.algorithm)
        other._definitions = self._definitions
        return other

    # --- reading ---

    def row(self, case: str) -> CaseRow:
        """Return what is stored of a case.

        Raises:
            CaseNotFoundError: There is no such case.
        """
        row = self.store.load(case) if isinstance(case, str) else None
        if row is None:
            message = f"there is no case {case!r} in this store"
            raise CaseNotFoundError(message)
        return row

    def place(self, row: CaseRow) -> Place:
        """Return where the case of a row stands; what is at hand is known again by its row, what was said is unread."""
        kept = self._places.get(row.case)
        if kept is not None and kept.row == row:
            return kept
        lifecycle = self.lifecycle(row)
        fragments: codec.Fragments = {}
        place = Place(row, lifecycle, codec.case_from(row.text, lifecycle, fragments, unread=True), fragments)
        self._keep(place)
        return place

    def recalled(self, case: str) -> Place | None:
        """Return where a case stood when it was last read or written here, if that is at hand still."""
        return None if self.store.joined else self._places.get(case)

    def load(self, case: str) -> Case:
        """Return where a case stands.

        Raises:
            CaseNotFoundError: There is no such case.
        """
        return self.read(self.row(case))

    def read(self, row: CaseRow) -> Case:
        """Return where the case of a row stands, with everything that was said in it.

        Raises:
            CodecError: It does not fit its definition.
        """
        case = self.place(row).case
        for fact in case.all_facts():
            fact.read()
        return case

    def vault(self, case: str) -> dict[str, codec.Secret]:
        """Return the confidential values of a case that have not been erased, by their commitments."""
        return {row.commitment: codec.Secret(row.commitment, row.salt, row.text) for row in self.store.vault(case)}

    def record(self, row: RecordRow) -> Record:
        """Return a record in clear, as far as its confidential values have not been erased."""
        record = codec.record_from(row.text, self.definition_of(self.row(row.case), row))
        return codec.unsealed(record, self.vault(row.case))

    def records(self, row: CaseRow, rows: Sequence[RecordRow]) -> tuple[Record, ...]:
        """Return the records of a history, each as the definition reads it that it was written under.

        Args:
            row: The case.
            rows: Its records, in order from the first.

        Raises:
            CodecError: One of them does not fit its definition.
            UnknownFingerprintError: This code cannot rebuild one of the definitions.
        """
        return tuple(
            codec.record_from(kept.text, under) for kept, under in zip(rows, self.definitions(row, rows), strict=True)
        )

    # --- writing ---

    def commit(self, decided: Decided) -> Case:
        """Keep a record and return the case after it.

        Raises:
            StoreError: The store cannot keep it, or somebody was faster; nothing was changed.
        """
        kept = self._places.get(decided.record.case)
        fragments: codec.Fragments = {} if kept is None else kept.fragments
        case, commit = commit_of(
            decided.lifecycle,
            decided.standing,
            decided.record,
            decided.previous,
            fragments=fragments,
            algorithm=self.algorithm,
            definition=decided.definition,
            expects=decided.expects,
            topics=self.topics,
            tallied=self.tallied,
            counts=decided.counts,
        )
        self.store.commit(commit)
        self._keep(Place(commit.case, decided.lifecycle, case, fragments))
        return case

    # --- definitions ---

    def take(self, lifecycle: Lifecycle) -> None:
        """Take a lifecycle into use; it must be one that can be found again after a restart.

        Raises:
            UnknownError: Its procedure is none of those that can be read.
        """
        if lifecycle.key not in self._procedures:
            message = (
                f"this docket runs {', '.join(self._procedures)}, not {lifecycle.key!r}; "
                "name the procedure in Docket(lifecycles=[...])"
            )
            raise UnknownError(message)
        self._definitions.setdefault(fingerprint(lifecycle), lifecycle)

    def take_for_good(self, lifecycle: Lifecycle) -> None:
        """Take a lifecycle into use for cases that are there: only what this code rebuilds from what is stored of it.

        Raises:
            UnknownError: Its procedure is none of those that can be read, or builds another one of its profile.
        """
        self.take(lifecycle)
        version = self._procedures[lifecycle.key].version_of(lifecycle.version)
        try:
            built = fingerprint(version(Profile.from_text(lifecycle.sections)))
        except (DefinitionError, KeyError, TypeError, ValueError) as exc:
            message = f"this code does not rebuild {lifecycle.key} version {lifecycle.version} of its profile ({exc})"
            raise UnknownError(message) from exc
        if built != fingerprint(lifecycle):
            message = (
                f"this docket's procedure builds other rules of {lifecycle.key} version {lifecycle.version} under "
                f"{lifecycle.profile!r}: bind a profile to the procedure that the docket runs"
            )
            raise UnknownError(message)

    def definitions(self, row: CaseRow, rows: Sequence[RecordRow]) -> tuple[Lifecycle, ...]:
        """Return the definition that each record of a history was written under; of a migration, the one it leads to.

        Args:
            row: The case.
            rows: Its records, in order from the first.

        Raises:
            CodecError: A migration does not say which rules it leads from and to.
            UnknownFingerprintError: This code cannot rebuild one of the definitions.
        """
        moved = {kept.revision: codec.migrated_between(kept.text) for kept in rows if kept.kind == Kind.MIGRATION}
        if not moved:
            return (self.lifecycle(row),) * len(rows)
        under, found = self.known_as(row, next(iter(moved.values()))[0]), []
        for kept in rows:
            if kept.revision in moved:
                under = self.known_as(row, moved[kept.revision][1])
            found.append(under)
        return tuple(found)

    def all_definitions(self, row: CaseRow) -> dict[str, Lifecycle]:
        """Return the definitions that a case has been under by their fingerprints, the one it is under now last."""
        own = self.lifecycle(row)
        found: dict[str, Lifecycle] = {}
        if _MIGRATED in row.text:
            found = {fingerprint(one): one for one in self.definitions(row, self.store.history(row.case))}
            found.pop(row.fingerprint, None)
        return found | {row.fingerprint: own}

    def definition_of(self, row: CaseRow, kept: RecordRow) -> Lifecycle:
        """Return the definition that one record of a case was written under; read no more where none was migrated."""
        if _MIGRATED not in row.text:
            return self.lifecycle(row)
        return self.definitions(row, self.store.history(row.case))[kept.revision - 1]

    def known_as(self, row: CaseRow, mark: str) -> Lifecycle:
        """Return the definition of a fingerprint that a case runs under or has run under."""
        return self.lifecycle(attrs.evolve(row, fingerprint=mark))

    def is_of(self, lifecycle: str, key: str) -> bool:
        """Tell whether the cases of a lifecycle are of another one: the same, or one that it is derived from."""
        found = self._procedures.get(lifecycle)
        return lifecycle == key or (found is not None and key in found.sections)

    def lifecycle(self, row: CaseRow) -> Lifecycle:
        """Return the definition that a case is under.

        Raises:
            UnknownFingerprintError: This code cannot rebuild it.
        """
        found = self._definitions.get(row.fingerprint)
        if found is None:
            found = self._definitions[row.fingerprint] = self._rebuilt(row)
        return found

    def check_definition(self, row: CaseRow) -> None:
        """Hold what is stored of a case's definition against its fingerprint, also where the definition is at hand.

        Raises:
            TamperedError: It is missing, or gives another one; this code does build the one of the fingerprint.
            UnknownFingerprintError: This code does not build that one, so that nothing can be told.
        """
        self.lifecycle(row)
        stored = self.store.definition(row.fingerprint)
        if stored is not None and self._genuine.get(row.fingerprint) == stored:
            return
        try:
            found = self._rebuilt(row)
        except UnknownFingerprintError as exc:
            message = f"case {row.case}: the stored definition does not give its fingerprint ({exc})"
            raise TamperedError(message) from exc
        if stored is None or (stored.version, stored.profile) != (found.version, found.profile):
            message = f"case {row.case}: the stored definition is not that of its fingerprint {row.fingerprint[:12]}…"
            raise TamperedError(message)
        self._genuine[row.fingerprint] = stored

    def checked(self, row: CaseRow, mark: str) -> Lifecycle:
        """Return a definition that a case has run under, held against its fingerprint; see ``check_definition``."""
        self.check_definition(attrs.evolve(row, fingerprint=mark))
        return self.known_as(row, mark)

    def _rebuilt(self, row: CaseRow) -> Lifecycle:
        """Rebuild the lifecycle of a case from what was stored when it came under it, in the version it had then."""
        definition = self.store.definition(row.fingerprint)
        if definition is None:
            message = f"case {row.case} is under {row.lifecycle} {row.fingerprint[:12]}…, which the store does not hold"
            raise UnknownFingerprintError(message)
        known = f"{definition.lifecycle} version {definition.version} under {definition.profile!r}"
        make = self._procedures.get(definition.lifecycle)
        if make is None:
            message = f"case {row.case} is of {known}; this docket runs {', '.join(self._procedures)}"
            raise UnknownFingerprintError(message)
        try:
            lifecycle = make.version_of(definition.version)(Profile.from_text(definition.text))
        except (DefinitionError, UnknownError, KeyError, TypeError, ValueError) as exc:
            message = f"case {row.case} is under {known}, which this code cannot rebuild ({exc}); {_RELEASE}"
            raise UnknownFingerprintError(message) from exc
        if fingerprint(lifecycle) != row.fingerprint:
            message = (
                f"case {row.case} is under {known} with fingerprint {row.fingerprint[:12]}…; this code builds "
                f"{fingerprint(lifecycle)[:12]}… of it: {_RELEASE}"
            )
            raise UnknownFingerprintError(message)
        return lifecycle

    def _keep(self, place: Place) -> None:
        if self.store.joined:
            return  # the host may roll it back yet, and another record take its number
        case = place.row.case
        with self._lock:
            self._places[case] = place
            self._places.move_to_end(case)
            if len(self._places) > _KEPT:
                self._places.popitem(last=False)
