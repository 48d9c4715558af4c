"""Calendar files: what a calendar program reads back from one is what the docket knows, and nothing confidential."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import attrs
import icalendar
import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import example, given
from hypothesis import strategies as st

from tests.lifecycles.complaining import CONTACT, EXTENSION, NAME, RECEIVED, Desk
from tests.lifecycles.rectifying import ONE_GROUP
from tests.lifecycles.rectifying import Desk as CampaignDesk
from yingshang_flow.core.case import Deadline, Status
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Term
from yingshang_flow.deadlines import CHINA_TIME, CalendarDays, DueRules, FixedDate
from yingshang_flow.docket import Due
from yingshang_flow.errors import PeriodError, TimeError
from yingshang_flow.interop.icalendar import calendar_of
from yingshang_flow.lifecycles.complaint import Receipt
from yingshang_flow.sources import OURS
from yingshang_flow.words import Cited

NOW = datetime(2018, 9, 12, 17, 30, tzinfo=CHINA_TIME)
FAR = date(2019, 12, 31)


def read(written: bytes) -> Any:  # noqa: ANN401 - the package types its properties loosely
    return icalendar.Calendar.from_ical(written)


def events(written: bytes) -> list[Any]:
    return list(read(written).walk("VEVENT"))


def alarms(event: Any) -> list[date]:  # noqa: ANN401 - as above
    """Return the days on which an event is announced, each at nine."""
    moments = [datetime.combine(event.start, datetime.min.time()) + part["trigger"].dt for part in event.walk("VALARM")]
    assert {moment.hour for moment in moments} <= {9}
    return [moment.date() for moment in moments]


@pytest.fixture
def desk() -> Desk:
    found = Desk()
    found.reach("handling")
    return found


def file_of(desk: Desk, **options: Any) -> bytes:  # noqa: ANN401 - those of calendar_of
    return calendar_of(desk.docket.due(before=FAR), **{"lifecycle": desk.docket.lifecycle, "now": NOW, **options})


def one(desk: Desk, **changes: Any) -> Due:  # noqa: ANN401 - the fields of a deadline
    """Return the conclusion of the complaint, due on 2018-10-26, but for the changes."""
    (deadline,) = desk.case.owed("conclusion")
    return Due(desk.case, attrs.evolve(deadline, **changes))


def event_of(desk: Desk | CampaignDesk, due: Due, **options: Any) -> Any:  # noqa: ANN401 - as above
    (event,) = events(calendar_of([due], **{"lifecycle": desk.docket.lifecycle, "now": NOW, **options}))
    return event


def test_every_open_deadline_is_a_whole_day(desk: Desk) -> None:
    found = [(event.start, event.end - event.start, event["summary"]) for event in events(file_of(desk))]
    expected = [
        (due.deadline.due, timedelta(days=1), desk.lifecycle.by_limit[due.deadline.limit].label.zh)
        for due in desk.docket.due(before=FAR)
    ]
    assert len(found) >= 2
    for (start, length, summary), (day, one_day, label) in zip(found, expected, strict=True):
        assert (start, length) == (day, one_day)
        assert summary == f"{label} · {desk.id}"


def test_an_event_says_what_is_owed_and_on_what_ground(desk: Desk) -> None:
    event = event_of(desk, one(desk))
    assert str(event["description"]).split("\n")[:4] == [
        f"案件：投诉 {desk.id}",
        "期限：30工作日",
        "起算日：2018-09-10",
        "截止日：2018-10-26",
    ]
    assert "依据：" in event["description"]
    assert event["categories"].cats == ["投诉"]
    assert (event["status"], event["transp"]) == ("CONFIRMED", "TRANSPARENT")
    assert event["dtstamp"].dt == NOW
    assert event["dtstart"].params == {"VALUE": "DATE"}


def test_it_speaks_english_too(desk: Desk) -> None:
    written = file_of(desk, language="en")
    assert read(written)["x-wr-calname"] == "Deadlines"
    assert "Counted from: 2018-09-10" in event_of(desk, one(desk), language="en")["description"]


def test_the_calendar_has_a_name(desk: Desk) -> None:
    assert read(file_of(desk))["name"] == read(file_of(desk))["x-wr-calname"] == "办理时限"
    assert read(file_of(desk, name="区营商局，\n投诉"))["name"] == "区营商局， 投诉"


def test_the_same_deadlines_give_the_same_file(desk: Desk) -> None:
    assert file_of(desk) == file_of(desk)


def test_a_deadline_keeps_its_uid_and_no_two_share_one(desk: Desk) -> None:
    due = one(desk)
    moved = Due(due.case, attrs.evolve(due.deadline, due=date(2018, 12, 10), status=Status.MISSED))
    others = [attrs.evolve(due.deadline, **change) for change in ({"number": 2}, {"obligor": "x"}, {"limit": "answer"})]
    uids = [event_of(desk, each)["uid"] for each in (due, moved, *(Due(due.case, other) for other in others))]
    assert uids[0] == uids[1]
    assert len(set(uids)) == 4


def test_a_deadline_given_twice_is_written_once(desk: Desk) -> None:
    assert len(events(calendar_of([one(desk), one(desk)], lifecycle=desk.docket.lifecycle, now=NOW))) == 1


def test_a_moved_deadline_has_a_higher_sequence(desk: Desk) -> None:
    before = event_of(desk, one(desk))
    desk.act("extend", EXTENSION, at=date(2018, 10, 20))
    after = event_of(desk, one(desk))
    assert (before["uid"], before.start) == (after["uid"], date(2018, 10, 26))
    assert after.start == date(2018, 12, 10)
    assert after["sequence"] > before["sequence"]
    assert after["last-modified"].dt >= before["last-modified"].dt


class TestAlarms:
    DUE = date(2018, 10, 26)

    def test_two_working_days_before_and_on_the_day(self, desk: Desk) -> None:
        assert alarms(event_of(desk, one(desk, warn=None, rungs=()))) == [date(2018, 10, 24), self.DUE]

    def test_as_the_caller_says(self, desk: Desk) -> None:
        event = event_of(desk, one(desk, warn=None, rungs=()), alarms=["5工作日", CalendarDays(1)])
        assert alarms(event) == [date(2018, 10, 19), date(2018, 10, 25), self.DUE]

    def test_a_deadline_that_has_a_warning_keeps_to_it(self, desk: Desk) -> None:
        due = one(desk, warn=date(2018, 10, 15), rungs=(("remind", date(2018, 10, 22)), ("propose", date(2018, 11, 2))))
        expected = [date(2018, 10, 15), date(2018, 10, 22), self.DUE, date(2018, 11, 2)]
        assert alarms(event_of(desk, due)) == expected

    def test_none_before_it_has_started(self, desk: Desk) -> None:
        due = one(desk, warn=None, rungs=(), start=date(2018, 10, 25))
        assert alarms(event_of(desk, due)) == [self.DUE]

    @pytest.mark.parametrize("change", [{"paused": date(2018, 9, 20)}, {"status": Status.MET}], ids=str)
    def test_none_for_what_does_not_run(self, desk: Desk, change: dict[str, Any]) -> None:
        assert alarms(event_of(desk, one(desk, **change))) == []

    @pytest.mark.parametrize("alarm", ["每月末", FixedDate(date(2018, 10, 1)), "soon"])
    def test_what_cannot_be_counted_back(self, desk: Desk, alarm: Any) -> None:  # noqa: ANN401 - wrong on purpose
        with pytest.raises(PeriodError):
            event_of(desk, one(desk, warn=None, rungs=()), alarms=[alarm])


@pytest.mark.parametrize(
    ("change", "status", "mark"),
    [
        ({"status": Status.MISSED}, "CONFIRMED", "逾期"),
        ({"provisional": True}, "TENTATIVE", "暂定"),
        ({"paused": date(2018, 9, 20)}, "TENTATIVE", "中止"),
        ({"status": Status.MET}, "CANCELLED", "已办结"),
        ({"status": Status.STOPPED, "provisional": True}, "CANCELLED", "已终止"),
    ],
    ids=str,
)
def test_how_a_deadline_stands(desk: Desk, change: dict[str, Any], status: str, mark: str) -> None:
    event = event_of(desk, one(desk, **change))
    assert event["status"] == status
    assert event["summary"].startswith(f"[{mark}] ")
    assert event["categories"].cats == ["投诉", mark]


def test_a_limit_that_the_definition_no_longer_has_is_called_by_its_key(desk: Desk) -> None:
    event = event_of(desk, one(desk, limit="former"))
    assert event["summary"] == f"former · {desk.id}"
    assert "依据" not in event["description"]


def test_nothing_confidential_is_in_it(desk: Desk) -> None:
    text = file_of(desk).replace(b"\r\n ", b"").decode()
    content = desk.history[0].content
    assert isinstance(content, Receipt)
    assert content.complainant is not None
    assert content.complainant.name == Confidential(NAME)  # it is there to be told
    assert NAME not in text
    assert CONTACT not in text
    assert "身份号" not in text


def test_no_deadlines_are_a_calendar_all_the_same() -> None:
    def unasked(case: str) -> Lifecycle:
        raise AssertionError(case)

    assert events(calendar_of([], lifecycle=unasked, now=NOW)) == []


def test_a_naive_instant_is_refused(desk: Desk) -> None:
    with pytest.raises(TimeError):
        file_of(desk, now=datetime(2018, 9, 12))  # noqa: DTZ001 - naive on purpose


class TestRecurring:
    """The weekly report of a campaign's lead unit, at first due on Sunday 2021-05-02."""

    @pytest.fixture
    def campaign(self) -> CampaignDesk:
        found = CampaignDesk(groups=ONE_GROUP)
        found.reach(found.stages[0])
        return found

    def event(self, campaign: CampaignDesk, **changes: Any) -> Any:  # noqa: ANN401 - the fields of a deadline
        limits = {limit.key: limit for limit in campaign.lifecycle.limits}
        limits |= {"weekly": attrs.evolve(limits["weekly"], **changes.pop("limit", {}))}
        lifecycle = attrs.evolve(campaign.lifecycle, limits=tuple(limits.values()))
        due = Due(campaign.case, attrs.evolve(campaign.deadlines("weekly")[-1], **changes))
        (event,) = events(calendar_of([due], lifecycle=lambda _: lifecycle, now=NOW))
        return event

    def test_it_is_one_event_whose_rule_gives_the_days_on_which_the_limit_goes_on(self, campaign: CampaignDesk) -> None:
        for limit in ("weekly", "dispatch", "circular"):
            (deadline,) = campaign.deadlines(limit)
            event = event_of(campaign, Due(campaign.case, deadline))
            rule = rrulestr(event["rrule"].to_ical().decode(), dtstart=datetime.combine(event.start, time()))
            terms: list[Term] = [deadline]
            while len(terms) < 8:
                terms.append(campaign.lifecycle.by_limit[limit].following(terms[-1], campaign.docket.calendar))
            assert [moment.date() for moment in islice(rule, 8)] == [term.due for term in terms]

    def test_its_day_and_start_are_those_of_this_time_only(self, campaign: CampaignDesk) -> None:
        said = str(self.event(campaign)["description"])
        assert "本次截止日：2021-05-02" in said
        assert "起算日" not in said

    def test_the_series_moves_on_and_a_missed_time_is_left_as_an_event_of_its_own(self, campaign: CampaignDesk) -> None:
        before = self.event(campaign)
        campaign.docket.sweep(now=datetime(2021, 5, 3, tzinfo=CHINA_TIME))
        missed, running = events(
            calendar_of(
                [Due(campaign.case, deadline) for deadline in campaign.deadlines("weekly")],
                lifecycle=campaign.docket.lifecycle,
                now=NOW,
            )
        )
        assert (running["uid"], running.start, "rrule" in running) == (before["uid"], date(2021, 5, 9), True)
        assert (missed["uid"] != before["uid"], missed.start, "rrule" in missed) == (True, date(2021, 5, 2), False)
        assert running["sequence"] > before["sequence"]

    @pytest.mark.parametrize("change", [{"paused": date(2021, 5, 1)}, {"status": Status.STOPPED}], ids=str)
    def test_a_series_that_does_not_run_is_replaced_by_one_event(
        self, campaign: CampaignDesk, change: dict[str, Any]
    ) -> None:
        event = self.event(campaign, **change)
        assert (event["uid"], "rrule" in event) == (self.event(campaign)["uid"], False)

    @pytest.mark.parametrize(
        "change",
        [
            {"period": "每5个工作日"},
            {"period": "7日"},
            {"limit": {"repeats": False}},
            {"limit": {"counting": Cited(DueRules(fixed_roll="later"), OURS())}},
        ],
        ids=str,
    )
    def test_what_no_rule_can_say_is_an_event_for_each_time(
        self, campaign: CampaignDesk, change: dict[str, Any]
    ) -> None:
        event = self.event(campaign, **change)
        assert "rrule" not in event
        assert event["uid"] != self.event(campaign)["uid"]
        assert "截止日：2021-05-02" in event["description"]


