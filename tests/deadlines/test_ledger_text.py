"""A ledger in words: who did what and why, and what follows from it."""

from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from tests.deadlines.ledgers import DAY, START, ledgers, moments_of
from yingshang_flow.deadlines import Corrected, DueRules, Ledger, LedgerStep, china
from yingshang_flow.deadlines.entries import known_by, known_from
from yingshang_flow.sources import LICENSING, OURS
from yingshang_flow.words import Label

LEDGER = (
    Ledger("30工作日", START, rules=DueRules(first_excluded_counts=True, closes=time(17)))
    .exclude(date(2018, 9, 12), date(2018, 9, 13), Label("补正", "supplement"), citation=LICENSING("45"))
    .pause(datetime(2018, 9, 27, 18, tzinfo=UTC), "鉴定", actor="张三", citation=OURS())
    .resume(date(2018, 9, 28))
    .end(date(2018, 9, 29), "办结")
)


def test_it_says_who_why_and_where() -> None:
    assert LEDGER.explain().text().startswith("2018-09-10起30工作日：已终结，2018-")
    text = str(LEDGER.explain())
    assert "entry 1: 2018-09-12..2018-09-13 left out: supplement (Administrative Licensing Law, 45)" in text
    assert "entry 2: paused from 2018-09-28: 鉴定 (our own choice; 张三)" in text
    assert "resumed on the same day, nothing left out" in text
    assert "（《中华人民共和国行政许可法》第45条）" in LEDGER.explain().text()


def test_every_status_has_its_head() -> None:
    paused = Ledger("1日", START).pause(START, "鉴定")
    assert str(paused.explain()).startswith(
        "1 day from 2018-09-10: paused, due 2018-09-11 Tuesday at the earliest, 1 day left"
    )
    assert "（中止中" in paused.explain().text()
    guess = Ledger("400工作日", china().horizon - 100 * DAY)
    assert "(provisional)" in str(guess.explain())
    assert "（暂定）" in guess.explain().text()
    resumed = Ledger("5日", START).pause(date(2018, 9, 12), "鉴定").resume(date(2018, 9, 14))
    assert "resumed on 2018-09-14, 2018-09-12..2018-09-13 left out" in str(resumed.explain())
    assert "waived from" in str(Ledger("1日", START).waive(START, "撤回").explain())


@given(st.data(), ledgers())
def test_it_tells_every_entry_that_is_known_and_no_other(data: st.DataObject, ledger: Ledger) -> None:
    moment = data.draw(moments_of(ledger))
    told = [step.number for step in ledger.explain(moment).steps if isinstance(step, LedgerStep)]
    known = [n for n, entry in enumerate(ledger.entries, 1) if known_from(entry) <= known_by(moment)]
    assert sorted(set(told)) == known
    twice = {entry.number for entry in ledger.entries if isinstance(entry, Corrected)}
    assert {n for n in told if told.count(n) > 1} <= twice


@given(st.data(), ledgers())
def test_it_says_what_the_ledger_answers(data: st.DataObject, ledger: Ledger) -> None:
    moment = data.draw(moments_of(ledger))
    said = ledger.explain(moment)
    assert (said.period, said.due) == (ledger.period, ledger.due(moment).date)
    assert (said.status, said.remaining) == (ledger.status(moment), ledger.remaining(moment))
    assert [step.date for step in said.steps] == sorted(step.date for step in said.steps)
    assert str(said) == said.text("en")
    assert len(said.text().splitlines()) == len(said.steps) + 1


def test_the_budget_is_told_as_it_was_set_not_as_it_was_extended() -> None:
    extended = Ledger("30工作日", START).extend(START, "复杂", by="5工作日")
    assert str(extended.explain()).startswith("30 working days from 2018-09-10: running, due 2018-11-02 Friday")
    assert "extended by 5 working days: 复杂" in str(extended.explain())
