"""Event logs of other systems: what is taken, what is refused by trace and event, and that nothing is lost unseen."""

from datetime import UTC, date, datetime, timedelta, timezone
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compliance.permits import permits
from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles
from yingshang_flow.compliance import EventLedger, LedgerAct, LedgerAudit, audit_ledger, read_foreign_xes
from yingshang_flow.core.moment import Moment
from yingshang_flow.deadlines import CHINA_TIME, china
from yingshang_flow.errors import EventLogError, UnknownError

COMPLAINT = lifecycles.complaint("bayuquan-2018")
NOW = datetime(2018, 12, 31, tzinfo=CHINA_TIME)


def event(name: str | None = None, at: str | None = None, **more: str) -> str:
    said = {"concept:name": name, "time:timestamp": at, **{key.replace("_", ":"): value for key, value in more.items()}}
    inside = "".join(
        f'<{"date" if key == "time:timestamp" else "string"} key="{key}" value={quoteattr(value)}/>'
        for key, value in said.items()
        if value is not None
    )
    return f"<event>{inside}</event>"


def trace(name: str | None, *events: str) -> str:
    named = "" if name is None else f'<string key="concept:name" value={quoteattr(name)}/>'
    return f"<trace>{named}{''.join(events)}</trace>"


def log(*traces: str) -> bytes:
    return f"<log>{''.join(traces)}</log>".encode()


def read(*traces: str, **names: str) -> EventLedger:
    return read_foreign_xes(log(*traces), COMPLAINT, names=names)


def audited(*traces: str, **names: str) -> LedgerAudit:
    return audit_ledger(read(*traces, **names), COMPLAINT, calendar=china(), now=NOW)


RECEIVED = event("receive", "2018-09-10T09:00:00+08:00")


def refused(*events: str, **names: str) -> list[str]:
    """Why a trace is not taken."""
    found = read(trace("A", *events), **names)
    assert (found.total, found.refused, found.rows) == (1, 1, ())
    return [problem.text("en") for problem in found.problems]


# --- what is taken ----------------------------------------------------------------------------------------------------


def test_a_trace_is_a_row_and_a_late_answer_is_found() -> None:
    said = audited(
        trace(
            "A-1", RECEIVED, event("reply", "2018-09-18T10:00:00+08:00"), event("conclude", "2018-10-10T00:00:00+08:00")
        ),
        trace(
            "A-2", RECEIVED, event("reply", "2018-09-28T10:00:00+08:00"), event("refuse", "2018-10-10T00:00:00+08:00")
        ),
    )
    assert (said.total, said.audited, said.refused) == (2, 2, 0)
    (late,) = [found for found in said.findings if found.finding.code == "T1"]
    assert (late.row.line, late.row.name, late.finding.due, late.finding.days_late) == (2, "A-2", date(2018, 9, 19), 6)


def test_activities_are_named_by_key_label_or_as_the_names_say() -> None:
    (row,) = read(
        trace(
            "A",
            event(" Receive ", "2018-09-10"),
            event("受理", "2018-09-11"),
            event("Ｃlose", "2018-09-14"),
            event("答复意见", "2018-09-13"),
        ),
        答复意见="reply",
    ).rows
    assert [act.trigger for act in row.acts] == ["receive", "accept", "reply", "close"]


def test_a_day_a_midnight_at_utc_8_and_an_instant_are_read_as_exactly_as_they_are_known() -> None:
    times = ["2018-09-10", "2018-09-11T00:00:00+08:00", "2018-09-11T16:00:00Z", "2018-09-13T09:30:00.123+0800"]
    (row,) = read(
        trace("A", *(event(name, at) for name, at in zip(("receive", *["extend"] * 3), times, strict=True)))
    ).rows
    assert [act.at for act in row.acts] == [
        Moment.of(date(2018, 9, 10)),
        Moment.of(date(2018, 9, 11)),
        Moment.of(date(2018, 9, 12)),
        Moment.of(datetime(2018, 9, 13, 9, 30, 0, 123_000, CHINA_TIME)),
    ]


def test_the_unit_is_taken_from_the_group() -> None:
    (row,) = read(
        trace("A", event("receive", "2018-09-10", org_group=" 区营商局 "), event("accept", "2018-09-11"))
    ).rows
    assert row.acts == (
        LedgerAct("receive", Moment.of(date(2018, 9, 10)), None, "区营商局"),
        LedgerAct("accept", Moment.of(date(2018, 9, 11))),
    )