def texts() -> st.SearchStrategy[str]:
    hostile = st.sampled_from(
        [",", ";", "\\", "\n", "\r\n", "\\n", '"', ":", "\x00", "\x07", "\x85", "\u2028", "😀", "\ufeff",
          "👩‍👩‍👧", "约谈",
         "END:VEVENT", "\r\nBEGIN:VALARM", "\ud800", "\t", " ", "^n", "%2C", "e\u0301"]
    )  # fmt: skip
    joined = st.lists(hostile | st.text(max_size=40), max_size=30).map("".join)
    # To icalendar a backslash before a capital N is a line end already, and is written as one.
    return joined.filter(lambda text: "\\N" not in text)


def lines(written: bytes) -> Iterator[bytes]:
    assert written.endswith(b"\r\n")
    yield from written[:-2].split(b"\r\n")


WORDS = Desk()
WORDS.open(at=RECEIVED)


@given(texts(), texts(), texts())
@example("整改" * 100, "单位，" * 60, "😀" * 40)
@example("x\r\nBEGIN:VEVENT", "y\\nz", "a\rb\x0bc\x1cd")
def test_any_text_comes_back_as_it_is_but_for_what_cannot_be_written(obligor: str, reference: str, name: str) -> None:
    (deadline, *_) = WORDS.case.deadlines
    opening = attrs.evolve(WORDS.case.opening, reference=reference)
    due = Due(attrs.evolve(WORDS.case, opening=opening), attrs.evolve(deadline, obligor=obligor))
    written = calendar_of([due], lifecycle=WORDS.docket.lifecycle, now=NOW, name=name)
    for line in lines(written):
        assert len(line) <= 75
        line.decode()  # no character is cut in two
        assert not any(byte < 0x20 and byte != 0x09 for byte in line)
    calendar = read(written)
    (event,) = calendar.walk("VEVENT")
    label = WORDS.lifecycle.by_limit[deadline.limit].label.zh
    parts = [label, shown(obligor), shown(reference) if reference else WORDS.id]
    assert event["summary"] == " · ".join(part for part, given in zip(parts, (1, obligor, 1), strict=True) if given)
    assert calendar["name"] == shown(name)
    assert event["sequence"] == WORDS.case.revision
    assert {str(alarm["description"]) for alarm in event.walk("VALARM")} == {str(event["summary"])}
    assert event["dtstamp"].dt == NOW.astimezone(UTC)


def shown(text: str) -> str:
    """Return a text the slow way as one line of what can be written."""
    text = text.replace("\r\n", "\n")
    out = []
    for character in text:
        if character in "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029":
            out.append(" ")
        elif (character < " " and character != "\t") or character in "\x7f\ufeff" or "\ud800" <= character <= "\udfff":
            out.append("\N{REPLACEMENT CHARACTER}")
        else:
            out.append(character)
    return "".join(out)


def test_a_deadline_has_no_state_that_the_file_does_not_know(desk: Desk) -> None:
    for status in Status:
        assert event_of(desk, one(desk, status=status))["status"] in {"CONFIRMED", "TENTATIVE", "CANCELLED"}
    assert {field.name for field in attrs.fields(Deadline)} >= {"warn", "rungs", "paused"}
