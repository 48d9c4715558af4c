"""Histories as an object-centric event log: its objects, events and relations, and that pm4py reads the same."""

import io
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.compliance.event_logs.mining import pm4py, quietly
from tests.lifecycles import complaining, interviewing, rectifying
from tests.lifecycles.shipped import SHIPPED_PAIRS, machine
from yingshang_flow import lifecycles
from yingshang_flow.compliance import History, write_ocel_json
from yingshang_flow.core.actor import Actor
from yingshang_flow.docket import Docket
from yingshang_flow.errors import CodecError, EventLogError
from yingshang_flow.testing.docket_machine import DocketMachine

_TEXT = {"type": "string"}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$"}


def _all(*required: str, **properties: object) -> dict[str, object]:
    return {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": list(required),
            "properties": properties,
        },
    }


_RELATIONS = _all("objectId", "qualifier", objectId=_TEXT, qualifier=_TEXT)
_VALUE = {"type": ["string", "number", "boolean"]}
_DECLARED = _all("name", "type", name=_TEXT, type={"enum": ["string", "time", "integer", "float", "boolean"]})
_TYPES = _all("name", "attributes", name=_TEXT, attributes=_DECLARED)
SCHEMA = {
    "type": "object",
    "required": ["eventTypes", "objectTypes", "events", "objects"],
    "properties": {
        "eventTypes": _TYPES,
        "objectTypes": _TYPES,
        "events": _all(
            *("id", "type", "time"),
            id=_TEXT,
            type=_TEXT,
            time=_TIME,
            attributes=_all("name", "value", name=_TEXT, value=_VALUE),
            relationships=_RELATIONS,
        ),
        "objects": _all(
            *("id", "type"),
            id=_TEXT,
            type=_TEXT,
            attributes=_all("name", "value", "time", name=_TEXT, value=_VALUE, time=_TIME),
            relationships=_RELATIONS,
        ),
    },
}
"""What the standard's text asks of a log in JSON, in our own words."""


def of(docket: Docket) -> list[History]:
    return [(docket.history(case.id), docket.lifecycle(case.id)) for case in docket.find()]


def written(histories: Sequence[History]) -> dict[str, Any]:
    file = io.BytesIO()
    assert write_ocel_json(file, histories) == len(histories)
    found: dict[str, Any] = json.loads(file.getvalue())
    check(found)
    return found


def check(log: dict[str, Any]) -> None:
    """Look that a log is what the standard asks for: its form, its ids, its types and its relations."""
    jsonschema.validate(log, SCHEMA)
    for kind in ("event", "object"):
        ids = [one["id"] for one in log[f"{kind}s"]]
        assert len(ids) == len(set(ids))
        declared = {
            one["name"]: {attribute["name"]: attribute["type"] for attribute in one["attributes"]}
            for one in log[f"{kind}Types"]
        }
        python = {"string": str, "time": str, "integer": int}
        for one in log[f"{kind}s"]:
            for attribute in one["attributes"]:
                assert type(attribute["value"]) is python[declared[one["type"]][attribute["name"]]]
    objects = {one["id"] for one in log["objects"]}
    for one in (*log["events"], *log["objects"]):
        assert {relation["objectId"] for relation in one["relationships"]} <= objects


def related(one: dict[str, Any]) -> list[tuple[str, str]]:
    return [(relation["qualifier"], relation["objectId"]) for relation in one["relationships"]]


@cache
def campaign() -> tuple[tuple[History, ...], str, str]:
    desk = rectifying.Desk()
    desk.reach("rectifying")
    item = desk.listed()
    desk.bring(item, "written_off")
    return tuple(of(desk.docket)), desk.id, item


def test_cases_units_and_deadlines_are_objects() -> None:
    desk = interviewing.Desk(units=interviewing.THREE)
    desk.reach("reported")
    log = written(of(desk.docket))
    objects = {one["id"]: one for one in log["objects"]}
    case = objects[f"case:{desk.id}"]
    assert case["type"] == "interview"
    states = [attribute["value"] for attribute in case["attributes"] if attribute["name"] == "state"]
    assert states == ["planned", "awaiting_approval", "approved", "notified", "held", "recorded", "reported"]
    assert {one["id"] for one in log["objects"] if one["type"] == "unit"} == {
        f"unit:{unit}" for unit in (*interviewing.THREE, "市营商办", "市政府办公室")
    }
    deadline = objects[f"deadline:{desk.id}:report:甘井子区:1"]
    said = {attribute["name"]: attribute["value"] for attribute in deadline["attributes"]}
    assert said == {"limit": "report", "obligor": "甘井子区", "number": 1, "due": "2018-12-29"}
    assert related(deadline) == [("of", f"case:{desk.id}")]