def test_what_the_log_tells_of_is_what_is_in_it_or_named() -> None:
    told = read(trace("A", RECEIVED), 答复="reply", 打印="").told
    assert told == ("receive", "reply")


def test_a_trace_without_a_name_is_called_by_its_number() -> None:
    found = read(trace("A", RECEIVED), trace(None, RECEIVED), trace(" ", RECEIVED))
    assert [row.name for row in found.rows] == ["A", "第2条轨迹", "第3条轨迹"]


def test_events_of_one_day_stay_in_the_order_of_the_log_behind_the_opening() -> None:
    days = [event("reply", "2018-09-10"), event("receive", "2018-09-10"), event("accept", "2018-09-10")]
    (row,) = read(trace("A", *days)).rows
    assert [act.trigger for act in row.acts] == ["receive", "reply", "accept"]


# --- what is noted ----------------------------------------------------------------------------------------------------


def test_what_was_read_otherwise_than_it_stands_is_noted() -> None:
    found = read(
        trace(
            "A",
            event("reply", "2018-09-12T09:00:00"),
            event("receive", "2018-09-10 08:00"),
            event("accept", "2018-09-11T08:00:00Z", lifecycle_transition="start"),
            event("accept", "2018-09-11T09:00:00Z", lifecycle_transition="COMPLETE"),
            event("打印", "whenever"),
        ),
        打印="",
        归档="close",
    )
    assert [act.trigger for act in found.rows[0].acts] == ["receive", "accept", "reply"]
    assert [note.en for note in found.notes] == [
        "2 times without a zone, read at UTC+8; the first in trace 1, event 1",
        "1 events not read whose lifecycle:transition is 'start'",
        "the events of 1 traces were put in order of time",
        "activities not read: 打印",
        "activities named that are not in the log: 归档",
    ]
    assert all(note.zh for note in found.notes)
    assert (found.read, found.ignored) == (("reply", "receive", "accept"), ("打印",))


def test_a_log_that_is_as_it_should_be_has_no_notes() -> None:
    assert read(trace("A", RECEIVED)).notes == ()


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (event("打印", "2018-09-11"), "concept:name '打印': the procedure has no such activity; name its trigger"),
        (event(None, "2018-09-11"), "concept:name '': it is missing; name the activity"),
        (event("reply"), "time:timestamp '': it is missing; write a time such as 2018-09-10T09:00:00+08:00"),
        (event("reply", "11.9.2018"), "time:timestamp '11.9.2018': it is no time; write a time such as"),
        (event("reply", "2018-02-30"), "time:timestamp '2018-02-30': there is no such time; check the time"),
        (event("reply", "2018-09-11T25:00:00Z"), "there is no such time; check the time"),
        (event("reply", "2018-09-11T09:00:00+99:00"), "there is no such time; check the time"),
        (event("reply", "9999-12-31T23:00:00-05:00"), "there is no such time; check the time"),
        (event("reply", "1066-10-14T09:00:00Z"), "the year is impossible; check the time"),
        (event("reply", "2018-09-11", org_group="区/局"), "org:group '区/局': a unit has no slash in its name"),
        (event("register", "2018-09-11"), "the case is opened again; make two traces of it, or correct it"),
        (event("reply", "2018-09-01"), "the earliest event does not open the case; add the event that opens it"),
    ],
)
def test_an_event_that_cannot_be_taken_refuses_its_trace_by_its_number(wrong: str, said: str) -> None:
    first, *_ = refused(RECEIVED, wrong)
    assert first.startswith("trace 1, event 2")
    assert said in first


def test_every_problem_of_a_trace_is_told_in_both_languages() -> None:
    found = read(trace("A", RECEIVED), trace("B", event("打印"), event("reply", "soon")), trace("A", RECEIVED))
    assert (found.total, found.refused, len(found.rows)) == (3, 2, 1)
    assert [problem.text() for problem in found.problems] == [
        "第2条轨迹第1个事件concept:name「打印」：程序中没有这一活动；请在名称对照表中写明对应事项，不需要的留空",
        "第2条轨迹第1个事件time:timestamp「」：为空；请填写 2018-09-10T09:00:00+08:00 这样的时间",
        "第2条轨迹第2个事件time:timestamp「soon」：不是时间；请填写 2018-09-10T09:00:00+08:00 这样的时间",
        "第3条轨迹concept:name「A」：与第1条轨迹名称相同；请保留一条",
    ]


