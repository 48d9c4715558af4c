"""Ledgers as JSON: what is written comes back, and what was not written so is refused with its place."""

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deadlines.ledgers import START, ledgers
from yingshang_flow.deadlines import DueRules, Excluded, Ledger, china
from yingshang_flow.errors import DeadlineError
from yingshang_flow.sources import LICENSING, OURS
from yingshang_flow.words import Label

LEDGER = (
    Ledger("30工作日", START, rules=DueRules(first_excluded_counts=True, closes=time(17)))
    .exclude(date(2018, 9, 12), date(2018, 9, 13), Label("补正", "supplement"), citation=LICENSING("45"))
    .pause(datetime(2018, 9, 27, 18, tzinfo=UTC), "鉴定", actor="张三", citation=OURS())
    .resume(date(2018, 9, 28))
    .extend(date(2018, 9, 28), "复杂", by="5工作日")
    .correct(4, date(2018, 9, 29), "误记", by=Excluded(date(2018, 9, 17), date(2018, 9, 18), ground="听证"))
    .end(date(2018, 9, 29), "办结")
)


@given(ledgers())
def test_what_is_written_comes_back(ledger: Ledger) -> None:
    back = Ledger.from_dict(json.loads(json.dumps(ledger.as_dict())))
    assert back == ledger
    assert back.as_dict() == ledger.as_dict()
    assert back.due() == ledger.due()


def test_it_is_written_as_people_would_write_it() -> None:
    written = json.loads(json.dumps(LEDGER.as_dict()))
    assert written["period"] == "30工作日"
    assert written["start"] == "2018-09-10"
    assert written["rules"] == "closes=17:00:00;first_excluded_counts=true"
    assert [entry["kind"] for entry in written["entries"]] == [
        "excluded",
        "paused",
        "resumed",
        "extended",
        "corrected",
        "ended",
    ]
    assert written["entries"][1]["at"] == "2018-09-28T02:00:00+08:00"
    assert written["entries"][0]["ground"] == {"zh": "补正", "en": "supplement"}
    assert written["entries"][0]["citation"]["article"] == "45"
    assert written["entries"][4]["by"] == {
        "kind": "excluded",
        "ground": "听证",
        "first": "2018-09-17",
        "last": "2018-09-18",
    }
    assert Ledger.from_dict(written) == LEDGER


def test_the_calendar_comes_from_the_reader() -> None:
    calendar = china()
    assert Ledger.from_dict(LEDGER.as_dict(), calendar=calendar).calendar is calendar
    with pytest.raises(DeadlineError, match="a calendar is a WorkingCalendar, or none"):
        Ledger.from_dict(LEDGER.as_dict(), calendar="china")  # type: ignore[arg-type]


def changed(path: tuple[str | int, ...], value: object = ...) -> dict[str, Any]:
    """Return what is written of a ledger with one value changed, or left out."""
    written: dict[str, Any] = json.loads(json.dumps(LEDGER.as_dict()))
    place: Any = written
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return written


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("period",), ..., "'period' is missing"),
        (("period",), None, "period: a text is wanted, not None"),
        (("period",), 30, "period: a text is wanted, not 30"),
        (("period",), "7天左右", "period: '7天左右' is no period"),
        (("start",), "today", "start: a date such as 2018-09-10 is wanted, not 'today'"),
        (("start",), "2018-02-30", "start: a date such as 2018-09-10 is wanted"),
        (("start",), "2018-09-10T25:00", "start: a moment such as"),
        (("start",), "2018-09-10T09:00", "start: .*has no time zone"),
        (("start",), "0001-01-01T00:00:00+14:00", "start: .*outside the years 1 to 9999"),
        (("start",), 20180910, "start: a text is wanted"),
        (("rules",), 0, "rules: a text is wanted, not 0"),
        (("rules",), "roll=maybe", "rules: .*'roll' cannot be 'maybe'"),
        (("calendar",), "china", r"'calendar' is no key of it \(known: period, start, rules, entries\)"),
        (("entries",), 5, "entries: a list of entries is wanted, not 5"),
        (("entries",), "paused", "entries: a list of entries is wanted, not 'paused'"),
        (("entries",), {"1": {}}, "entries: a list of entries is wanted"),
        (("entries",), [None], "entries: entry 1: an entry says as its kind one of paused, resumed, .*; None does not"),
        (("entries",), [{}], "entry 1: an entry says as its kind"),
        (("entries",), [{"kind": "moved"}], "entry 1: an entry says as its kind one of .*corrected"),
        (("entries",), [{"kind": ["paused"]}], "entry 1: an entry says as its kind"),
        (("entries", 1, "on"), ..., "entry 2: 'on' is missing"),
        (("entries", 1, "by"), "5日", "entry 2: 'by' is no key of it"),
        (("entries", 1, "on"), "2018-09-27T00:00", "entry 2: on: a date such as"),
        (("entries", 1, "at"), "2018-09-27T10:00", "entry 2: at: .*has no time zone"),
        (("entries", 1, "at"), None, "entry 2: at: a text is wanted, not None"),
        (("entries", 1, "actor"), 5, "entry 2: paused: the actor is a text or none, not 5"),
        (("entries", 1, "ground"), 5, "entry 2: ground: an object is wanted, not 5"),
        (("entries", 1, "ground"), " ", "entry 2: paused: the ground is a text or a Label"),
        (("entries", 0, "ground", "zh"), 5, "entry 1: ground: zh: a text is wanted, not 5"),
        (("entries", 0, "ground", "en"), ..., "entry 1: ground: 'en' is missing"),
        (("entries", 0, "citation"), "45", "entry 1: citation: an object is wanted, not '45'"),
        (("entries", 0, "citation", "authority"), "rumour", "authority: one of document, statute, ours is wanted"),
        (("entries", 0, "citation", "authority"), ["ours"], "authority: a text is wanted"),
        (("entries", 0, "citation", "issued"), "soon", "issued: a date such as"),
        (("entries", 0, "last"), "2018-09-11", "entry 1: excluded time ends before it starts"),
        (("entries", 3, "by"), 5, "entry 4: by: a text is wanted, not 5"),
        (("entries", 3, "late"), "yes", "entry 4: an extension is late or not"),
        (("entries", 4, "number"), "4", "entry 5: entries are numbered from 1, not '4'"),
        (("entries", 4, "by"), "5日", "entry 5: by: an entry says as its kind one of .*waived; '5日' does not"),
        (("entries", 4, "by", "kind"), "corrected", "entry 5: by: an entry says as its kind one of .*waived; "),
        (("entries", 4, "by", "first"), ..., "entry 5: by: 'first' is missing"),
    ],
)
def test_what_is_no_ledger_is_refused_with_its_place(path: tuple[str | int, ...], value: object, problem: str) -> None:
    with pytest.raises(DeadlineError, match=rf"^this is no ledger as as_dict\(\) writes it: .*{problem}"):
        Ledger.from_dict(changed(path, value))


