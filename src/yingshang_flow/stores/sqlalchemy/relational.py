"""A store over prepared statements, wherever its connections come from: all of the logic, none of the connections."""

from collections.abc import Iterable

import attrs

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import (
    CaseRow,
    Children,
    Claim,
    Commit,
    DeadlineRow,
    DefinitionRow,
    Delivery,
    DueWork,
    Outbox,
    Query,
    RecordRow,
    Store,
    Tallied,
    Tallies,
    TallyRow,
    VaultRow,
)
from yingshang_flow.stores.admission import admit, admit_tallies
from yingshang_flow.stores.sqlalchemy.leasing import Leasing, refuse_no_lease
from yingshang_flow.stores.sqlalchemy.prepared import Prepared, Values
from yingshang_flow.stores.sqlalchemy.rows import case_row, children_of, deadline_row
from yingshang_flow.stores.sqlalchemy.runner import Source
from yingshang_flow.stores.sqlalchemy.statements import Statements
from yingshang_flow.stores.sqlalchemy.writing import Writing, refuse_too_large, retally


class RelationalStore(Store, DueWork, Outbox, Tallies):
    """A store in the tables of a relational database.

    What is particular to a server stands in its statements, what is particular to a library in its source. To write a
    store for another library, give it a ``Source`` of that library's connections and ``Statements`` compiled for the
    dialect of its cursor.

    Args:
        source: Where connections come from.
        statements: What is said to the server.
        server: What the server says it is, with its version.
    """

    def __init__(self, source: Source, statements: Statements, server: str | None = None) -> None:
        self._source = source
        self._say = statements
        self.server = server
        self.joined = source.joined

    # --- Store ---

    def commit(self, commit: Commit) -> None:
        """Keep one record and everything it changes; joined, as soon as the caller's transaction commits."""
        admit(commit)
        if self._say.server.largest is not None:
            refuse_too_large(commit, self._say.server.largest)
        with self._source.writing() as run:
            Writing(run, self._say, commit).write()

    def load(self, case: str) -> CaseRow | None:
        """Return where a case stands; none when there is no such case."""
        with self._source.reading() as run:
            rows = run.rows(self._say.load, {"case_id": case})
        return case_row(rows[0]) if rows else None

    def history(self, case: str, *, after: int = 0) -> tuple[RecordRow, ...]:
        """Return the records of a case with a revision above ``after``, in order."""
        with self._source.reading() as run:
            rows = run.rows(self._say.history, {"case_id": case, "after": after})
        return tuple(RecordRow(*row) for row in rows)

    def keyed(self, key: str) -> RecordRow | None:
        """Return the record that was kept under an idempotency key."""
        with self._source.reading() as run:
            rows = run.rows(self._say.keyed, {"record_key": key})
        return RecordRow(*rows[0]) if rows else None

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        """Return the cases a query asks for, in order of id by bytes."""
        if query.limit < 1:
            raise StoreError(f"a page of {query.limit} cases was asked for; ask for at least 1")
        values = {name: value for name, value in attrs.asdict(query).items() if value is not None}
        owing = values.pop("owing", None)
        asked = () if owing is None else ("owing",) if owing else ("not owing",)
        given = (*(name for name in values if name not in {"after", "limit"}), *asked)
        if query.final is not None:
            values["final"] = int(query.final)
        with self._source.reading() as run:
            rows = run.rows(self._say.search(given), values)
        return tuple(map(case_row, rows))

    def due(self, before: int, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines whose alarm is at most ``before`` microseconds, the earliest first."""
        if after is None:
            return self._page(self._say.due_first, {"until": before, "limit": limit})
        if after.alarm is None:
            raise StoreError(f"the page after {after} was asked for, which has no alarm; give the last row of a page")
        return self._page(self._say.due_next, {"until": before, "limit": limit, "after": after.alarm, **_after(after)})

    def owed(self, until: str, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines under which something is owed and that are due by an ISO date, the earliest first."""
        if after is None:
            return self._page(self._say.owed_first, {"until": until, "limit": limit})
        return self._page(self._say.owed_next, {"until": until, "limit": limit, "after": after.due, **_after(after)})

    def _page(self, statement: Prepared, values: Values) -> tuple[DeadlineRow, ...]:
        if values["limit"] < 1:
            raise StoreError(f"a page of {values['limit']} deadlines was asked for; ask for at least 1")
        with self._source.reading() as run:
            rows = run.rows(statement, values)
        return tuple(map(deadline_row, rows))

    def deadlines(self, case: str) -> tuple[DeadlineRow, ...]:
        """Return all deadlines kept for a case, in order of limit, obligor and number."""
        with self._source.reading() as run:
            rows = run.rows(self._say.deadlines, {"case_id": case})
        return tuple(map(deadline_row, rows))

    def children(self, parent: str) -> Children:
        """Return what is known of the children of a case."""
        with self._source.reading() as run:
            return children_of(run.rows(self._say.children, {"parent": parent}))

    def definition(self, fingerprint: str) -> DefinitionRow | None:
        """Return what cases of a fingerprint were opened under."""
        with self._source.reading() as run:
            rows = run.rows(self._say.definition, {"fingerprint": fingerprint})
        return DefinitionRow(*rows[0]) if rows else None

    def vault(self, case: str) -> tuple[VaultRow, ...]:
        """Return the confidential values of a case that have not been erased, in order of commitment."""
        with self._source.reading() as run:
            rows = run.rows(self._say.vault, {"case_id": case})
        return tuple(VaultRow(*row) for row in rows)

    def close(self) -> None:
        """Let go of the connections that are the store's own; whatever is asked later is refused."""
        self._source.close()

    # --- Tallies ---

    def tallied(self, first: str, last: str, *, measures: Iterable[str] | None = None) -> tuple[Tallied, ...]:
        """Return what is counted from one day to another, summed by measure, unit and month."""
        wanted = None if measures is None else frozenset(measures)
        with self._source.reading() as run:
            rows = run.rows(self._say.tallied, {"first": first, "last": last})
        # A sum is of a type that depends on the server.
        found = (Tallied(measure, unit, month, int(count)) for measure, unit, month, count in rows)
        return tuple(one for one in found if wanted is None or one.measure in wanted)

    def tallies(self, case: str) -> tuple[TallyRow, ...]:
        """Return all tallies kept for a case, in order of revision, measure, unit and day."""
        with self._source.reading() as run:
            rows = run.rows(self._say.tallies, {"case_id": case})
        return tuple(TallyRow(*row) for row in rows)

    def retally(self, case: str, revision: int, tallies: Iterable[TallyRow]) -> None:
        """Keep these tallies of a case, and no others of it."""
        rows = tuple(tallies)
        admit_tallies(case, revision, rows)
        with self._source.writing() as run:
            retally(run, self._say, case, revision, rows)

    # --- DueWork ---

    def claim(self, before: int, *, lease: int, limit: int = 100) -> tuple[Claim, ...]:
        """Let one worker have the cases with an alarm at most ``before`` microseconds, the earliest first."""
        refuse_no_lease(lease, limit)
        with self._source.writing() as run:
            return Leasing(run, self._say).claim(before, lease, limit)

    def let_go(self, claims: Iterable[Claim]) -> None:
        """Give cases back before their lease ends; a claim that is not the last one of its case is passed over."""
        with self._source.writing() as run:
            Leasing(run, self._say).let_go(claims)

    # --- Outbox ---

    def outgoing(self, *, lease: int, limit: int = 100) -> tuple[Delivery, ...]:
        """Let one worker have messages to deliver, the longest recorded first; of each case one at a time."""
        refuse_no_lease(lease, limit)
        with self._source.writing() as run:
            return Leasing(run, self._say).outgoing(lease, limit)

    def acknowledge(self, deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
        """Let go of delivered messages for good; return those that somebody else has claimed or acknowledged since."""
        with self._source.writing() as run:
            return Leasing(run, self._say).acknowledge(tuple(deliveries))

    def put_back(self, deliveries: Iterable[Delivery]) -> None:
        """Give messages back before their lease ends; one that somebody else has claimed since is passed over."""
        with self._source.writing() as run:
            Leasing(run, self._say).put_back(deliveries)


def _after(row: DeadlineRow) -> Values:
    """Return what a page begins behind, besides the moment."""
    return {
        "after_case_id": row.case,
        "after_limit_key": row.limit,
        "after_obligor": row.obligor,
        "after_number": row.number,
    }
