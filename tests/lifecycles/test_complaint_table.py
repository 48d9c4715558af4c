"""The transition table of the complaint, written down a second time and compared with the definition."""

from pathlib import Path
from typing import Final

import attrs
import pytest

from tests.lifecycles.complaining import variant
from yingshang_flow import lifecycles
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.lifecycles.complaint import CLUE_STEPS, STATES
from yingshang_flow.words import Authority

NAMES: Final = {
    "registered": "平台已登记",
    "received": "投诉处理机构已接到",
    "awaiting_supplement": "待补正",
    "accepted": "已受理",
    "assigned": "已转办",
    "handling": "办理中",
    "suspended": "中止",
    "appraising": "鉴定中",
    "concluded": "已办结",
    "closed": "已回访归档",
    "refused": "不予受理",
    "withdrawn": "已撤回",
}
FINAL: Final = {"closed", "refused", "withdrawn"}

ALWAYS: Final = """
register              -                    registered           platform
receive               -                    received             complaint_body
receive               registered           received             complaint_body
accept                received             accepted             complaint_body
assign                accepted             assigned             complaint_body
assign                accepted             assigned             platform
return_assignment     assigned             accepted             undertaker
return_assignment     handling             accepted             undertaker
take_up               accepted             handling             undertaker
take_up               accepted             handling             complaint_body
take_up               assigned             handling             undertaker
take_up               assigned             handling             complaint_body
reply                 received             received             complaint_body
reply                 received             received             undertaker
reply                 accepted             accepted             complaint_body
reply                 accepted             accepted             undertaker
reply                 assigned             assigned             complaint_body
reply                 assigned             assigned             undertaker
reply                 handling             handling             complaint_body
reply                 handling             handling             undertaker
extend                accepted             accepted             complaint_body
extend                assigned             assigned             complaint_body
extend                handling             handling             complaint_body
conclude              handling             concluded            complaint_body
conclude              handling             concluded            undertaker
close                 concluded            closed               complaint_body
reopen                concluded            handling             complaint_body
reopen                concluded            handling             supervisor
reopen                closed               handling             complaint_body
reopen                closed               handling             supervisor
"""
"""Trigger, from, to, by; an opening comes from ``-``. Passing on a clue, possible everywhere, is added below."""

SWITCHED: Final = {
    "supplement": """
request_supplement    received             awaiting_supplement  complaint_body
supplement            awaiting_supplement  received             complainant
accept                awaiting_supplement  accepted             complaint_body
reply                 awaiting_supplement  awaiting_supplement  complaint_body
reply                 awaiting_supplement  awaiting_supplement  undertaker
refuse                awaiting_supplement  refused              complaint_body
withdraw              awaiting_supplement  withdrawn            complainant
""",
    "refusal": """
refuse                received             refused              complaint_body
refuse                awaiting_supplement  refused              complaint_body
""",
    "suspension": """
suspend               handling             suspended            complaint_body
resume                suspended            handling             complaint_body
reply                 suspended            suspended            complaint_body
reply                 suspended            suspended            undertaker
extend                suspended            suspended            complaint_body
""",
    "withdrawal": """
withdraw              received             withdrawn            complainant
withdraw              awaiting_supplement  withdrawn            complainant
withdraw              accepted             withdrawn            complainant
withdraw              assigned             withdrawn            complainant
withdraw              handling             withdrawn            complainant
""",
    "follow_up": """
follow_up             concluded            concluded            complaint_body
follow_up             concluded            concluded            platform
follow_up             concluded            concluded            supervisor
""",
}
"""What each switch adds."""

ADDED: Final = {
    ("appraisal", '"excluded"'): """
commission_appraisal  handling             appraising           complaint_body
commission_appraisal  handling             appraising           undertaker
receive_appraisal     appraising           handling             complaint_body
receive_appraisal     appraising           handling             undertaker
reply                 appraising           appraising           complaint_body
reply                 appraising           appraising           undertaker
extend                appraising           appraising           complaint_body
transfer_clue         appraising           appraising           complaint_body
transfer_clue         appraising           appraising           supervisor
""",
    ("acceptance", '"3工作日"'): "",
    ("feedback", '"5工作日"'): """
feed_back             concluded            concluded            complaint_body
""",
}
"""What each value adds that Bayuquan's plan does not set."""

ONLY: Final = {
    "supplement": {"awaiting_supplement"},
    "refusal": {"refused"},
    "suspension": {"suspended"},
    "withdrawal": {"withdrawn"},
    "follow_up": set[str](),
}


def written(*tables: str, states: set[str]) -> set[tuple[str, ...]]:
    clues = {("transfer_clue", state, state, role) for state in states for role in ("complaint_body", "supervisor")}
    return {tuple(line.split()) for table in tables for line in table.splitlines() if line} | clues


BAYUQUAN: Final = {state for state in NAMES if state != "appraising"}
"""The states of Bayuquan's plan, which knows no appraisal."""


