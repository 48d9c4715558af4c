"""Histories as an event log and back: nothing is lost, nothing confidential is told, and what was changed is found."""

import io
import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from hashlib import sha256
from html import unescape
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycles import complaining
from tests.lifecycles.interviewing import THREE, Desk, refused_to_sign, signed
from tests.lifecycles.rectifying import Desk as Campaign
from tests.lifecycles.shipped import SHIPPED_PAIRS, machine
from yingshang_flow import lifecycles
from yingshang_flow.codec import canonical_text
from yingshang_flow.compliance import audit_all, read_xes, write_xes
from yingshang_flow.compliance.event_logs.xes import History
from yingshang_flow.core.actor import Actor
from yingshang_flow.deadlines import china
from yingshang_flow.docket import Docket
from yingshang_flow.errors import CodecError, EventLogError, UnknownFingerprintError
from yingshang_flow.testing.docket_machine import DocketMachine

NAMESPACE = "{http://www.xes-standard.org/}"


def of(docket: Docket) -> list[History]:
    """Every case of a docket, as an export takes it."""
    return [(docket.history(case.id), docket.lifecycle(case.id)) for case in docket.find()]


def written(histories: Sequence[History]) -> bytes:
    file = io.BytesIO()
    assert write_xes(file, histories) == len(histories)
    return file.getvalue()


def log(*states: str) -> bytes:
    desk = Desk(units=THREE)
    for state in states:
        desk.reach(state)
    return written(of(desk.docket))


def events(data: bytes) -> list[dict[str, str]]:
    """The attributes of all events, as another tool reads them."""
    root = ET.fromstring(data)  # noqa: S314  # our own
    return [
        {attribute.attrib["key"]: attribute.attrib["value"] for attribute in event}
        for event in root.iter(f"{NAMESPACE}event")
    ]


# --- nothing is lost --------------------------------------------------------------------------------------------------


class Exported(DocketMachine):
    """Exports every case at the end of a run and reads it again."""

    def teardown(self) -> None:
        histories = of(self.docket)
        data = written(histories)
        again = list(read_xes(data))
        assert again == histories
        assert written(again) == data
        now, calendar = self.clock(), china()
        assert audit_all(again, calendar=calendar, now=now) == audit_all(histories, calendar=calendar, now=now)
        super().teardown()


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_an_exported_history_reads_back_as_it_was_and_its_audit_is_the_stores(key: str, profile: str) -> None:
    lifecycle = lifecycles.SHIPPED[key](profile)
    exported = type("ExportedMachine", (Exported, machine(lifecycle)), {})
    run_state_machine_as_test(exported, settings=settings(max_examples=4, stateful_step_count=12))


def test_cases_that_belong_together_are_audited_together_from_a_log_too() -> None:
    campaign = Campaign()
    campaign.reach("rectifying")
    campaign.bring(campaign.listed(), "written_off")
    campaign.reach("closed")
    histories = of(campaign.docket)
    again = list(read_xes(written(histories)))
    assert again == histories
    assert audit_all(again, calendar=china()) == audit_all(histories, calendar=china())
    assert audit_all(again, calendar=china())[0].irregular == ()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_every_text_comes_back_also_what_xml_has_no_character_for(text: str) -> None:
    ((records, lifecycle),) = read_named()
    plan: Any = records[0].content
    history = (attrs.evolve(records[0], content=attrs.evolve(plan, facts=text)),)
    assert list(read_xes(written([(history, lifecycle)]))) == [(history, lifecycle)]


def test_a_log_of_no_cases_is_one() -> None:
    assert list(read_xes(written([]))) == []


# --- what other tools find in it --------------------------------------------------------------------------------------


