"""Every statement of a store, built and compiled once for a server, a dialect and a prefix."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.expression import ClauseElement, ColumnElement

from yingshang_flow.stores.admission import MONTH
from yingshang_flow.stores.sqlalchemy.prepared import Prepared, once, prepared
from yingshang_flow.stores.sqlalchemy.servers import Server, locking
from yingshang_flow.stores.sqlalchemy.tables import tables

PLACE: Final = ("lifecycle", "fingerprint", "state", "final", "reference", "parent", "origin", "units")
"""The columns a case is found by, and its fingerprint; all others of it change with every act."""

RECORD: Final = ("case_id", "revision", "kind", "record_key", "recorded_at", "text", "hash")
CASE: Final = ("case_id", "revision", *PLACE, "head", "text")
DEADLINE: Final = ("case_id", "limit_key", "obligor", "number", "status", "due", "owed", "alarm")
VAULT: Final = ("commitment", "case_id", "salt", "text")
DEFINITION: Final = ("fingerprint", "lifecycle", "version", "profile", "text")
TALLY: Final = ("case_id", "revision", "measure", "unit", "day", "count")
MESSAGE: Final = ("case_id", "revision", "number", "topic", "recorded_at", "text")
"""Columns in the order of the fields of the rows in ``yingshang_flow.ports``."""

_LEASE: Final = ("token", "leased_until")
_TAIL: Final = ("case_id", "limit_key", "obligor", "number")
"""What deadlines of the same moment are ordered by."""


class Statements:
    """Every statement, each compiled when it is first asked for.

    What a statement is given is named after columns. The names of what a row is to have been begin with ``was_``, and
    where one statement writes two rows, ``new_`` and ``record_`` tell them apart.

    Args:
        server: What the statements are built for.
        dialect: What they are compiled for.
        prefix: What the names of the tables begin with.
    """

    def __init__(self, server: Server, dialect: Dialect, prefix: str) -> None:
        self.server = server
        self.tables = tables(prefix)
        self._dialect = dialect
        self._prefix = prefix
        self._variants: dict[tuple[object, ...], Prepared] = {}

    # --- a commit ---

    @once
    def take_turn(self) -> Prepared:
        """Change nothing, and so have the write lock of a server with one writer."""
        return self._prepared(sa.delete(self.tables.cases).where(sa.false()))

    @once
    def add_record(self) -> Prepared:
        """Keep a record, unless its revision or its key is there."""
        return self._adding(self.tables.records, RECORD)

    @once
    def add_case(self) -> Prepared:
        """Keep a new case, unless its id or its reference is there."""
        return self._adding(self.tables.cases, (*CASE, *_LEASE))

    def advance(self, *, moves: bool, claimed: bool, recorded: bool) -> Prepared:
        """Replace the snapshot of one revision by that of the next.

        Args:
            moves: Whether anything changes that the case is found by; without, the row is found only if nothing does.
            claimed: Whether it is done under a claim; then the row is found only under that one.
            recorded: Whether the record is kept in the same statement, where the server can; then the row counts only
                if the record is new.
        """
        key = "advance", moves, claimed, recorded
        if key not in self._variants:
            self._variants[key] = self._prepared(self._advance(moves=moves, claimed=claimed, recorded=recorded))
        return self._variants[key]

    def _advance(self, *, moves: bool, claimed: bool, recorded: bool) -> sa.Update | sa.Insert:
        cases, names = self.tables.cases, ("revision", "head", "text", *(PLACE if moves else ()))
        was = self._was("cases", "case_id", "revision", *(["token"] if claimed else []))
        same = [] if moves else [_is_still(column) for column in self._of("cases", PLACE)]
        update = sa.update(cases).where(*was, *same).values({name: sa.bindparam(f"new_{name}") for name in names})
        if not recorded:
            return update
        advanced = update.returning(sa.literal_column("1").label("one")).cte("advanced")
        record = [sa.bindparam(f"record_{column.name}", type_=column.type) for column in self._of("records", RECORD)]
        rows = sa.select(*record).select_from(advanced)
        return self.server.insert(self.tables.records).from_select(RECORD, rows)

    @once
    def stored(self) -> Prepared:
        """Ask for the revision, the claim and the place of a case."""
        return self._prepared(self._stored())

    @once
    def stored_with_deadlines(self) -> Prepared:
        """Ask for the same with a row for each deadline, or one of nothing."""
        c, d = self.tables.cases.c, self.tables.deadlines.c
        deadlines = [d[name] for name in DEADLINE[1:]]
        query = self._stored().outerjoin_from(self.tables.cases, self.tables.deadlines, c.case_id == d.case_id)
        return self._prepared(query.add_columns(*deadlines))

    @once
    def share(self) -> Prepared:
        """Ask for revision and state of a linked case, and let nobody change its state before the commit."""
        return self._prepared(locking(self._standing(), self.server.share))

    @once
    def hold(self) -> Prepared:
        """Ask for the same, and let nobody count on its state before the commit."""
        return self._prepared(locking(self._standing(), "none" if self.server.one_writer else "update"))

    @once
    def children(self) -> Prepared:
        """Ask for the children of a case."""
        return self._prepared(self._children())

    @once
    def children_now(self) -> Prepared:
        """Ask for the children of a case as they are now, whatever the transaction has read before."""
        return self._prepared(self._current(self._children()))

    @once
    def key_holder(self) -> Prepared:
        """Ask whose a key is."""
        r = self.tables.records.c
        return self._prepared(
            self._current(sa.select(r.case_id, r.revision).where(r.record_key == sa.bindparam("record_key")))
        )

    @once
    def reference_holder(self) -> Prepared:
        """Ask whose a reference is."""
        c = self.tables.cases.c
        held = (c.reference == sa.bindparam("reference"), c.lifecycle == sa.bindparam("lifecycle"))
        return self._prepared(self._current(sa.select(c.case_id).where(*held)))

    @once
    def add_unit(self) -> Prepared:
        """Let a unit find a case."""
        return self._inserting(self.tables.units, ("unit", "case_id", "final"))

    @once
    def change_unit(self) -> Prepared:
        """Say of a unit whether its case has ended."""
        return self._prepared(sa.update(self.tables.units).where(*self._was("units", "unit", "case_id")), ["final"])

    @once
    def remove_unit(self) -> Prepared:
        """Let a unit find a case no more."""
        return self._prepared(sa.delete(self.tables.units).where(*self._was("units", "unit", "case_id")))

    @once
    def add_deadline(self) -> Prepared:
        """Keep a new deadline."""
        return self._inserting(self.tables.deadlines, DEADLINE)

    @once
    def change_deadline(self) -> Prepared:
        """Replace what can change of a deadline."""
        changed = [name for name in DEADLINE if name not in _TAIL]
        return self._prepared(sa.update(self.tables.deadlines).where(*self._was("deadlines", *_TAIL)), changed)

    @once
    def remove_deadline(self) -> Prepared:
        """Let go of a deadline."""
        return self._prepared(sa.delete(self.tables.deadlines).where(*self._was("deadlines", *_TAIL)))

    @once
    def add_vault(self) -> Prepared:
        """Keep a confidential value, unless its commitment is there."""
        return self._adding(self.tables.vault, VAULT)

    @once
    def erase_vault(self) -> Prepared:
        """Erase a confidential value of a case."""
        return self._prepared(sa.delete(self.tables.vault).where(*self._was("vault", "commitment", "case_id")))

    @once
    def add_definition(self) -> Prepared:
        """Keep a definition, unless its fingerprint is there."""
        return self._adding(self.tables.definitions, DEFINITION)

    @once
    def add_message(self) -> Prepared:
        """Keep a message."""
        return self._inserting(self.tables.messages, (*MESSAGE, *_LEASE))

    @once
    def add_tally(self) -> Prepared:
        """Keep a tally."""
        return self._inserting(self.tables.tallies, TALLY)

    @once
    def remove_tallies(self) -> Prepared:
        """Let go of all tallies of a case."""
        return self._prepared(sa.delete(self.tables.tallies).where(*self._was("tallies", "case_id")))

    # --- reading ---

    @once
    def tallied(self) -> Prepared:
        """Ask for sums by measure, unit and month, from one day to another."""
        t = self.tables.tallies.c
        # Written out: a mark for a value would make another expression of it in each place.
        month = sa.func.substr(t.day, sa.literal_column("1"), sa.literal_column(str(MONTH))).label("month")
        total = sa.func.sum(t["count"])
        groups = (t.measure, t.unit, month)
        query = sa.select(*groups, total).where(t.day >= sa.bindparam("first"), t.day <= sa.bindparam("last"))
        return self._prepared(query.group_by(*groups).having(total != sa.literal_column("0")).order_by(*groups))

    @once
    def tallies(self) -> Prepared:
        """Ask for the tallies of a case."""
        t = self.tables.tallies.c
        query = sa.select(*self._of("tallies", TALLY)).where(t.case_id == sa.bindparam("case_id"))
        return self._prepared(query.order_by(t.revision, t.measure, t.unit, t.day))

    @once
    def load(self) -> Prepared:
        """Ask for a snapshot."""
        c = self.tables.cases.c
        return self._prepared(sa.select(*self._of("cases", CASE)).where(c.case_id == sa.bindparam("case_id")))

    @once
    def history(self) -> Prepared:
        """Ask for the records of a case after a revision."""
        r = self.tables.records.c
        after = (r.case_id == sa.bindparam("case_id"), r.revision > sa.bindparam("after"))
        return self._prepared(sa.select(*self._of("records", RECORD)).where(*after).order_by(r.revision))

    @once
    def keyed(self) -> Prepared:
        """Ask for the record of a key."""
        r = self.tables.records.c
        return self._prepared(sa.select(*self._of("records", RECORD)).where(r.record_key == sa.bindparam("record_key")))

    @once
    def vault(self) -> Prepared:
        """Ask for the confidential values of a case."""
        v = self.tables.vault.c
        query = sa.select(*self._of("vault", VAULT)).where(v.case_id == sa.bindparam("case_id"))
        return self._prepared(query.order_by(v.commitment))

    @once
    def deadlines(self) -> Prepared:
        """Ask for the deadlines of a case."""
        d = self.tables.deadlines.c
        query = sa.select(*self._of("deadlines", DEADLINE)).where(d.case_id == sa.bindparam("case_id"))
        return self._prepared(query.order_by(d.limit_key, d.obligor, d.number))

    @once
    def definition(self) -> Prepared:
        """Ask for a definition."""
        d = self.tables.definitions.c
        return self._prepared(
            sa.select(*self._of("definitions", DEFINITION)).where(d.fingerprint == sa.bindparam("fingerprint"))
        )

    @once
    def due_first(self) -> Prepared:
        """Ask for the first page of deadlines with an alarm up to a moment."""
        return self._prepared(self._page("alarm"))

    @once
    def due_next(self) -> Prepared:
        """Ask for the page after a row."""
        return self._prepared(self._next_page("alarm"))

    @once
    def owed_first(self) -> Prepared:
        """Ask for the first page of deadlines that are owed and due by a day."""
        return self._prepared(self._page("due", self.tables.deadlines.c.owed == 1))

    @once
    def owed_next(self) -> Prepared:
        """Ask for the page after a row."""
        return self._prepared(self._next_page("due", self.tables.deadlines.c.owed == 1))

    def search(self, given: tuple[str, ...]) -> Prepared:
        """Ask for a page of cases.

        Args:
            given: The fields of a ``Query`` that are given, besides ``after`` and ``limit``; ``owing`` by what it asks.
        """
        key = "search", *given
        if key not in self._variants:
            self._variants[key] = self._prepared(self._search(given))
        return self._variants[key]

    def _search(self, given: tuple[str, ...]) -> sa.Select[Any]:
        c, u, d = self.tables.cases.c, self.tables.units.c, self.tables.deadlines.c
        query = sa.select(*self._of("cases", CASE))
        ids = self._page_of_ids(set(given))
        if ids is not None:
            found = query.join_from(ids, self.tables.cases, ids.c.case_id == c.case_id)
            return found.order_by(ids.c.case_id)
        owes = sa.exists().where(d.case_id == c.case_id, d.owed == 1)
        terms: dict[str, ColumnElement[bool]] = {
            "unit": sa.exists().where(u.unit == sa.bindparam("unit"), u.case_id == c.case_id),
            "owing": owes,
            "not owing": ~owes,
        }
        asked = [terms[name] if name in terms else c[name] == sa.bindparam(name) for name in given]
        return query.where(*asked, c.case_id > sa.bindparam("after")).order_by(c.case_id).limit(_limit())

    def _page_of_ids(self, given: set[str]) -> sa.Subquery | None:
        """Return the page where another table than that of cases says it all.

        It is taken there first: of the whole, servers may guess that to read many cases is as good as to look some up.
        """
        if "unit" in given and given <= {"unit", "final"}:
            ids, names = self.tables.units.c, [name for name in ("unit", "final") if name in given]
            asked = [ids[name] == sa.bindparam(name) for name in names]
        elif given == {"owing"}:
            ids, asked = self.tables.deadlines.c, [self.tables.deadlines.c.owed == 1]
        else:
            return None
        page = sa.select(ids.case_id).where(*asked, ids.case_id > sa.bindparam("after"))
        if given == {"owing"} and self.server.takes_hints:
            page = page.with_hint(self.tables.deadlines, f"USE INDEX ({self._prefix}deadlines_owing)")
        return page.distinct().order_by(ids.case_id).limit(_limit()).subquery()

    # --- due work and messages ---

    @once
    def now(self) -> Prepared:
        """Ask what time it is: by parameter, as no index is used for a clock that runs while a statement does."""
        return self._prepared(sa.select(sa.literal_column(self.server.clock, sa.BigInteger)))

    @once
    def claimable(self) -> Prepared:
        """Ask for deadlines with an alarm up to a moment in cases that nobody has claimed, the earliest first."""
        c, d = self.tables.cases.c, self.tables.deadlines.c
        query = (
            sa.select(d.case_id, c.token)
            .join_from(self.tables.deadlines, self.tables.cases, c.case_id == d.case_id)
            .where(d.alarm <= sa.bindparam("before"), c.leased_until <= sa.bindparam("now"))
            .order_by(d.alarm, d.case_id)
            .limit(_limit())
        )
        return self._prepared(self._skipping_locked(query, self.tables.cases))

    @once
    def claim_case(self) -> Prepared:
        """Lease a case, unless somebody else has leased it since."""
        return self._prepared(sa.update(self.tables.cases).where(*self._was("cases", "case_id", "token")), _LEASE)

    @once
    def let_case_go(self) -> Prepared:
        """End the lease of a case, unless somebody else has leased it since."""
        return self._prepared(
            sa.update(self.tables.cases).where(*self._was("cases", "case_id", "token")), ["leased_until"]
        )

    @once
    def outgoing(self) -> Prepared:
        """Ask for messages that nobody has leased and that are the oldest of their case, the longest recorded first."""
        messages = self.tables.messages
        m = messages.c
        e = messages.alias("earlier").c
        earlier = sa.or_(e.revision < m.revision, sa.and_(e.revision == m.revision, e.number < m.number))
        query = (
            sa.select(*self._of("messages", MESSAGE), m.token)
            .where(m.leased_until <= sa.bindparam("now"), ~sa.exists().where(e.case_id == m.case_id, earlier))
            .order_by(m.recorded_at, m.case_id, m.revision, m.number)
            .limit(_limit())
        )
        if self.server.skips_locked and self.server.reads_snapshots:
            # A locking read sees more than the snapshot in which the earlier ones are looked for. Both have to be of
            # one, or the second of two new messages could be taken for the first.
            s = messages.alias("seen").c
            keys = ("case_id", "revision", "number")
            query = query.where(sa.exists().where(*(s[key] == m[key] for key in keys)))
        return self._prepared(self._skipping_locked(query, messages))

    @once
    def lease_message(self) -> Prepared:
        """Lease a message, unless somebody else has leased it since."""
        return self._prepared(sa.update(self.tables.messages).where(*self._was_message()), _LEASE)

    @once
    def put_message_back(self) -> Prepared:
        """End the lease of a message, unless somebody else has leased it since."""
        return self._prepared(sa.update(self.tables.messages).where(*self._was_message()), ["leased_until"])

    @once
    def remove_message(self) -> Prepared:
        """Let a message go for good, unless somebody else has leased it since."""
        return self._prepared(sa.delete(self.tables.messages).where(*self._was_message()))

    # --- their parts ---

    def _prepared(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> Prepared:
        return prepared(statement, self._dialect, columns)

    def _adding(self, table: sa.Table, columns: Sequence[str]) -> Prepared:
        return self._prepared(self.server.insert(table), columns)

    def _inserting(self, table: sa.Table, columns: Sequence[str]) -> Prepared:
        return self._prepared(sa.insert(table), columns)

    def _of(self, table: str, names: Sequence[str]) -> list[sa.Column[Any]]:
        columns: sa.Table = getattr(self.tables, table)
        return [columns.c[name] for name in names]

    def _was(self, table: str, *names: str) -> list[ColumnElement[bool]]:
        return [column == sa.bindparam(f"was_{column.name}") for column in self._of(table, names)]

    def _was_message(self) -> list[ColumnElement[bool]]:
        return self._was("messages", "case_id", "revision", "number", "token")

    def _current(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """Have a query see what is there now, whatever its transaction has read before."""
        return locking(query, self.server.share) if self.server.reads_snapshots else query

    def _skipping_locked(self, query: sa.Select[Any], table: sa.Table) -> sa.Select[Any]:
        """Have workers pass each other by; without, each still gets his own, but only by turns."""
        return query.with_for_update(key_share=True, skip_locked=True, of=table) if self.server.skips_locked else query

    def _stored(self) -> sa.Select[Any]:
        columns = self._of("cases", ("revision", "token", *PLACE))
        return sa.select(*columns).where(self.tables.cases.c.case_id == sa.bindparam("case_id"))

    def _standing(self) -> sa.Select[Any]:
        c = self.tables.cases.c
        return sa.select(c.revision, c.state).where(c.case_id == sa.bindparam("case_id"))

    def _children(self) -> sa.Select[Any]:
        c = self.tables.cases.c
        query = sa.select(c.case_id, c.lifecycle, c.state, c.final)
        return query.where(c.parent == sa.bindparam("parent")).order_by(c.case_id)

    def _page(self, by: str, *terms: ColumnElement[bool]) -> sa.Select[Any]:
        d = self.tables.deadlines.c
        query = sa.select(*self._of("deadlines", DEADLINE)).where(*terms, d[by] <= sa.bindparam("until"))
        return query.order_by(d[by], *self._of("deadlines", _TAIL)).limit(_limit())

    def _next_page(self, by: str, *terms: ColumnElement[bool]) -> sa.Select[Any]:
        """Ask for what is left of the last row's moment, then for later ones: each is one range of an index."""
        d = self.tables.deadlines.c
        case, limit, obligor, number = (d[name] > sa.bindparam(f"after_{name}") for name in _TAIL)
        at_case, at_limit, at_obligor = (d[name] == sa.bindparam(f"after_{name}") for name in _TAIL[:3])
        behind = sa.or_(
            case, sa.and_(at_case, sa.or_(limit, sa.and_(at_limit, sa.or_(obligor, sa.and_(at_obligor, number)))))
        )
        at = d[by] == sa.bindparam("after")
        from_case = d.case_id >= sa.bindparam("after_case_id")
        page = self._page(by, *terms)
        pages = [page.where(at, from_case, behind).subquery(), page.where(d[by] > sa.bindparam("after")).subquery()]
        both = sa.union_all(*(sa.select(part) for part in pages)).subquery()
        return sa.select(both).order_by(*(both.c[name] for name in (by, *_TAIL))).limit(_limit())


def _is_still(column: sa.Column[Any]) -> ColumnElement[bool]:
    was: sa.BindParameter[Any] = sa.bindparam(f"was_{column.name}")
    return column.is_not_distinct_from(was) if column.nullable else column == was


def _limit() -> sa.BindParameter[int]:
    return sa.bindparam("limit", type_=sa.Integer)