@pytest.mark.parametrize("events", [(), (event("receive", "2018-09-10", lifecycle_transition="start"),)])
def test_a_trace_in_which_nothing_was_completed_is_refused(events: tuple[str, ...]) -> None:
    assert refused(*events) == ["trace 1: it has no completed events; complete it, or leave it out"]


def test_what_lies_after_the_audits_day_or_the_calendar_is_refused_by_its_trace() -> None:
    said = audited(
        trace("A", RECEIVED),
        trace("B", RECEIVED, event("reply", "2019-01-03")),
        trace("C", event("receive", "1950-01-01")),
    )
    assert (said.total, said.audited, said.refused) == (3, 1, 2)
    later, unknown = [problem.text("en") for problem in said.problems]
    assert later == (
        "trace 2, 答复日期 '2019-01-03': it lies after 2018-12-31, as of which is audited; "
        "correct it, or audit as of a later date"
    )
    assert unknown.startswith("trace 3: ")


def test_an_act_for_which_spreadsheets_have_no_column_is_told_by_its_label() -> None:
    procedure = lifecycles.interview("dalian-2018")
    found = read_foreign_xes(log(trace("A", event("plan", "2018-12-10"), event("hold", "2020-01-01"))), procedure)
    (problem,) = audit_ledger(found, procedure, calendar=china(), now=NOW).problems
    assert problem.text().startswith("第1条轨迹实施约谈「2020-01-01」：晚于审计日期")


def test_a_log_without_traces_is_refused() -> None:
    with pytest.raises(EventLogError, match="the log: it has no traces"):
        read()


def test_names_name_triggers_of_the_procedure() -> None:
    with pytest.raises(UnknownError, match="complaint has no trigger 'print'"):
        read(trace("A", RECEIVED), 打印="print")


# --- whatever there is ------------------------------------------------------------------------------------------------

ZONES = [UTC, CHINA_TIME, timezone(timedelta(hours=-5))]


@settings(max_examples=30)
@given(st.data())
@pytest.mark.parametrize("pair", SHIPPED_PAIRS, ids="-".join)
def test_traces_are_audited_or_refused_and_none_is_lost(pair: tuple[str, str], data: st.DataObject) -> None:
    procedure = lifecycles.SHIPPED[pair[0]](pair[1])
    names = [*procedure.by_trigger, "打印", None]
    times = st.one_of(
        st.dates(date(2017, 12, 1), date(2019, 2, 1)).map(str),
        st.datetimes(datetime(2018, 1, 1), datetime(2018, 12, 1), timezones=st.sampled_from(ZONES)).map(str),  # noqa: DTZ001 - bounds are naive
        st.sampled_from([None, "2018-09-10T09:00:00", "soon", "2018-13-01"]),
    )
    first = st.builds(event, st.sampled_from(procedure.possible[""]), st.just("2017-11-01"))
    later = st.builds(event, st.sampled_from(names), times)
    whole = st.builds(
        lambda name, one, rest: trace(name, one, *rest), st.sampled_from("AB"), first, st.lists(later, max_size=4)
    )
    loose = st.builds(lambda events: trace(None, *events), st.lists(later, max_size=3))
    traces = data.draw(st.lists(st.one_of(whole, whole, loose), min_size=1, max_size=4))
    ledger = read_foreign_xes(log(*traces), procedure)
    assert ledger.total == len(traces)
    said = audit_ledger(ledger, procedure, calendar=china(), now=NOW)
    assert said.audited + said.refused == len(traces)
    assert {row.line for row, _ in said.audits}.isdisjoint(problem.line for problem in said.problems)


def test_a_procedure_of_ones_own_without_a_ledger_is_read_too() -> None:
    procedure = permits()
    (opening, *_) = procedure.possible[""]
    found = read_foreign_xes(log(trace("A", event(opening, "2021-03-01"))), procedure)
    assert [act.trigger for act in found.rows[0].acts] == [opening]
