"""A made-up locality's complaint, derived from the shipped one: a conclusion counts once another person approves it."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import attrs

from tests.lifecycles.complaining import BODY, CONCLUSION, RECEIVED, UNDERTAKER, receipt
from yingshang_flow.core.case import Case
from yingshang_flow.core.duty import Response
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import State, Trigger, move
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.core.requirement import View, given, needs
from yingshang_flow.deadlines import Period
from yingshang_flow.docket import Docket
from yingshang_flow.lifecycles import Added, Change, RowChange, complaint, derived
from yingshang_flow.lifecycles.complaint import ComplaintValues, Conclusion, Reason, TakingUp
from yingshang_flow.lifecycles.roles import COMPLAINT_BODY
from yingshang_flow.sources import OURS
from yingshang_flow.words import DUTY, GUARD, LIMIT, Cited, Label, Rule

P1: Final = Rule("P1", (GUARD, DUTY), OURS("P1"), Label("办结须经审核", "A conclusion is approved by another person"))
P2: Final = Rule("P2", LIMIT, OURS("P2"), Label("按期审核", "Approved within the limit"))


@attrs.frozen
class ApprovingValues(ComplaintValues):
    """What the locality sets besides.

    Attributes:
        approval: How long there is for the approval; none for no limit.
    """

    approval: Cited[Period] | None


@attrs.frozen
class CheckedConclusion(Conclusion):
    """A conclusion that says who checked the facts on the spot."""

    checked_by: Annotated[str | None, Label("现场核查人", "who checked on the spot")] = None


@attrs.frozen
class Approval:
    """What is thought of a conclusion."""

    opinion: Annotated[str | None, Label("审核意见", "opinion")] = None


@needs(P1, Label("经办人不得自行审核", "who concludes never approves"))
def concluded_by_another(view: View[Approval, ApprovingValues]) -> bool:
    """Tell whether somebody else concluded it."""
    concluded = view.standing.fact("conclude")
    return concluded is None or concluded.actor.id != view.actor.id


def change(values: ApprovingValues) -> Change:
    """Return what differs; the approval has a limit where the profile sets one."""
    return Change(
        states=[Added(State("submitted", Label("已报审核", "Submitted")), after="handling")],
        without_states="suspended",
        triggers=[
            Trigger("approve", Label("审核通过", "Approve"), Approval),
            Trigger("send_back", Label("退回", "Send back"), Reason),
        ],
        without_triggers=["suspend", "resume"],
        contents={"conclude": CheckedConclusion},
        rows=[
            move(
                "approve",
                "submitted",
                to="concluded",
                by=COMPLAINT_BODY,
                needs=[given(P1, Label("须有审核意见", "an opinion"), "opinion"), concluded_by_another],
            ),
            move("send_back", "submitted", to="handling", by=COMPLAINT_BODY, needs=concluded_by_another),
        ],
        changed_rows={
            ("conclude", "handling"): RowChange(
                to="submitted", needs=given(P1, Label("须写明现场核查人", "who checked"), "checked_by")
            )
        },
        limits=[
            TimeLimit(
                "approval",
                values.approval,
                label=Label("审核", "Approval"),
                starts="conclude",
                met=("approve", "send_back"),
                owed_by=COMPLAINT_BODY.key,
                counting=values.counting,
                rules=P2,
            )
        ],
        duties=[Response("conclude", ("approve", "send_back"), rules=P1, label=P1.label)],
        rules=[P1, P2],
        columns=[Column("审核日期", "approve")],
    )


APPROVING: Final = derived(
    complaint,
    key="complaint_approved",
    title=Label("投诉（办结须审核）", "Complaint with an approval"),
    change=change,
    values=ApprovingValues,
    version=2,
)

HEAD: Final = """\
key = "hereabouts"
locality = "某县"
title = "投诉办法（试例）"
valid_from = 2018-01-01
extends = "bayuquan-2018"
"""
OWN: Final = '[complaint_approved.approval]\nvalue = "2工作日"\nsource = "ours"\n'


def profile(folder: Path, text: str = OWN) -> Path:
    """Write a profile of the locality, with the limit for the approval unless another text is given."""
    path = folder / "hereabouts.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


CHECKED: Final = CheckedConclusion(
    CONCLUSION.outcome, CONCLUSION.facts, CONCLUSION.answer, CONCLUSION.rectification, None, "何某"
)


def submit(docket: Docket, lifecycle: Any) -> Case:  # noqa: ANN401  # what Docket.open takes
    """Take a complaint to where it waits for the approval."""
    case = docket.open(lifecycle, receipt(), by=BODY, at=RECEIVED, trigger="receive")
    for trigger, content, by, day in (
        ("accept", None, BODY, date(2018, 9, 11)),
        ("take_up", TakingUp("wang"), UNDERTAKER, date(2018, 9, 12)),
        ("conclude", CHECKED, BODY, date(2018, 9, 13)),
    ):
        case = docket.act(case.id, trigger, content, by=by, at=day)
    return case
