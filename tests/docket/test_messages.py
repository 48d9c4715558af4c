"""What records tell other systems: a message for each thing that happened, with nothing confidential in it."""

from datetime import date
from typing import Any

import pytest

from tests.core.roadworks import CALENDAR, Story, Witness, at, told
from tests.core.test_ladder import ordered
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.decide import evolve, reproject
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import Notice
from yingshang_flow.errors import CodecError, UnknownError
from yingshang_flow.operations.messages import OF_THE_CLOCK, TOPICS, Message, messages_of, topics_of
from yingshang_flow.operations.writing import case_row
from yingshang_flow.ports import MessageRow
from yingshang_flow.words import Label

ALL = frozenset(TOPICS)


def sent(story: Story, record: Record, topics: frozenset[str] = ALL) -> list[tuple[str, dict[str, Any]]]:
    """Return what a record of a story sends: topic and content."""
    before = None
    for earlier in story.records[: record.revision - 1]:
        before = evolve(before, earlier)
    row = case_row(evolve(before, record), story.lifecycle, "", "")
    rows = messages_of(story.lifecycle, row, record, () if before is None else before.deadlines, topics)
    assert [message.number for message in rows] == list(range(1, len(rows) + 1))
    assert {(message.case, message.revision) for message in rows} <= {(record.case, record.revision)}
    return [(message.topic, dict(Message.of(message).content)) for message in rows]


def test_an_act_says_what_was_done_by_which_unit_and_where_the_case_stands() -> None:
    story = told("Li")
    ((topic, content),) = sent(story, story.records[1])
    assert topic == "act"
    assert content == {
        "lifecycle": "roadworks",
        "profile": "made-up",
        "state": "working",
        "trigger": "start",
        "before": "ordered",
        "obligors": [],
        "role": "office",
        "unit": "市政办",
        "occurred_at": round(at("2021-03-02").timestamp() * 1_000_000),
        "recorded_at": round(at("2021-03-02").timestamp() * 1_000_000),
    }


def test_a_private_person_is_told_of_by_the_role_only_and_content_not_at_all() -> None:
    story = told("Li")
    neighbour = Actor("310101", "某单位", "citizen")
    record = story.act("complain", "2021-03-03", Witness(Confidential("王某")), by=neighbour)
    ((_, content),) = sent(story, record)
    assert (content["role"], "unit" in content) == ("citizen", False)
    assert not {"王某", "310101", "某单位"} & set(map(str, content.values()))


def test_each_rung_is_a_message_to_somebody_with_what_is_to_be_said() -> None:
    story = ordered()
    early = story.tick("2021-03-04")
    assert early is not None
    assert sent(story, early) == [
        (
            "reminded",
            {
                "lifecycle": "roadworks",
                "profile": "made-up",
                "state": "ordered",
                "recorded_at": round(at("2021-03-04").timestamp() * 1_000_000),
                "limit": "begin",
                "obligor": "",
                "number": 1,
                "due": "2021-03-08",
                "rung": "handler",
                "to": "crew",
                "zh": "提醒承办人",
                "en": "remind the handler",
                "calls_for": "",
            },
        )
    ]
    late = story.tick("2021-03-15")
    assert late is not None
    assert [(topic, content.get("rung")) for topic, content in sent(story, late)] == [
        ("reminded", "supervisor"),
        ("reminded", "propose"),
        ("missed", None),
    ]
    assert sent(story, late)[1][1]["calls_for"] == "interview"


def test_every_time_that_was_missed_at_once_says_its_own_date() -> None:
    story = told("Li")
    record = story.tick("2021-03-20")
    assert record is not None
    weekly = [content["due"] for topic, content in sent(story, record) if content["limit"] == "weekly"]
    assert weekly == ["2021-03-07", "2021-03-14"]


def test_a_warning_and_a_moved_date_say_the_dates() -> None:
    story = told("Li", started=None)
    warned = story.tick("2021-03-04")
    assert warned is not None
    assert [(topic, content["due"]) for topic, content in sent(story, warned)] == [("warned", "2021-03-08")]
    off = Notice("made-up", Label("编造的通知", "made up"), days_off={date(2021, 3, 5): Label("编造", "made up")})
    moved = reproject(story.lifecycle, story.standing, now=story.now, calendar=CALENDAR.with_notices(off))
    assert moved is not None
    ((topic, content),) = sent(story, moved)
    assert (topic, content["old"], content["due"]) == ("moved", "2021-03-08", "2021-03-09")


def test_only_what_was_chosen_is_told() -> None:
    story = told("Li")
    late = story.tick("2021-03-20")
    assert late is not None
    assert {topic for topic, _ in sent(story, late, frozenset({"missed"}))} == {"missed"}
    assert sent(story, story.records[0], frozenset(OF_THE_CLOCK)) == []
    assert sent(story, late, frozenset({"act"})) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            MessageRow("C", 3, 1, "moon", 0, "{}"),
            "message C/3/1 is of topic 'moon', and this release knows act, warned",
        ),
        (MessageRow("C", 3, 1, "act", 0, "[]"), "message C/3/1"),
        (MessageRow("C", 3, 1, "act", 0, "{"), "message C/3/1 cannot be read"),
    ],
)
def test_a_message_that_cannot_be_read_is_named(row: MessageRow, problem: str) -> None:
    with pytest.raises(CodecError, match=problem):
        Message.of(row)


def test_a_topic_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownError, match="there is no topic 'moon'; a docket can send act, warned"):
        topics_of(["act", "moon"])