def test_a_trace_is_a_case_and_an_event_a_record() -> None:
    desk = Desk(units=THREE)
    desk.reach("recorded")
    desk.docket.sweep()
    found = events(written(of(desk.docket)))
    assert [event["concept:name"] for event in found] == [
        *("plan", "request_approval", "approve", "notify", "hold", "sign_record"),
        "clock",
    ]
    held, clock = found[4], found[6]
    assert (held["time:timestamp"], held["lifecycle:transition"]) == ("2018-12-20T00:00:00.000+08:00", "complete")
    assert (held["org:resource"], held["org:role"], held["org:group"]) == ("li", "office", "市营商办")
    assert (held["yingshang:label"], held["yingshang:label_en"]) == ("实施约谈", "Hold")
    assert (held["yingshang:kind"], clock["yingshang:kind"]) == ("act", "clock")
    assert "org:resource" not in clock
    assert (clock["yingshang:label"], clock["yingshang:label_en"]) == ("时钟", "Clock")


def test_corrections_and_annulments_are_events_that_say_what_they_do() -> None:
    desk = Desk()
    desk.reach("held")
    desk.docket.correct(desk.id, 5, occurred_at=date(2018, 12, 21), ground="笔误", by=amender(desk))
    found = events(written(of(desk.docket)))[-1]
    assert (found["concept:name"], found["yingshang:label"]) == ("correction", "更正第5号记录")


def amender(desk: Desk) -> Actor:
    """Somebody who may amend an act of an interview."""
    return Actor("qian", "市营商办", desk.lifecycle.amended_by[0].key)


def test_extensions_globals_classifiers_attributes_and_traces_stand_in_the_order_of_the_standard() -> None:
    root = ET.fromstring(log("held", "planned"))  # noqa: S314  # our own
    order = ["extension", "global", "classifier", "string", "trace"]
    places = [order.index(child.tag.removeprefix(NAMESPACE)) for child in root]
    assert all(before <= after for before, after in pairwise(places))
    prefixes = {child.attrib["prefix"] for child in root.iter(f"{NAMESPACE}extension")}
    keys = {attribute.attrib["key"] for attribute in root.iter() if "key" in attribute.attrib}
    assert {key.partition(":")[0] for key in keys} == prefixes
    always = {scope: set[str]() for scope in ("trace", "event")}
    for found in root.iter(f"{NAMESPACE}global"):
        always[found.attrib["scope"]] = {attribute.attrib["key"] for attribute in found}
    for scope, wanted in always.items():
        assert wanted
        for element in root.iter(NAMESPACE + scope):
            assert wanted <= {child.attrib["key"] for child in element if "key" in child.attrib}
    for classifier in root.iter(f"{NAMESPACE}classifier"):
        assert set(classifier.attrib["keys"].split()) <= always["event"]


def test_identities_are_the_same_in_every_export_and_those_of_cases_their_own_where_these_are_uuids() -> None:
    desk = Desk()
    desk.reach("planned")
    first = written([(desk.history, desk.lifecycle)])
    assert first == written([(desk.history, desk.lifecycle)])
    assert f'<id key="identity:id" value="{desk.id}"/>' in first.decode()
    named = [attrs.evolve(record, case="第一案") for record in desk.history]
    ids = re.findall('<id key="identity:id" value="(.*?)"/>', written([(named, desk.lifecycle)]).decode())
    assert len(set(ids)) == 2


# --- confidential -----------------------------------------------------------------------------------------------------


def test_what_is_confidential_stays_sealed_erased_or_not() -> None:
    complaints = complaining.Desk()
    complaints.reach("accepted")
    complaints.act("withdraw", complaining.REASON, by=complaining.COMPLAINANT)
    complaints.open()
    eraser = Actor("sun", "区营商办", complaints.lifecycle.erased_by[0].key)
    complaints.docket.erase(complaints.id, ground="本人申请", by=eraser)
    interview = Desk()
    interview.reach("held")
    sheet = attrs.evolve(signed(), signed=(), refusals=(refused_to_sign("甘井子区", "证人赵某"),))
    interview.act("sign_record", sheet)
    words = (complaining.NAME, complaining.CONTACT, complaining.COMPLAINANT.id, "证人赵某")
    for histories in (of(complaints.docket), of(interview.docket)):
        data = written(histories)
        assert list(read_xes(data)) == histories
        assert not [word for word in words if word in data.decode()]
    assert "Withheld(" in str(of(complaints.docket))
    assert "Erased(" in str(of(complaints.docket))
    assert sorted({event["org:resource"].partition(":")[0] for event in events(written(of(complaints.docket)))}) == [
        *("li", "sealed", "sun"),
    ]


