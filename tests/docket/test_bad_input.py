"""Bad input: each gives one clear error of our own tree, and nothing is changed."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest

from tests.lifecycles.interviewing import MEETING, OFFICE, Desk, Feedback, Reason, held, plan
from yingshang_flow import lifecycles
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.confidential import Confidential, Sealed
from yingshang_flow.errors import (
    CaseNotFoundError,
    CodecError,
    ConflictError,
    ContentError,
    KeyReusedError,
    RefusedError,
    TimeError,
    UnknownError,
    YingshangFlowError,
)
from yingshang_flow.testing.docket_machine import rows_of

NAIVE = datetime(2018, 12, 20)  # noqa: DTZ001

CASES: list[tuple[str, type[YingshangFlowError], str, Callable[[Desk], object]]] = [
    ("unknown trigger", UnknownError, "no trigger 'held'; it has plan", lambda d: d.act("held")),
    ("trigger of another type", UnknownError, "no trigger 7", lambda d: d.act(7)),  # type: ignore[arg-type]
    (
        "no lifecycle",
        UnknownError,
        "open a case of a lifecycle such as",
        lambda d: d.docket.open("interview", {}, by=OFFICE),  # type: ignore[arg-type]
    ),
    ("unknown profile", UnknownError, "no profile 'x' is shipped", lambda _: lifecycles.interview("x")),
    (
        "unknown role",
        UnknownError,
        "no role 'mayor'",
        lambda d: d.act("cancel", Reason("x"), by=Actor("a", "b", "mayor")),
    ),
    ("no actor", UnknownError, "`by` is an Actor", lambda d: d.act("cancel", Reason("x"), by="li")),
    ("nameless actor", UnknownError, "an actor's unit must be a non-empty text", lambda _: Actor("li", " ", "office")),
    ("unknown case", CaseNotFoundError, "no case 'nowhere'", lambda d: d.docket.act("nowhere", "hold", by=OFFICE)),
    ("case of another type", CaseNotFoundError, "no case 7", lambda d: d.docket.load(7)),  # type: ignore[arg-type]
    ("unknown case to read", CaseNotFoundError, "no case", lambda d: d.docket.history("nowhere")),
    ("unknown case to verify", CaseNotFoundError, "no case", lambda d: d.docket.verify("nowhere")),
    ("unknown case's options", CaseNotFoundError, "no case", lambda d: d.docket.options("nowhere", by=OFFICE)),
    ("unknown case's lifecycle", CaseNotFoundError, "no case", lambda d: d.docket.lifecycle("nowhere")),
    ("unknown parent", CaseNotFoundError, "no case 'nowhere'", lambda d: d.plan(parent="nowhere")),
    ("unknown origin", CaseNotFoundError, "no case 'nowhere'", lambda d: d.plan(origin="nowhere")),
    ("missing content", ContentError, "text is missing", lambda d: d.act("record_feedback")),
    ("surplus content", ContentError, "reasn is unknown", lambda d: d.act("cancel", {"reasn": "x"})),
    ("wrongly typed content", ContentError, "reason: must be a text, not 5", lambda d: d.act("cancel", {"reason": 5})),
    ("content of another class", ContentError, "must be a Reason", lambda d: d.act("cancel", Feedback("x"))),
    ("content that is none", ContentError, "must be a Reason", lambda d: d.act("cancel", "because")),
    ("a NUL", ContentError, "NUL character", lambda d: d.act("cancel", {"reason": "a\0b"})),
    ("a lone surrogate", ContentError, "lone surrogate", lambda d: d.act("cancel", {"reason": "\ud800"})),
    ("a naive time within", ContentError, "aware datetime", lambda d: d.act("notify", {"time": NAIVE})),
    (
        "an impossible date within",
        ContentError,
        "must be a date",
        lambda d: d.act("hold", {"time_limit": "2019-02-30"}),
    ),
    ("an impossible period", ContentError, "interval", lambda d: d.act("accept_report", {"interval": "soon"})),
    (
        "a sealed value given",
        ContentError,
        "given in clear",
        lambda d: d.act(
            "sign_record", {"refusals": [{"unit": "x", "reason": "y", "witness": Confidential(Sealed("0"))}]}
        ),
    ),
    ("a naive time", TimeError, "no aware datetime", lambda d: d.act("cancel", Reason("x"), at=NAIVE)),
    ("no time", TimeError, "a time is a date or an aware datetime", lambda d: d.act("cancel", Reason("x"), at="today")),
    ("a time of day", TimeError, "a time is a date", lambda d: d.act("cancel", Reason("x"), at=time(9))),
    ("an impossible year", TimeError, "1949 to 2199", lambda d: d.act("cancel", Reason("x"), at=date(218, 12, 20))),
    ("the future", TimeError, "lies after", lambda d: d.act("cancel", Reason("x"), at=date(2019, 6, 2))),
    (
        "before the last move",
        TimeError,
        "before the case came into its state",
        lambda d: d.act("cancel", Reason("x"), at=date(2018, 12, 9)),
    ),
    ("a naive sweep", TimeError, "no aware datetime", lambda d: d.docket.sweep(now=NAIVE)),
    ("a naive look ahead", TimeError, "no aware datetime", lambda d: list(d.docket.due(before=NAIVE))),
    ("a stale revision", ConflictError, "has moved on", lambda d: d.act("cancel", Reason("x"), expected_revision=0)),
    ("a reused key", KeyReusedError, "already stands for", lambda d: d.act("cancel", Reason("x"), key="open")),
    ("an empty key", KeyReusedError, "a key is a non-empty text", lambda d: d.act("cancel", Reason("x"), key="")),
    ("a key of another type", KeyReusedError, "a key is", lambda d: d.act("cancel", Reason("x"), key=5)),
    ("an unmet requirement", RefusedError, "Y14", lambda d: d.act("cancel")),
    ("an act the state has not", RefusedError, "state", lambda d: d.act("hold", held())),
    ("an opening of an open case", RefusedError, "state", lambda d: d.act("plan", plan())),
    ("opening by another act", RefusedError, "state", lambda d: d.plan(held(), trigger="hold")),
    ("an unknown opening", UnknownError, "no trigger 'start'", lambda d: d.plan({}, trigger="start")),
    ("a NUL in a reference", YingshangFlowError, "U\\+0000|NUL", lambda d: d.plan(reference="a\0b")),
    ("a NUL in an actor", YingshangFlowError, "U\\+0000|NUL", lambda d: d.plan(by=Actor("a\0", "b", "office"))),
    (
        "a surrogate in a unit",
        YingshangFlowError,
        "surrogate|no character",
        lambda d: d.plan(by=Actor("a", "\ud800", "office")),
    ),
    ("a surrogate in a key", YingshangFlowError, "surrogate|no character", lambda d: d.plan(key="\ud800")),
    ("a NUL in a key", YingshangFlowError, "U\\+0000|NUL", lambda d: d.plan(key="\0")),
]


@pytest.mark.parametrize(("error", "said", "done"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_bad_input_is_one_clear_error_and_changes_nothing(
    desk: Desk, error: type[YingshangFlowError], said: str, done: Callable[[Desk], Any]
) -> None:
    desk.plan(key="open")
    before = rows_of(desk.docket.store)
    with pytest.raises(error, match=said):
        done(desk)
    assert rows_of(desk.docket.store) == before


def test_everything_wrong_with_content_is_told_at_once_by_its_path(desk: Desk) -> None:
    content = {"grounds": ["10", 5], "mod": "x", "subjects": [{"unit": 5}], "tier": "district"}
    with pytest.raises(ContentError) as caught:
        desk.plan(content)
    assert caught.value.subject == "interview.plan"
    said = "\n".join(caught.value.problems)
    for path in ("grounds[0]", "grounds[1]", "subjects[0].unit", "subjects[0].person", "tier", "mod is unknown"):
        assert path in said


def test_content_where_a_trigger_takes_none_is_refused() -> None:
    from tests.docket.test_docket import permit  # noqa: PLC0415 - only here

    desk = Desk(permit("dalian-2018"))
    with pytest.raises(UnknownError):
        desk.plan()


def test_a_malformed_value_is_no_refusal_and_a_missing_one_under_a_rule_is_no_content_error(desk: Desk) -> None:
    with pytest.raises(RefusedError):
        desk.plan({})
    with pytest.raises(ContentError):
        desk.plan({"tier": 1})
    with pytest.raises(RefusedError) as caught:
        desk.plan({"tier": "office"})
    assert {unmet.code for unmet in caught.value.unmet} == {"Y1", "Y2", "Y3", "Y4"}
    assert MEETING.tzinfo is not None
    assert not isinstance(caught.value, CodecError)
