"""Units assessed from a store: on every store its sums are what a recount of loaded cases comes to."""

import itertools
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from tests.lifecycles.complaining import BODY, CONCLUSION, PLATFORM, REASON, REPLY, SATISFIED, receipt
from tests.stores.sqlalchemy.conftest import a_place
from yingshang_flow import Actor, Docket, lifecycles
from yingshang_flow.compliance.assessment import INDICATORS, Indicator, Span, drafts
from yingshang_flow.core.case import Status
from yingshang_flow.deadlines.clock import CHINA_TIME
from yingshang_flow.errors import (
    ConflictError,
    ContentError,
    RefusedError,
    StoreError,
    SweepError,
    TimeError,
    UnknownError,
    YingshangFlowError,
)
from yingshang_flow.lifecycles.complaint import Assignment, Reopening, TakingUp
from yingshang_flow.operations.migrate import Which
from yingshang_flow.operations.retally import Retallied
from yingshang_flow.ports import CaseRow, Commit, Query, Store, Tallied, TallyRow
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing import FixedClock

UNITS: Final = ("区住建局", "区城管局", "区人社局")
BAYUQUAN: Final = lifecycles.complaint("bayuquan-2018")
LATE: Final = date(2019, 6, 1)


def played(store: Store, cases: int = 30) -> Docket:
    """A docket of complaints that went ways drawn with one seed, amended here and there; the same on every store."""
    chance, numbers = random.Random(7), itertools.count()  # noqa: S311 - no secret
    clock = FixedClock(LATE)
    docket = Docket(store, clock=clock, new_id=lambda: f"case-{next(numbers):03}")
    for _ in range(cases):
        day = date(2018, 8, 1) + timedelta(chance.randrange(150))
        by = PLATFORM if chance.random() < 0.2 else BODY
        case = docket.open(BAYUQUAN, receipt(), by=by, at=day, trigger="register" if by is PLATFORM else "receive")
        for _ in range(chance.randrange(12)):
            day += timedelta(chance.randrange(9))
            undertaker = Actor("wang", chance.choice(UNITS), "undertaker")
            trigger, content, actor = chance.choice(steps(docket.load(case.id).state, undertaker))
            with suppress(RefusedError):  # it has to be followed up first
                docket.act(case.id, trigger, content, by=actor, at=min(day, LATE))
        if chance.random() < 0.3:
            with suppress(YingshangFlowError):
                docket.annul(case.id, docket.load(case.id).revision, ground="误录", by=BODY)
        if chance.random() < 0.3:
            with suppress(YingshangFlowError):
                docket.correct(case.id, 1, occurred_at=day - timedelta(200), ground="误录", by=BODY)
    docket.sweep()
    return docket


def steps(state: str, undertaker: Actor) -> list[tuple[str, Any, Actor]]:
    """Return what may be done next."""
    reply = ("reply", REPLY, BODY)
    possible: dict[str, list[tuple[str, Any, Actor]]] = {
        "registered": [("receive", receipt(), BODY)],
        "received": [("accept", None, BODY), ("accept", None, BODY), reply],
        "accepted": [("assign", Assignment(undertaker.unit), BODY), ("take_up", TakingUp("li"), BODY), reply],
        "assigned": [("return_assignment", REASON, undertaker), ("take_up", TakingUp("wang"), undertaker), reply],
        "handling": [("conclude", CONCLUSION, undertaker), ("return_assignment", REASON, undertaker), reply],
        "concluded": [("follow_up", SATISFIED, BODY), ("close", None, BODY), ("reopen", Reopening("未解决"), BODY)],
        "closed": [("reopen", Reopening("未解决"), BODY)],
    }
    return possible[state]


def recounted(docket: Docket) -> Counter[tuple[str, str, str]]:
    """Count loaded cases by hand: measure, unit and day, from nothing but what a host can read."""
    found: Counter[tuple[str, str, str]] = Counter()
    for case in docket.find():
        opened = case.opened.date.isoformat()
        amended = {getattr(record, "amends", 0) for record in docket.history(case.id)}
        (unit,) = whose(docket, case.id)
        if case.fact("receive") is not None and case.state not in {"refused", "withdrawn"}:
            found["received", unit, opened] += 1
            found["reopened", unit, opened] += case.fact("reopen") is not None
        found["concluded", unit, opened] += case.state in {"concluded", "closed"}
        for deadline in case.deadlines:
            found["due", unit, deadline.due.isoformat()] += deadline.status is not Status.STOPPED
            found["in_time", unit, deadline.due.isoformat()] += deadline.status is Status.MET
        for record in docket.history(case.id):
            if record.trigger == "return_assignment" and record.kind == "act" and record.revision not in amended:
                assert record.actor is not None
                found["returned", record.actor.unit, record.occurred_at.date.isoformat()] += 1
    return +found


