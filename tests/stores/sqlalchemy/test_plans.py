"""What a search among many cases costs, as servers count it: no clock says so twice alike."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.stores.sqlalchemy.conftest import Place
from yingshang_flow.ports import Query
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore, tables
from yingshang_flow.testing.store_contract import a_deadline

CASES = 20_000


@pytest.fixture(scope="module")
def filled(made: Place) -> Place:
    """Return a place with many cases: two in five are open, each with a unit of fifty and two deadlines."""
    of = tables(made.prefix)
    cases, units, deadlines, messages, records, vault = [], [], [], [], [], []
    for number in range(CASES):
        case, final = f"case {number:06}", int(number % 5 > 1)
        cases.append(
            {
                "case_id": case,
                "revision": 1,
                "lifecycle": f"lifecycle {number % 4}",
                "fingerprint": "fingerprint",
                "state": f"state {number % 9}",
                "final": final,
                "reference": f"reference {number}" if number % 2 else None,
                "parent": f"case {number // 10:06}" if number % 10 else None,
                "origin": f"case {number // 7:06}" if number % 7 else None,
                "units": "[]",
                "head": "head",
                "token": 0,
                "leased_until": 0,
                "text": "x" * 300,
            }
        )
        units.append({"unit": f"unit {number % 50}", "case_id": case, "final": final})
        deadline = {"case_id": case, "limit_key": "answer", "obligor": "", "status": "running", "owed": 1 - final}
        due = {"due": f"20{10 + number % 80}-01-09", "alarm": None if final else number % 1_000}
        deadlines += [{**deadline, **due, "number": which} for which in (1, 2)]
        message = {"number": 1, "topic": "act", "token": 0, "leased_until": 0}
        for revision in (1, 2):
            sent = {"case_id": case, "revision": revision, "recorded_at": number * 10 + revision, "text": "x"}
            messages.append({**message, **sent})
            records.append(
                {**sent, "kind": "act", "hash": "hash", "record_key": f"key {number}" if revision == 1 else None}
            )
        vault.append({"commitment": f"of {case}", "case_id": case, "salt": "salt", "text": "x"})
    with made.engine.begin() as connection:
        for table, rows in (
            (of.cases, cases),
            (of.units, units),
            (of.deadlines, deadlines),
            (of.messages, messages),
            (of.records, records),
            (of.vault, vault),
        ):
            for first in range(0, len(rows), 2_000):
                connection.execute(sa.insert(table), rows[first : first + 2_000])
    with made.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in of.metadata.sorted_tables:
            statement = (
                f"ANALYZE TABLE {table.name}" if connection.dialect.name == "mariadb" else f"ANALYZE {table.name}"
            )
            connection.exec_driver_sql(statement)
    return made


def cost_of(place: Place, use: Callable[[SQLAlchemyStore], object]) -> int:
    """Return how many rows the last query of some use of a store goes through, or a measure of it."""
    seen: list[tuple[str, Any]] = []

    def see(_connection: object, _cursor: object, text: str, values: Any, _context: object, _many: object) -> None:  # noqa: ANN401 - the driver's
        seen.append((text, values))

    store = place.store()
    sa.event.listen(place.engine, "before_cursor_execute", see)
    use(store)
    sa.event.remove(place.engine, "before_cursor_execute", see)
    text, values = next((text, values) for text, values in reversed(seen) if text.lstrip().startswith("SELECT"))
    with place.engine.connect() as connection:
        return COUNTED[connection.dialect.name](connection, text, values)


def _by_postgresql(connection: sa.Connection, text: str, values: Any) -> int:  # noqa: ANN401 - the driver's
    explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", values).scalar_one()
    return _through(explained[0]["Plan"])


def _through(node: dict[str, Any]) -> int:
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) if "Relation Name" in node else 0
    return int(rows * node["Actual Loops"]) + sum(map(_through, node.get("Plans", [])))


def _by_mariadb(connection: sa.Connection, text: str, values: Any) -> int:  # noqa: ANN401 - the driver's
    connection.exec_driver_sql("FLUSH STATUS")
    connection.exec_driver_sql(text, values).all()
    status = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler_read%%'").all()
    return sum(int(count) for _, count in status)


def _by_sqlite(connection: sa.Connection, text: str, values: Any) -> int:  # noqa: ANN401 - the driver's
    driver: Any = connection.connection.dbapi_connection
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    driver.set_progress_handler(step, 12)  # some dozen steps of its machine a row
    connection.exec_driver_sql(text, values).all()
    driver.set_progress_handler(None, 1)
    return steps


COUNTED = {"postgresql": _by_postgresql, "mariadb": _by_mariadb, "sqlite": _by_sqlite}
READ, LEASED = 1_000, 4_000
"""What a page of 100 may cost: each row some times; a lease asks for more, as deadlines of one case come together."""


BY_ONE = [
    Query(),
    Query(lifecycle="lifecycle 1"),
    Query(state="state 1"),
    Query(unit="unit 1"),
    Query(unit="unit 1", final=False),
    Query(reference="reference 11"),
    Query(parent="case 000010"),
    Query(final=False),
    Query(owing=True),
    Query(owing=True, after="case 010000"),
    Query(lifecycle="lifecycle 1", after="case 010000"),
]
BY_SEVERAL = [
    (Query(reference="reference 11", lifecycle="lifecycle 3"), 1),
    (Query(origin="case 000010", final=False), 7),
    (Query(unit="unit 1", state="state 1"), 2_223),  # servers rather read all of a state than look each case up
    (Query(lifecycle="lifecycle 1", state="state 1"), 2_223),
    (Query(final=False, lifecycle="lifecycle 1"), 5_000),
]


@pytest.mark.parametrize("query", BY_ONE, ids=str)
def test_a_page_of_cases_costs_by_what_it_returns(filled: Place, query: Query) -> None:
    assert cost_of(filled, lambda store: store.find(query)) < READ


@pytest.mark.parametrize(("query", "narrowest"), BY_SEVERAL, ids=str)
def test_a_page_by_several_terms_costs_no_more_than_a_narrow_one_of_them(
    filled: Place, query: Query, narrowest: int
) -> None:
    assert cost_of(filled, lambda store: store.find(query)) < READ + 2 * narrowest


USES: dict[str, Callable[[SQLAlchemyStore], object]] = {
    "due": lambda store: store.due(900),
    "the next page of what is due": lambda store: store.due(900, after=a_deadline("case 000100", 100)),
    "a late page of what is due": lambda store: store.due(900, after=a_deadline("case 000800", 800)),
    "owed": lambda store: store.owed("2080-01-01"),
    "the next page of what is owed": lambda store: store.owed(
        "2080-01-01", after=a_deadline("case 000100", 1, due="2020-01-09")
    ),
    "a late page of what is owed": lambda store: store.owed(
        "2080-01-01", after=a_deadline("case 000100", 1, due="2070-01-09")
    ),
    "claims": lambda store: store.claim(900, lease=1),
    "messages": lambda store: store.outgoing(lease=1),
    "children": lambda store: store.children("case 000010"),
    "history": lambda store: store.history("case 000010"),
    "a key": lambda store: store.keyed("key 10"),
    "the vault": lambda store: store.vault("case 000010"),
}


@pytest.mark.parametrize("use", USES)
def test_what_is_done_with_many_cases_costs_by_what_it_returns(filled: Place, use: str) -> None:
    assert cost_of(filled, USES[use]) < (LEASED if use in {"claims", "messages"} else READ)
