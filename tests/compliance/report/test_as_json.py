"""A report as JSON keeps to its published schema, and the schema says what the classes hold."""

import json
from typing import Any, Final

import attrs
import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, ValidationError

from tests.compliance.report.reporting import FINE, LATE, LEDGERS, NEVER, WRONG, Row, accepting, audited, reported
from yingshang_flow.compliance.conformance.finding import Finding, Outcome, Owed, Severity, Told
from yingshang_flow.compliance.report import (
    LedgerSource,
    Rate,
    RefusedRow,
    Report,
    ReportedCase,
    ReportedFinding,
    RuleTotal,
    report_json,
    schema,
)
from yingshang_flow.compliance.report.baseline import Acceptance
from yingshang_flow.deadlines.lamps import Lamp
from yingshang_flow.words import Authority, Citation, Label, Rule, RuleKind

SCHEMA: Final[Any] = schema()
VALIDATOR: Final = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def fields(*classes: type[attrs.AttrsInstance]) -> set[str]:
    return {field.name for one in classes for field in attrs.fields(one)}


@given(LEDGERS)
@settings(max_examples=25, deadline=None)
def test_every_report_keeps_to_the_schema(rows: list[Row]) -> None:
    VALIDATOR.validate(json.loads(json.dumps(report_json(reported(rows)))))


def test_a_report_with_accepted_findings_keeps_to_the_schema() -> None:
    baseline = accepting(found.finding for found in audited([LATE]).findings)
    for rows in ([WRONG, LATE, NEVER], [FINE]):
        VALIDATOR.validate(report_json(reported(rows, baseline=baseline)))


def test_the_schema_is_a_schema_and_refuses_what_it_does_not_know() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    said = report_json(reported([LATE]))
    with pytest.raises(ValidationError):
        VALIDATOR.validate({**said, "more": 1})
    with pytest.raises(ValidationError):
        VALIDATOR.validate({key: value for key, value in said.items() if key != "on_time"})


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("", fields(Report) | {"form", "total"}),
        ("label", fields(Label)),
        ("rule", fields(Rule)),
        ("rate", fields(Rate)),
        ("unit_rate", fields(Rate) | {"unit"}),
        ("month_rate", fields(Rate) | {"month"}),
        ("rule_total", fields(RuleTotal)),
        ("citation", fields(Citation) | {"kind"}),
        ("acceptance", fields(Acceptance)),
        ("told", fields(Told)),
        ("owed", fields(Owed)),
        ("case", fields(ReportedCase)),
        ("refused", fields(RefusedRow)),
        ("source", fields(LedgerSource)),
        # `place` and `mark` stand in the fingerprint and the text.
        ("finding", fields(Finding, ReportedFinding) - {"finding", "place", "mark"} | {"fingerprint", "text"}),
    ],
)
def test_the_schema_has_what_the_class_has(name: str, wanted: set[str]) -> None:
    part = SCHEMA["$defs"][name] if name else SCHEMA
    assert set(part["properties"]) == wanted
    assert set(part["required"]) == wanted
    assert part["additionalProperties"] is False


def test_the_schema_knows_every_word_there_is() -> None:
    known = SCHEMA["$defs"]
    assert set(known["severity"]["enum"]) == set(Severity)
    assert set(known["lamp"]["enum"]) == set(Lamp) == set(SCHEMA["properties"]["lamps"]["properties"])
    assert set(known["owed"]["properties"]["outcome"]["enum"]) == set(Outcome)
    assert set(known["rule"]["properties"]["kinds"]["items"]["enum"]) == set(RuleKind)
    assert set(known["citation"]["properties"]["kind"]["enum"]) == set(Authority)


def test_a_finding_says_where_it_stands_and_who_accepted_it() -> None:
    (found,) = audited([LATE]).findings
    (said,) = report_json(reported([LATE], baseline=accepting([found.finding])))["findings"]
    assert (said["case"], said["line"], said["code"], said["days_late"]) == ("A2", 2, "T1", 6)
    assert said["accepted"]["by"] == "示例督查室"
    assert said["citations"][0] == {"source": "bayuquan-plan-2018", "article": "三(五)", "kind": "document"}