def test_what_stands_in_clear_is_refused() -> None:
    desk = complaining.Desk()
    desk.reach("accepted")
    desk.act("withdraw", complaining.REASON, by=complaining.COMPLAINANT)
    first, *others, last = desk.history  # as those see it who may
    with pytest.raises(CodecError, match="a confidential value was to be written in clear"):
        written([((first,), desk.lifecycle)])
    closed, *_ = desk.docket.history(desk.id)
    written([((closed, *others), desk.lifecycle)])
    with pytest.raises(CodecError, match=r"the id of a private person \(complainant\) was to be written in clear"):
        written([((closed, *others, last), desk.lifecycle)])


# --- what cannot be written or read -----------------------------------------------------------------------------------


@pytest.mark.parametrize("history", [[], [1]], ids=["empty", "without its opening"])
def test_a_history_that_does_not_begin_is_not_written(history: list[int]) -> None:
    desk = Desk()
    desk.reach("approved")
    with pytest.raises(EventLogError, match="it is empty or does not begin with the record that opens it"):
        written([([desk.history[place] for place in history], desk.lifecycle)])


def redefined(text: str, change: Callable[[str], str]) -> str:
    """The log with another definition, and a digest that fits."""

    def changed(found: re.Match[str]) -> str:
        said = change(unescape(found[1]))
        digest = sha256(said.encode()).hexdigest()
        return f'definition" value={quoteattr(said)}/>\n<string key="yingshang:digest" value="{digest}"'

    return re.sub('definition" value="(.*?)"/>\n<string key="yingshang:digest" value=".*?"', changed, text)


def retold(text: str, **changes: object) -> str:
    """The log with one field of every record changed, and digests that fit: a forgery of somebody who knows how."""

    def changed(found: re.Match[str]) -> str:
        value = json.loads(unescape(found[1])) | changes
        said = canonical_text(value)
        record, mark = quoteattr(said), quoteattr(sha256(said.encode()).hexdigest())
        return f'<string key="yingshang:record" value={record}/>\n<string key="yingshang:digest" value={mark}/>'

    pattern = '<string key="yingshang:record" value="(.*?)"/>\n<string key="yingshang:digest" value=".*?"/>'
    return re.sub(pattern, changed, text)


REFUSED: list[tuple[Callable[[str], str], str]] = [
    (lambda log: without(log, "yingshang:format"), "another system wrote it; read it with read_foreign_xes"),
    (lambda log: log.replace('format" value="1"', 'format" value="2"'), "it is of form '2', this release reads 1"),
    (lambda log: without(log, "yingshang:record"), "an event: it has no attribute 'yingshang:record'"),
    (lambda log: without(log, "yingshang:digest"), "trace 1: it has no attribute 'yingshang:digest'"),
    (lambda log: without(log, "time:timestamp"), "an event: it has no attribute 'time:timestamp'"),
    (lambda log: without(log, "yingshang:lifecycle"), "trace 1: it has no attribute 'yingshang:lifecycle'"),
    (lambda log: log.replace("7工作日", "5工作日"), "trace 1: its definition does not give its digest: it was changed"),
    (lambda log: log.replace("办结率低", "办结率高"), "an event: its record does not give its digest: it was changed"),
    (lambda log: log.replace('name" value="hold"', 'name" value="notify"'), "its record is of 'hold'"),
    (lambda log: log.replace('"2018-12-20T00:00:00.000+08:00"', '"2018-12-19T00:00:00.000+08:00"'), "its time was"),
    (
        lambda log: log.replace('"2018-12-20T00:00:00.000+08:00"', '"yesterday"'),
        "its time was changed: its record is of",
    ),
    (lambda log: log.replace('"2018-12-20T00:00:00.000+08:00"', '"0001-01-01T00:00:00+08:00"'), "its time was changed"),
    (
        lambda log: re.sub("<event>.*?</event>\n", "", log, count=1, flags=re.DOTALL),
        "its first event is not the record",
    ),
    (lambda log: re.sub("<event>.*</event>\n", "", log, flags=re.DOTALL), "its first event is not the record"),
    (lambda log: log.replace('concept:name" value="第一案"', 'concept:name" value="第二案"'), "its first event is not"),
    (lambda log: log.replace("</log>", log[log.index("<trace>") :]), "its case '第一案' is that of trace 1 already"),
    (lambda log: retold(log, trigger="no such trigger"), "an event: its record cannot be read"),
    (lambda log: retold(log, occurred_at="soon"), "an event: its record cannot be read"),
    (lambda log: retold(log, occurred_at=10**30), "an event: its record cannot be read"),
    (lambda log: retold(log, kind="wish"), "an event: its record cannot be read"),
    (lambda log: retold(log, changes=[{"change": "started"}]), "an event: its record cannot be read"),
]