def whose(docket: Docket, case: str) -> set[str]:
    """Tell in whose hands a complaint is from the acts that count, one after another."""
    annulled = {getattr(record, "amends", 0) for record in docket.history(case) if record.kind == "annulment"}
    unit = ""
    first = ""
    for record in docket.history(case):
        if record.kind != "act" or record.revision in annulled or record.actor is None:
            continue
        if record.trigger == "receive" or (record.trigger == "register" and not first):
            first = record.actor.unit
        if record.trigger == "assign":
            assert isinstance(record.content, Assignment)
            unit = str(record.content.undertaker)
        elif record.trigger == "take_up":
            unit = record.actor.unit
        elif record.trigger == "return_assignment":
            unit = ""
    return {unit or first}


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
    elif request.param == "sqlite":
        with closing(SQLiteStore(tmp_path / "cases.db")) as sqlite:
            yield sqlite
    else:
        with a_place(request.getfixturevalue("postgresql_url")) as place:
            upgrade(place.engine, prefix=place.prefix)
            yield place.store()


def by_month(store: Any, first: str, last: str) -> dict[tuple[str, str, str], int]:  # noqa: ANN401 - a store that counts
    return {
        (one.measure.removeprefix("complaint."), one.unit, one.month): one.count for one in store.tallied(first, last)
    }


def test_the_sums_of_a_store_are_what_a_recount_of_its_cases_comes_to(store: Store) -> None:
    docket = played(store)
    wanted: Counter[tuple[str, str, str]] = Counter()
    for (measure, unit, day), count in recounted(docket).items():
        wanted[measure, unit, day[:7]] += count
    assert by_month(store, "0001-01-01", "9999-12-31") == wanted
    assert {measure for measure, _, _ in wanted} == {
        "received", "concluded", "reopened", "returned", "due", "in_time"
    }  # fmt: skip
    assert docket.retally() == 0


@pytest.mark.parametrize("deadlines", ["keep", "recompute"])
def test_cases_that_go_on_under_other_rules_are_counted_as_a_recount_would(store: Store, deadlines: str) -> None:
    docket = played(store, 12)
    before = by_month(store, "0001-01-01", "9999-12-31")
    for profile in ("dalian-complaint-2017", "bayuquan-2018"):  # there, where other days are counted, and back
        to = lifecycles.complaint(profile)
        docket.migrate(Which(), to=to, ground="改按新办法", by=BODY, deadlines=deadlines, dry_run=False)
        assert docket.retally() == 0
        for case in docket.find(state="received"):
            docket.act(case.id, "accept", by=BODY, at=LATE)
            docket.annul(case.id, docket.load(case.id).revision, ground="误录", by=BODY)
        assert docket.retally() == 0
    assert by_month(store, "0001-01-01", "9999-12-31") == before


def test_the_months_of_a_period_add_up_to_it(store: Store) -> None:
    docket = played(store, 12)
    quarters = [docket.assess(f"2018-{month}") for month in (10, 11, 12)]
    whole = docket.assess("2018Q4")
    units = {one.unit for one in (*whole.ranked, *whole.unranked)}
    for place in range(len(INDICATORS)):
        for unit in units:
            parts = [one.rates[place] for q in quarters for one in (*q.ranked, *q.unranked) if one.unit == unit]
            (own,) = [one.rates[place] for one in (*whole.ranked, *whole.unranked) if one.unit == unit]
            assert (own.numerator, own.denominator) == (
                sum(part.numerator for part in parts),
                sum(part.denominator for part in parts),
            )


class Watched(MemoryStore):
    """Refuses to read a case once it is told to."""

    blind = False

    def load(self, case: str) -> CaseRow | None:
        assert not self.blind
        return super().load(case)

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        assert not self.blind
        return super().find(query)


def test_no_case_is_read_to_assess() -> None:
    store = Watched()
    docket = played(store, 8)
    store.blind = True
    found = docket.assess("2018")
    assert found.ranked
    assert found.before == Span.read("2017")


