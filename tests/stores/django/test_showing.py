"""A case in words: everything that can happen to it has a word in both languages."""

import typing
from datetime import date

import pytest

from tests.lifecycles.interviewing import ALONE, OFFICE, THREE, Desk
from yingshang_flow import lifecycles
from yingshang_flow.core.case import Status
from yingshang_flow.core.record import Change, Kind, Met, Paused, Reminded, Warned
from yingshang_flow.docket import Docket
from yingshang_flow.stores import MemoryStore
from yingshang_flow.stores.django import showing
from yingshang_flow.words import Label, Language


def test_every_status_has_a_word() -> None:
    assert set(showing._STATUSES) == set(Status)


def test_every_change_has_a_word() -> None:
    assert set(showing._CHANGES) == set(typing.get_args(Change))


def test_every_record_that_nobody_made_says_who_did() -> None:
    by_somebody = {Kind.ACT, Kind.MIGRATION, Kind.CORRECTION, Kind.ANNULMENT, Kind.ERASURE}
    assert {*showing._NOBODY, *by_somebody} == set(Kind)


@pytest.mark.parametrize("language", typing.get_args(Language))
def test_an_amendment_names_the_record_the_act_and_the_ground(language: Language) -> None:
    desk = Desk()
    desk.reach("recorded")
    desk.docket.correct(desk.id, 6, occurred_at=date(2018, 12, 21), ground="日期误录", by=OFFICE)
    desk.docket.annul(desk.id, 6, ground="误录", by=OFFICE)
    corrected, annulled = lines(desk, language)[-2:]
    act = {"zh": "签字归档", "en": "Sign and archive"}[language]
    said = {"zh": ("更正第6号记录", "撤销第6号记录"), "en": ("corrects record 6", "annuls record 6")}[language]
    assert (corrected.act, annulled.act) == said
    assert corrected.notes == (f"{act} 2018-12-21", "日期误录")
    assert annulled.notes == (act, "误录")
    assert annulled.state == desk.lifecycle.by_state["held"].label.text(language)


def lines(desk: Desk, language: Language) -> list[showing.RecordLine]:
    rows = desk.docket.store.history(desk.id)
    return [showing.record_line(row.revision, row.text, desk.lifecycle, language) for row in rows]


@pytest.mark.parametrize("language", typing.get_args(Language))
def test_a_record_says_when_what_by_whom_and_what_follows(language: Language) -> None:
    desk = Desk(units=THREE)
    desk.reach("held")
    *_, held = lines(desk, language)
    said = {
        "zh": (
            "实施约谈",
            "市营商办（营商环境建设监督办公室）",
            "书面整改报告 起算，期限至 2018-12-29: 甘井子区、西岗区、市税务局",
        ),
        "en": (
            "Hold",
            "市营商办 (business environment office)",
            "Written report runs until 2018-12-29: 甘井子区, 西岗区, 市税务局",
        ),
    }[language]
    assert (held.number, held.date, held.act, held.by, held.notes[-1]) == (5, "2018-12-20", *said)


def test_many_units_are_counted() -> None:
    units = tuple(f"第{number}单位" for number in range(7))
    desk = Desk(units=units)
    desk.reach("held")
    assert lines(desk, "zh")[-1].notes[-1].endswith("第3单位 等7个单位")
    assert lines(desk, "en")[-1].notes[-1].endswith("第3单位 and 3 more")


def test_a_record_of_the_clock_bears_the_day_it_was_made() -> None:
    desk = Desk()
    desk.reach("recorded")
    desk.docket.sweep()
    last = lines(desk, "en")[-1]
    assert (last.date, last.act, last.by, last.notes) == (
        "2019-06-01",
        "(clock)",
        "",
        (f"Written report missed: {ALONE[0]}",),
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Reminded("answer", "", 1, "urge"), "书面答复 催办 urge"),
        (Paused("conclusion", "", 2, date(2018, 9, 28)), "办结 2 中止计算，自 2018-09-28"),
        (Met("answer", "", 1, late=True), "书面答复 逾期完成"),
        (Warned("answer", "", 1), "书面答复 临近届满"),
    ],
)
def test_what_happened_to_a_deadline_is_said_in_a_few_words(change: Change, said: str) -> None:
    assert showing._happened(change, lifecycles.complaint("bayuquan-2018"), "zh") == said


def test_a_record_that_does_not_fit_its_definition_says_so() -> None:
    desk = Desk()
    desk.reach("planned")
    line = showing.record_line(1, '{"case": 1}', desk.lifecycle, "en")
    assert line.act == ""
    assert "does not fit its definition" in line.notes[0]


def test_deadlines_come_with_what_is_owed_first() -> None:
    desk = Desk(units=THREE)
    desk.reach("recorded")
    desk.report(THREE[1])
    case = desk.case
    found = list(showing.deadline_lines(case, desk.lifecycle, "en", at=desk.clock(), calendar=desk.docket.calendar))
    assert [line.owed for line in found] == [True, True, False]
    assert [(line.lamp.value, line.status) for line in found] == [("red", "running")] * 2 + [("green", "met")]
    assert found[-1].settled == "2018-12-25"


def test_lamps_are_those_of_the_docket() -> None:
    desk = Desk(units=THREE)
    desk.reach("recorded")
    docket = Docket(MemoryStore())
    for day in range(20, 31):
        at = desk.clock().replace(year=2018, month=12, day=day)
        told = showing.deadline_lines(desk.case, desk.lifecycle, "en", at=at, calendar=docket.calendar)
        lamps = {line.whom: line.lamp for line in told}
        assert lamps == {d.obligor: desk.docket.lamp(desk.id, d, at=at) for d in desk.case.deadlines}


def test_labels_speak_both_languages() -> None:
    tables = (showing._STATUSES, showing._NOBODY, showing._CHANGES)
    assert all(isinstance(label, Label) and label.zh != label.en for table in tables for label in table.values())