def built(lifecycle: Lifecycle) -> set[tuple[str, ...]]:
    return {
        (row.trigger, source, source if row.to is None else row.to, role.key)
        for row in lifecycle.transitions
        for source in row.sources or ("-",)
        for role in row.by
    }


def test_the_definition_has_the_rows_of_the_table_and_no_others() -> None:
    assert built(lifecycles.complaint("bayuquan-2018")) == written(ALWAYS, *SWITCHED.values(), states=BAYUQUAN)


@pytest.mark.parametrize(("name", "value"), ADDED, ids=lambda given: given.strip('"'))
def test_a_value_that_bayuquan_does_not_set_adds_its_rows(tmp_path: Path, name: str, value: str) -> None:
    rows = written(ALWAYS, *SWITCHED.values(), ADDED[name, value], states=BAYUQUAN)
    assert built(variant(tmp_path, **{name: value})) == rows


@pytest.mark.parametrize("switch", SWITCHED)
def test_a_switch_takes_away_its_rows_and_its_states(tmp_path: Path, switch: str) -> None:
    left = BAYUQUAN - ONLY[switch]
    others = [table for name, table in SWITCHED.items() if name != switch]
    expected = {row for row in written(ALWAYS, *others, states=left) if {row[1], row[2]} <= {*left, "-"}}
    assert built(variant(tmp_path, **{switch: "false"})) == expected


def test_with_every_switch_off_only_the_documents_rows_are_left(tmp_path: Path) -> None:
    left = BAYUQUAN - set[str]().union(*ONLY.values())
    lifecycle = variant(tmp_path, **dict.fromkeys(SWITCHED, "false"))
    assert built(lifecycle) == written(ALWAYS, states=left)
    assert set(lifecycle.by_state) == left


def test_the_states_are_these_in_this_order_with_these_names() -> None:
    assert {state.key: state.label.zh for state in STATES} == NAMES
    assert [state.key for state in STATES] == list(NAMES)
    assert {state.key for state in STATES if state.final} == FINAL
    states = lifecycles.complaint("bayuquan-2018").states
    assert [state.key for state in states] == [key for key in NAMES if key in BAYUQUAN]


def test_only_passing_on_a_clue_calls_for_another_case() -> None:
    triggers = lifecycles.complaint("bayuquan-2018").triggers
    assert [(trigger.key, trigger.calls_for) for trigger in triggers if trigger.calls_for] == [
        ("transfer_clue", "accountability")
    ]


def test_the_limits_are_these() -> None:
    limits = lifecycles.complaint("bayuquan-2018").limits
    assert [(limit.key, str(limit.period.value), limit.starts, limit.met) for limit in limits] == [  # type: ignore[union-attr]
        ("answer", "7工作日", ("receive",), ("reply", "refuse", "conclude")),
        ("conclusion", "30工作日", ("receive",), ("conclude",)),
    ]
    assert limits[1].revived == ("reopen",)
    assert {trigger: str(period.value) for trigger, period in limits[1].extended.items()} == {"extend": "3个月"}  # type: ignore[union-attr]


def test_only_the_numbers_of_the_plan_are_cited_from_it() -> None:
    values = lifecycles.complaint("bayuquan-2018").values
    given = {field.name: getattr(values, field.name) for field in attrs.fields(type(values))}
    cited = {name: value.citation for name, value in given.items() if value is not None}
    assert given.keys() - cited.keys() == {"reminders", "lamps", "acceptance", "appraisal", "feedback"}
    assert {
        name: str(found) for name, found in cited.items() if found.authority is Authority.DOCUMENT
    } == dict.fromkeys(("answer", "conclusion", "conclusion_starts", "extension"), "bayuquan-plan-2018 三(五)")
    assert {name for name, found in cited.items() if found.authority is Authority.STATUTE} == {"counting"}


def test_every_column_of_the_ledger_tells_of_something_that_is_in_the_lifecycle() -> None:
    lifecycle = lifecycles.complaint("bayuquan-2018")
    for column in lifecycle.ledger:
        if not column.trigger:
            assert column.field == "reference"
        elif column.field not in {"", "unit"}:
            content = lifecycle.by_trigger[column.trigger].content
            assert content is not None
            hint = str(attrs.fields_dict(content)[column.field].type)
            assert all(f"'{code}'" in hint for code in column.values.values())
    assert [column.name for column in lifecycle.ledger if column.required] == ["收到日期"]
    headings = [heading for column in lifecycle.ledger for heading in (column.name, *column.aliases)]
    assert len(set(headings)) == len(headings)


def test_the_steps_with_a_clue_fall_to_the_platform_or_to_the_supervisor() -> None:
    assert [step for step, role in CLUE_STEPS.items() if role == "platform"] == [
        "screened",
        "assigned",
        "analysed",
        "listed",
    ]