def test_while_a_period_runs_the_days_that_are_over_count() -> None:
    docket = played(MemoryStore(), 20)
    now = datetime(2018, 11, 15, 12, tzinfo=CHINA_TIME)
    running = docket.assess("2018Q4", now=now)
    assert running.counted_to == date(2018, 11, 14)
    until = docket.assess((date(2018, 10, 1), date(2018, 11, 14)))
    assert [(one.unit, one.total) for one in running.ranked] == [(one.unit, one.total) for one in until.ranked]
    with pytest.raises(UnknownError, match="nothing can be counted yet of 2018-12"):
        docket.assess("2018-12", now=now)
    with pytest.raises(TimeError):
        docket.assess("2018", now=datetime(2019, 1, 1))  # noqa: DTZ001 - what is refused


def test_a_period_is_a_text_a_span_or_two_days_and_nothing_else() -> None:
    docket = played(MemoryStore(), 3)
    span = Span.read("2018Q3")
    assert docket.assess(span).span == docket.assess("2018Q3").span == span
    for wrong in ("2018Q9", (date(2018, 1, 2), date(2018, 1, 1)), (date(2018, 1, 1),), 2018, None):
        with pytest.raises(UnknownError):
            docket.assess(wrong)  # type: ignore[arg-type]


def test_only_the_units_named_are_compared_by_the_indicators_given() -> None:
    docket = played(MemoryStore(), 20)
    returned = Indicator(
        key="returned",
        label=INDICATORS[0].label,
        numerator="complaint.returned",
        denominator="complaint.received",
        higher_is_better=False,
    )
    unit = docket.assess("2018", indicators=[returned]).ranked[-1].unit
    found = docket.assess("2018", indicators=[returned], units=[unit, "从未办件的局"])
    assert [one.unit for one in found.ranked] == [unit]
    assert [one.unit for one in found.unranked] == ["从未办件的局"]
    for wrong, says in (([], "no units are given"), (["甲局", " "], "not ' '"), ([7], "not 7")):
        with pytest.raises(UnknownError, match=says):
            docket.assess("2018", units=wrong)  # type: ignore[arg-type]
    assert [one.unit for one in docket.assess("2018", units=unit).ranked] == [unit]


def test_a_draft_opens_an_interview_once_a_person_has_completed_it_and_never_before() -> None:
    docket = played(MemoryStore())
    draft = drafts(docket.assess("2018"), last=1)[0]
    office = Actor("zhao", "市营商办", "office")
    lifecycle = lifecycles.interview("dalian-2018")
    assert not list(docket.find(lifecycle="interview"))
    with pytest.raises(ContentError, match="person"):
        docket.open(lifecycle, draft.content, by=office)
    completed = {
        **draft.content,
        "matter": {"id": "2018-7", "words": "投诉办理"},
        "gravity": "general",
        "tier": "office",
        "subjects": [{"unit": draft.unit, "person": "分管领导甲", "rank": "deputy"}],
    }
    case = docket.open(lifecycle, completed, by=office)
    assert case.state == "planned"
    with pytest.raises(YingshangFlowError, match="Y12"):
        docket.open(lifecycle, {**completed, "grounds": ["6"]}, by=office)


# --- counting anew ----------------------------------------------------------------------------------------------------


