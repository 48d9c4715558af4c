"""政府信息公开申请 disclosure: a request is received, a third party asked where it is concerned, and answered."""

from datetime import date
from typing import Annotated, Literal

import attrs

from yingshang_flow.core.actor import Role
from yingshang_flow.core.duty import Response
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.core.requirement import View, given, needs
from yingshang_flow.deadlines import Period
from yingshang_flow.lifecycles import procedure
from yingshang_flow.words import DUTY, GUARD, LIMIT, Authority, Cited, Label, Rule, Source

STATUTE = Source(
    "disclosure-2019",
    Label("中华人民共和国政府信息公开条例", "Regulations on Open Government Information"),
    Authority.STATUTE,
    "国令第711号",
    date(2019, 4, 3),
)
BODY = Role("body", Label("行政机关", "the body"))
THIRD = Role("third_party", Label("第三方", "the third party"))

D1 = Rule("D1", LIMIT, STATUTE("33"), Label("按期答复", "Answered in time"))
D2 = Rule("D2", LIMIT, STATUTE("32"), Label("第三方按期提出意见", "The third party's opinion in time"))
D3 = Rule("D3", GUARD, STATUTE("36"), Label("不予公开须说明理由", "Reasons where it is not disclosed"))
D4 = Rule("D4", DUTY, STATUTE("33"), Label("有申请必有答复", "Every request is answered"))


@attrs.frozen
class DisclosureValues:
    """What is set for requests: until when they are answered, and commented on."""

    reply: Cited[Period]
    opinion: Cited[Period]


@attrs.frozen
class Request:
    """A request as it is received."""

    what: str


@attrs.frozen
class Consultation:
    """Whom the information concerns, and what is asked."""

    of: Annotated[str | None, Label("第三方", "the third party")] = None


@attrs.frozen
class Answer:
    """What is disclosed, or why it is not."""

    outcome: Literal["disclosed", "partly", "refused"]
    reason: str | None = None


@needs(D3, Label("须说明理由", "the reasons"), of="content")
def reasoned(view: View[Answer, DisclosureValues]) -> bool:
    """Tell whether an answer that does not disclose everything says why."""
    return view.content.outcome == "disclosed" or bool((view.content.reason or "").strip())


@procedure("disclosure", DisclosureValues)
def disclosure(values: DisclosureValues) -> Lifecycle:
    """Build the lifecycle of requests with a place's values."""
    named = given(D2, Label("须写明第三方", "who is asked"), "of")
    return Lifecycle(
        key="disclosure",
        title=Label("政府信息公开申请", "Request for disclosure"),
        states=[
            State("received", Label("已收到", "Received")),
            State("consulting", Label("征求第三方意见中", "Third party asked")),
            State("answered", Label("已答复", "Answered"), final=True),
        ],
        triggers=[
            Trigger("receive", Label("收到申请", "Receive"), Request),
            Trigger("consult", Label("征求意见", "Ask the third party"), Consultation),
            Trigger("comment", Label("提出意见", "Comment")),
            Trigger("answer", Label("答复", "Answer"), Answer),
        ],
        transitions=[
            opening("receive", to="received", by=BODY),
            move("consult", "received", to="consulting", by=BODY, needs=named),
            move("comment", "consulting", to="received", by=[THIRD, BODY]),
            move("answer", "received", to="answered", by=BODY, needs=reasoned),
        ],
        limits=[
            TimeLimit(
                "reply",
                values.reply,
                label=Label("答复", "Answer"),
                starts="receive",
                met="answer",
                rules=D1,
                paused="consult",
                resumed="comment",
            ),
            TimeLimit(
                "opinion",
                values.opinion,
                label=Label("第三方意见", "Opinion"),
                starts="consult",
                met="comment",
                rules=D2,
            ),
        ],
        duties=[Response("receive", "answer", rules=D4, label=D4.label)],
        rules=[D1, D2, D3, D4],
    )
