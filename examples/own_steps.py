"""A locality's own steps (made up): a complaint is never suspended, and the platform is told before it is filed."""

from datetime import date

from yingshang_flow import Actor, Docket
from yingshang_flow.core.difference import differences
from yingshang_flow.core.lifecycle import Trigger, stay
from yingshang_flow.core.requirement import View, needs
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles import SHIPPED, Change, RowChange, complaint, derived
from yingshang_flow.lifecycles.complaint import Conclusion, FollowUp, Receipt
from yingshang_flow.lifecycles.roles import COMPLAINT_BODY
from yingshang_flow.sources import OURS
from yingshang_flow.stores import MemoryStore
from yingshang_flow.words import GUARD, Label, Rule

P1 = Rule("P1", GUARD, OURS("P1"), Label("结果须告知平台", "The platform is told the outcome"))


@needs(P1, Label("归档前须告知平台", "told to the platform before it is filed"))
def platform_was_told(view: View[None, object]) -> bool:
    """Tell whether the platform knows."""
    return view.standing.fact("tell_platform") is not None


own_complaint = derived(
    complaint,
    key="complaint_own",
    title=Label("投诉（试例）", "Complaint, made up"),
    change=Change(
        without_states="suspended",
        without_triggers=["suspend", "resume"],
        triggers=[Trigger("tell_platform", Label("告知平台", "Tell the platform"))],
        rows=[stay("tell_platform", "concluded", by=COMPLAINT_BODY)],
        changed_rows={("close", "concluded"): RowChange(needs=platform_was_told)},
        rules=[P1],
    ),
)

if __name__ == "__main__":
    lifecycle = own_complaint("bayuquan-2018")
    for difference in differences(complaint("bayuquan-2018"), lifecycle):
        print(difference)

    docket = Docket(MemoryStore(), lifecycles=[*SHIPPED.values(), own_complaint])
    body = Actor("li", "区营商局", "complaint_body")
    receipt = Receipt("anonymous", "telephone", "某局", "试例", "delay")
    case = docket.open(lifecycle, receipt, by=body, at=date(2018, 9, 10), trigger="receive")
    case = docket.act(case.id, "accept", by=body, at=date(2018, 9, 11))
    case = docket.act(case.id, "take_up", {"person": "王某"}, by=body, at=date(2018, 9, 11))
    case = docket.act(case.id, "conclude", Conclusion("unfounded", "不属实", "已告知"), by=body, at=date(2018, 9, 14))
    case = docket.act(case.id, "follow_up", FollowUp("satisfied", "录音"), by=body, at=date(2018, 9, 17))
    try:
        docket.act(case.id, "close", by=body, at=date(2018, 9, 17))
    except RefusedError as refused:
        print(refused)
    docket.act(case.id, "tell_platform", by=body, at=date(2018, 9, 18))
    print(docket.act(case.id, "close", by=body, at=date(2018, 9, 18)).state)