def test_cases_from_before_a_store_counted_are_counted_from_their_histories(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    with closing(SQLiteStore(path)) as store:
        played(store, 12)
        counted = store.tallied("0001-01-01", "9999-12-31")
    with closing(sqlite3.connect(path)) as connection:  # as an upgrade leaves them
        connection.execute("DELETE FROM ysf_tallies")
        connection.commit()
    with closing(SQLiteStore(path)) as store:
        docket = Docket(store, clock=FixedClock(LATE))
        assert not docket.assess("2018").ranked
        told: list[Retallied] = []
        assert docket.retally(progress=told.append) == 12  # each has been received
        assert (told[0], told[-1]) == (Retallied(1, 1, 0), Retallied(12, 12, 0))
        assert store.tallied("0001-01-01", "9999-12-31") == counted
        assert docket.retally() == 0


def test_sums_below_0_say_that_cases_have_to_be_counted_anew() -> None:
    store = MemoryStore()
    docket = Docket(store, clock=FixedClock(LATE))
    case = docket.open(BAYUQUAN, receipt(), by=BODY, at=date(2018, 9, 10), trigger="receive")
    store.retally(case.id, 1, ())
    docket.act(case.id, "accept", by=BODY, at=date(2018, 9, 11))
    docket.act(case.id, "assign", Assignment("区住建局"), by=BODY, at=date(2018, 9, 11))
    with pytest.raises(StoreError, match=r"complaint\.due of '区营商局' is -1.*run docket.retally"):
        docket.assess("2018Q3")
    assert docket.retally() == 1
    assert docket.assess("2018Q3").ranked


class Racing(MemoryStore):
    """Has somebody act just before a case is counted."""

    docket: Docket | None = None

    def retally(self, case: str, revision: int, tallies: Any) -> None:  # noqa: ANN401 - rows
        docket, self.docket = self.docket, None
        if docket is not None:
            docket.act(case, "reply", REPLY, by=BODY, at=date(2018, 9, 11))
        super().retally(case, revision, tallies)


def test_a_case_that_goes_on_meanwhile_is_counted_again_but_not_in_a_transaction_of_the_hosts() -> None:
    store = Racing()
    docket = Docket(store, clock=FixedClock(LATE))
    case = docket.open(BAYUQUAN, receipt(), by=BODY, at=date(2018, 9, 10), trigger="receive")
    MemoryStore.retally(store, case.id, 1, ())
    store.docket = docket
    assert docket.retally() == 1
    assert store.tallies(case.id)[-1] == TallyRow(case.id, 2, "complaint.in_time", BODY.unit, "2018-09-19", 1)
    assert docket.retally() == 0
    MemoryStore.retally(store, case.id, 2, ())
    store.docket, store.joined = docket, True
    with pytest.raises(ConflictError, match="counted up to revision 2, and 3 is stored"):
        docket.retally()


class Gone(MemoryStore):
    """Cannot be reached any more."""

    def tallies(self, case: str) -> tuple[TallyRow, ...]:
        raise StoreError(f"{case} cannot be reached")


def test_a_store_that_cannot_be_reached_ends_a_recount_at_once() -> None:
    store = Gone()
    docket = Docket(store, clock=FixedClock(LATE))
    docket.open(BAYUQUAN, receipt(), by=BODY, at=date(2018, 9, 10), trigger="receive")
    with pytest.raises(StoreError, match="cannot be reached"):
        docket.retally()


def test_a_case_that_cannot_be_read_is_named_and_all_others_are_counted() -> None:
    store = MemoryStore()
    played(store, 4)
    (row,) = store.find(Query(limit=1))
    strange = attrs.evolve(row, fingerprint="f" * 64)
    kept = store._case(row.case)
    assert kept is not None
    store._rows["case", row.case] = attrs.evolve(kept, row=strange)
    for other in store.find(Query(after=row.case)):
        store.retally(other.case, other.revision, ())
    again = Docket(store, clock=FixedClock(LATE))
    with pytest.raises(SweepError, match=f"3 cases were counted anew.*case {row.case}"):
        again.retally()


def test_a_store_that_does_not_count_keeps_cases_and_says_what_is_missing() -> None:
    kept = MemoryStore()

    class WithoutTallies(Store):
        def commit(self, commit: Commit) -> None:
            assert commit.tallies == ()
            kept.commit(commit)

        def load(self, case: str) -> CaseRow | None:
            return kept.load(case)

    for name in Store.__abstractmethods__ - {"commit", "load"}:
        setattr(WithoutTallies, name, getattr(MemoryStore, name))
    WithoutTallies.__abstractmethods__ = frozenset()
    docket = Docket(WithoutTallies(), clock=FixedClock(LATE))  # type: ignore[abstract]
    docket.open(BAYUQUAN, receipt(), by=BODY, at=date(2018, 9, 10), trigger="receive")
    for ask in (lambda: docket.assess("2018"), docket.retally):
        with pytest.raises(StoreError, match=r"a WithoutTallies counts nothing.*use a store that is Tallies"):
            ask()


def test_rates_are_exact_fractions() -> None:
    store = MemoryStore()
    docket = Docket(store, clock=FixedClock(LATE))
    case = docket.open(BAYUQUAN, receipt(), by=BODY, at=date(2018, 9, 10), trigger="receive")
    rows = (TallyRow(case.id, 1, "complaint.received", "甲局", "2018-09-10", 3),)
    store.retally(case.id, 1, (*rows, attrs.evolve(rows[0], measure="complaint.concluded", count=1)))
    (one,) = docket.assess("2018Q3").ranked
    assert one.rates[0].value == Fraction(1, 3)
    assert store.tallied("2018-09-10", "2018-09-10")[1] == Tallied("complaint.received", "甲局", "2018-09", 3)