@pytest.mark.parametrize("written", [None, 5, "ledger", [], [("period", "30工作日")], {}])
def test_what_is_no_object_or_an_empty_one_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(DeadlineError, match="this is no ledger"):
        Ledger.from_dict(written)


def test_the_problems_of_all_entries_are_said_at_once_and_counted_when_they_are_many() -> None:
    with pytest.raises(DeadlineError) as refused:
        Ledger.from_dict(changed(("entries",), [{"kind": "ended", "ground": "办结"}] * 1000) | {"start": "today"})
    said = str(refused.value)
    assert "start: a date such as" in said
    assert "entry 1: 'on' is missing; entry 2: 'on' is missing" in said
    assert said.index("start: ") < said.index("entry 5: ") < said.index("; 995 problems more")


def test_a_correction_inside_a_correction_inside_a_correction_is_no_recursion() -> None:
    entry: dict[str, Any] = {"kind": "excluded", "first": "2018-09-12", "last": "2018-09-12", "ground": "听证"}
    for _ in range(100_000):
        entry = {"kind": "corrected", "number": 1, "on": "2018-09-12", "ground": "误记", "by": entry}
    with pytest.raises(DeadlineError, match="entry 1: by: an entry says as its kind") as refused:
        Ledger.from_dict(changed(("entries",), [entry]))
    assert len(str(refused.value)) < 600
    while "by" in entry:  # so that it is not taken apart in one recursion either
        entry = entry["by"]


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([1, 0], r"entry 1 \(resumed 2018-09-28\) is refused: the period runs"),
        ([2, 0, 1], r"entry 2 \(paused 2018-09-28\) cannot follow entry 1 \(ended 2018-09-27\)"),
        ([3, 0, 1], "there is no entry 2 to correct yet; there are 0"),
        ([0, 0, 1], "is paused already, by entry 1"),
    ],
)
def test_entries_in_an_impossible_order_are_refused(entries: list[int], problem: str) -> None:
    known: list[dict[str, Any]] = [
        {"kind": "paused", "on": "2018-09-28", "ground": "鉴定"},
        {"kind": "resumed", "on": "2018-09-28", "ground": "鉴定完毕"},
        {"kind": "ended", "on": "2018-09-27", "ground": "办结"},
        {"kind": "corrected", "on": "2018-09-29", "number": 2, "ground": "误记"},
    ]
    with pytest.raises(DeadlineError, match=problem):
        Ledger.from_dict(changed(("entries",), [known[n] for n in entries]))


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["paused", "corrected", "2018-09-12", "2018-09-12T09:00:00+08:00", "5工作日", "9999-12-31"]),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.sampled_from(["kind", "zh", "on", "by"]), st.text(max_size=3), max_size=2),
)


@given(st.data(), ledgers())
def test_whatever_is_changed_it_is_a_ledger_or_a_deadline_error(data: st.DataObject, ledger: Ledger) -> None:
    written = json.loads(json.dumps(data.draw(st.sampled_from([ledger, LEDGER])).as_dict()))
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = written
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and data.draw(st.booleans()):
                place = place[key]
                continue
            place[key] = data.draw(JUNK)
            break
    try:
        found = Ledger.from_dict(written)
    except DeadlineError as problem:
        assert len(str(problem)) < 5000  # noqa: PT017 - any other error, or none, is fine too
    else:
        assert Ledger.from_dict(found.as_dict()) == found
