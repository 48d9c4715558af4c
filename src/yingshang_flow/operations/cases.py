"""The cases of a store, each under the definition it was opened with: read, kept at hand, moved on by a record."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

import attrs

from yingshang_flow import codec
from yingshang_flow.core.case import Case
from yingshang_flow.core.counting import Counts
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
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
        definition: What the case is opened under.
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
        record = codec.record_from(row.text, self.lifecycle(self.row(row.case)))
        return codec.unsealed(record, self.vault(row.case))

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

    def lifecycle(self, row: CaseRow) -> Lifecycle:
        """Return the definition that a case was opened under.

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

    def _rebuilt(self, row: CaseRow) -> Lifecycle:
        """Rebuild the lifecycle of a case from what was stored when it was opened."""
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
            lifecycle = make(Profile.from_text(definition.text))
        except (DefinitionError, KeyError, TypeError, ValueError) as exc:
            message = f"case {row.case} was opened under {known}, which this code cannot rebuild ({exc}); run it with "
            raise UnknownFingerprintError(message + "the release it was opened with, or migrate it") from exc
        if fingerprint(lifecycle) != row.fingerprint:
            message = (
                f"case {row.case} was opened under {known} with fingerprint {row.fingerprint[:12]}…; this code builds "
                f"{fingerprint(lifecycle)[:12]}… of it: run it with the release it was opened with, or migrate it"
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