def test_an_event_is_a_record_with_all_it_has_to_do_with() -> None:
    desk = interviewing.Desk()
    desk.reach("reported")
    log = written(of(desk.docket))
    assert [one["type"] for one in log["events"]][-3:] == [
        *("interview:hold", "interview:sign_record", "interview:submit_report"),
    ]
    report = log["events"][-1]
    assert (report["id"], report["time"]) == (f"{desk.id}:7", "2018-12-24T16:00:00.000Z")
    deadline = f"deadline:{desk.id}:report:甘井子区:1"
    assert related(report) == [
        ("case", f"case:{desk.id}"),
        ("by", "unit:甘井子区"),
        ("for", "unit:甘井子区"),
        ("met", deadline),
    ]
    assert ("started", deadline) in related(log["events"][4])
    said = {attribute["name"]: attribute["value"] for attribute in report["attributes"]}
    assert (said["before"], said["after"], said["role"], said["precision"]) == (
        "recorded",
        "reported",
        "subject",
        "day",
    )
    assert (said["label"], said["label_en"]) == ("报送整改报告", "Submit report")


def test_a_part_and_what_it_is_a_part_of_are_tied_also_where_that_is_not_written() -> None:
    histories, parent, item = campaign()
    log = written(histories)
    objects = {one["id"]: one for one in log["objects"]}
    assert related(objects[f"case:{item}"]) == [("part_of", f"case:{parent}")]
    assert objects[f"case:{parent}"]["type"] == "rectification"
    opening = next(one for one in log["events"] if one["id"] == f"{item}:1")
    assert ("part_of", f"case:{parent}") in related(opening)
    alone = written([one for one in histories if one[0][0].case == item])
    assert next(one for one in alone["objects"] if one["id"] == f"case:{parent}")["type"] == "case"


def test_a_case_that_gave_reason_is_tied_as_the_origin() -> None:
    desk = interviewing.Desk()
    desk.plan()
    first, plan = desk.id, interviewing.plan()
    desk.docket.open(desk.lifecycle, plan, by=interviewing.OFFICE, at=desk.case.opened, origin=first)
    ties = [related(one) for one in written(of(desk.docket))["objects"] if one["type"] == "interview"]
    assert [("origin", f"case:{first}")] in ties


def test_no_content_and_nobody_private_is_told() -> None:
    desk = complaining.Desk()
    desk.reach("accepted")
    desk.act("withdraw", complaining.REASON, by=complaining.COMPLAINANT)
    text = json.dumps(written(of(desk.docket)), ensure_ascii=False)
    for word in (complaining.NAME, complaining.CONTACT, complaining.COMPLAINANT.id, "施工许可"):
        assert word not in text
    assert "sealed:" in text
    with pytest.raises(CodecError, match="the id of a private person"):
        written([(desk.history, desk.lifecycle)])


def test_what_cannot_be_written_is_told() -> None:
    desk = interviewing.Desk()
    desk.plan()
    history = desk.history
    with pytest.raises(EventLogError, match="it is empty or does not begin with the record that opens it"):
        written([((), desk.lifecycle)])
    with pytest.raises(EventLogError, match=f"the case '{desk.id}' comes twice; give it once"):
        written([(history, desk.lifecycle)] * 2)
    forged = [attrs.evolve(record, actor=Actor("\ud800", "甲", "office")) for record in history]
    with pytest.raises(CodecError, match="a text holds the lone surrogate"):
        written([(forged, desk.lifecycle)])


def test_a_log_of_no_cases_is_one() -> None:
    log = written([])
    assert (log["events"], log["objects"]) == ([], [])


class Exported(DocketMachine):
    """Exports every case at the end of a run."""

    def teardown(self) -> None:
        histories = of(self.docket)
        log = written(histories)
        assert len(log["events"]) == sum(len(records) for records, _ in histories)
        super().teardown()


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_whatever_is_done_the_log_is_one_by_the_standard(key: str, profile: str) -> None:
    exported = type("ExportedMachine", (Exported, machine(lifecycles.SHIPPED[key](profile))), {})
    run_state_machine_as_test(exported, settings=settings(max_examples=2, stateful_step_count=10))


@quietly
def test_pm4py_reads_the_same(tmp_path: Path) -> None:
    histories, parent, item = campaign()
    path = tmp_path / "log.json"
    with path.open("wb") as file:
        write_ocel_json(file, histories)
    log = pm4py().read_ocel2_json(str(path))
    ours = json.loads(path.read_text("utf-8"))
    assert set(log.events["ocel:eid"]) == {one["id"] for one in ours["events"]}
    assert dict(zip(log.objects["ocel:oid"], log.objects["ocel:type"], strict=True)) == {
        one["id"]: one["type"] for one in ours["objects"]
    }
    columns = log.relations[["ocel:eid", "ocel:oid", "ocel:qualifier"]]
    assert set(columns.itertuples(index=False, name=None)) == {
        (one["id"], name, how) for one in ours["events"] for how, name in related(one)
    }
    tied = log.o2o[["ocel:oid", "ocel:oid_2", "ocel:qualifier"]]
    assert (f"case:{item}", f"case:{parent}", "part_of") in set(tied.itertuples(index=False, name=None))
    flat = pm4py().ocel_flattening(log, "rectification_item")
    assert list(flat["concept:name"]) == [
        one["type"] for one in ours["events"] if ("case", f"case:{item}") in related(one)
    ]
