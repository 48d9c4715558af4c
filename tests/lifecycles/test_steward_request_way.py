"""Ways through a steward request: at once or by coordination, in a limit of one's own, and out of a spreadsheet."""

from datetime import date
from pathlib import Path

import pytest

from tests.lifecycles.stewarding import ANSWERED, STEWARD, VISIT, Desk, request, variant
from yingshang_flow.compliance import Outcome, audit_ledger
from yingshang_flow.core.case import Status
from yingshang_flow.deadlines import china
from yingshang_flow.errors import LedgerError

KEPT, BROKEN, UNKNOWN = Outcome


def test_a_request_is_coordinated_visited_and_solved_with_nothing_found() -> None:
    desk = Desk()
    desk.reach("coordinating")
    desk.act("visit", VISIT, at=date(2020, 3, 4))
    assert desk.act("solve", ANSWERED).state == "solved"
    assert desk.audit().findings == ()
    assert desk.docket.verify(desk.id) == desk.case.revision


@pytest.mark.parametrize("state", ["solved", "explained"])
def test_a_request_is_answered_at_once(state: str) -> None:
    desk = Desk()
    desk.reach(state)
    assert desk.audit().findings == ()
    assert {verdict.outcome for verdict in desk.audit().verdicts} <= {KEPT, UNKNOWN}


def test_a_steward_enters_what_it_was_asked_for() -> None:
    desk = Desk()
    assert desk.open(by=STEWARD).state == "raised"


def test_the_limit_of_a_locality_runs_and_is_met(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path, answer='"5工作日"', warning='"1日"'))
    desk.reach("solved")
    (deadline,) = desk.case.deadlines
    assert (deadline.due, deadline.status) == (date(2020, 3, 9), Status.MET)


# --- the spreadsheet --------------------------------------------------------------------------------------------------

LEDGER = """\
台账编号,提出日期,企业名称,企业或项目类别,项目管家,诉求事项,诉求类别,走访日期,对应诉求,解决日期,办理情况
1,2020-03-02,某机械厂,规模以上工业企业,吴某,口罩不足,物资,2020-03-03,口罩不足,2020-03-05,已协调
2,2020-03-02,某商场,限额以上商贸流通企业,,资金困难,资金,2020-03-09,资金困难,2020-03-05,已协调
3,2020-03-02,某小店,其他,,资金困难,资金,2020-03-03,,,
4,2020-03-02,某项目,重点项目,吴某,审批,审批,2020-02-01,审批,2020-03-05,已协调
"""


def test_a_stewards_ledger_is_audited_as_far_as_it_tells() -> None:
    desk = Desk()
    said = audit_ledger(LEDGER.encode(), desk.lifecycle, calendar=china(), now=desk.clock())
    assert (said.total, said.audited, said.refused) == (4, 3, 1)
    assert [(found.row.reference, found.finding.code, found.finding.found) for found in said.findings] == [
        ("2", "S2", "solved"),
        ("2", "S3", "某商场: trading_enterprise"),
    ]
    outcomes = {count.rule.id: (count.kept, count.broken, count.unknown) for count in said.counts}
    assert outcomes == {"S1": (2, 0, 1), "S2": (1, 1, 1), "S3": (2, 1, 0), "S4": (2, 0, 1)}


def test_a_ledger_without_a_column_for_the_steward_is_none_of_stewards() -> None:
    with pytest.raises(LedgerError, match="项目管家"):
        audit_ledger(
            "台账编号,提出日期\n1,2020-03-02\n".encode(), Desk().lifecycle, calendar=china(), now=Desk().clock()
        )


def test_another_kind_of_enterprise_can_ask_too() -> None:
    desk = Desk()
    assert desk.open(request(kind="other")).state == "raised"