def without(log: str, key: str) -> str:
    return re.sub(f'<\\w+ key="{key}".*/>\n', "", log)


@pytest.mark.parametrize(("change", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_a_log_that_was_changed_or_is_no_export_is_told_in_one_problem(change: Callable[[str], str], said: str) -> None:
    whole = named_log()
    changed = change(whole)
    assert changed != whole
    with pytest.raises(EventLogError) as caught:
        list(read_xes(changed.encode(), name="导出.xes"))
    assert caught.value.subject == "导出.xes"
    (problem,) = caught.value.problems
    assert said in problem


@cache
def named_log() -> str:
    """The log of one interview that has a name of its own."""
    desk = Desk()
    desk.reach("held")
    history = [attrs.evolve(record, case="第一案") for record in desk.history]
    return written([(history, desk.lifecycle)]).decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda log: log.replace('lifecycle" value="interview"', 'lifecycle" value="x"'), "'x', which is none of the"),
        (
            lambda log: redefined(log, lambda text: text.replace("7工作日", "5工作日")),
            "of its definition this code builds",
        ),
        (lambda log: redefined(log, lambda text: text.replace("7工作日", "7个月亮")), "cannot be rebuilt by this code"),
        (lambda log: redefined(log, lambda _: "[]"), "its definition cannot be rebuilt by this code"),
        (lambda log: redefined(log, lambda _: "[" * 9**5), "its definition cannot be rebuilt by this code"),
    ],
)
def test_a_definition_that_cannot_be_rebuilt_is_told(change: Callable[[str], str], said: str) -> None:
    with pytest.raises(UnknownFingerprintError, match=re.escape(said)) as caught:
        list(read_xes(change(named_log()).encode(), name="导出.xes"))
    assert str(caught.value).startswith("导出.xes: trace 1 (line 25)")


def test_only_the_procedures_that_are_given_are_read() -> None:
    with pytest.raises(UnknownFingerprintError, match="none of the procedures given: complaint"):
        list(read_xes(named_log().encode(), lifecycles=[lifecycles.complaint]))


def test_what_another_tool_wrote_anew_is_read_as_long_as_it_says_the_same() -> None:
    other = named_log().replace("2018-12-20T00:00:00.000+08:00", "2018-12-19T16:00:00+00:00").replace("\n", "\n\t")
    assert list(read_xes(other.encode())) == list(read_xes(named_log().encode()))


def test_events_that_were_left_out_are_found_by_the_audit() -> None:
    fewer = re.sub(
        r'<event>\n<string key="concept:name" value="approve".*?</event>\n', "", named_log(), flags=re.DOTALL
    )
    (found,) = audit_all(tuple(read_xes(fewer.encode())), calendar=china())
    assert {finding.code for finding in found.irregular} == {"history", "state"}


@given(st.data())
def test_a_log_with_changed_bytes_says_the_same_or_is_an_error_of_ours(data: st.DataObject) -> None:
    whole = named_log().encode()
    changed = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=3)):
        changed[place] = data.draw(st.integers(0, 255))
    try:
        found = list(read_xes(bytes(changed)))
    except (EventLogError, UnknownFingerprintError):
        return
    assert found == read_named()


@cache
def read_named() -> list[History]:
    return list(read_xes(named_log().encode()))
