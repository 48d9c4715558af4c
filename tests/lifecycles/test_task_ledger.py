"""The 24 tasks of Dalian's opinion as data: what the document says, its quirks, and what is wrong with a file."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.lifecycles.tasking import ASSIGNED, PROFILE, Desk, work_plan
from yingshang_flow.errors import ContentError, UnknownError
from yingshang_flow.lifecycles import task_ledger, task_ledgers
from yingshang_flow.lifecycles.task import Assignment, leading
from yingshang_flow.sources import SOURCES

TASKS = {task.number or 0: task for task in task_ledger(PROFILE)}
END_2018, MID_2019, END_2019, END_2020 = date(2018, 12, 31), date(2019, 6, 30), date(2019, 12, 31), date(2020, 12, 31)
EVERYBODY = ("市直各有关单位", "各区市县", "开放先导区")


def test_there_are_twenty_four_tasks_in_the_sections_of_the_document() -> None:
    assert list(TASKS) == list(range(1, 25))
    assert [task.article for task in TASKS.values()] == [
        *(f"四{number}" for number in range(1, 8)),
        *(f"五{number}" for number in range(8, 12)),
        *(f"六{number}" for number in range(12, 15)),
        *(f"七{number}" for number in range(15, 19)),
        *(f"八{number}" for number in range(19, 22)),
        *(f"九{number}" for number in range(22, 25)),
    ]
    assert task_ledgers() == (PROFILE,)
    assert PROFILE in SOURCES


def test_fourteen_tasks_have_a_first_result_by_the_end_of_2019_and_then_go_on_for_good() -> None:
    first = [number for number, task in TASKS.items() if task.open_ended and task.milestones[:1] == (END_2019,)]
    assert first == [3, 8, 9, 10, 12, 13, 14, 17, 18, 19, 21, 22, 23, 24]
    assert len(first) == 14
    assert {TASKS[number].stages[0][:5] for number in first} == {"阶段性成果"}


def test_two_tasks_go_on_for_good_without_any_date_and_five_are_done_by_their_only_date() -> None:
    dateless = [number for number, task in TASKS.items() if task.open_ended and not task.milestones]
    assert dateless == [1, 20]
    once = {n: task.milestones for n, task in TASKS.items() if not task.open_ended and len(task.milestones) == 1}
    assert once == {4: (MID_2019,), 5: (END_2019,), 6: (END_2019,), 7: (END_2019,), 15: (END_2020,)}


def test_task_11_has_no_date_at_all_and_keeps_to_its_own_timetable() -> None:
    task = TASKS[11]
    assert (task.milestones, task.open_ended, task.as_scheduled) == ((), False, True)


def test_task_16_is_as_scheduled_and_has_dates_in_its_text() -> None:
    task = TASKS[16]
    assert (task.milestones, task.as_scheduled) == ((END_2018, END_2019, END_2020), True)
    assert task.stages == ("“三供一业”移交", "“僵尸企业”处置", "厂办大集体改革")
    assert [number for number, one in TASKS.items() if one.as_scheduled] == [11, 16]


def test_task_15_names_only_a_year_whose_last_day_is_ours() -> None:
    assert TASKS[15].milestones == (END_2020,)


def test_three_tasks_have_several_milestones() -> None:
    several = {number: task.milestones for number, task in TASKS.items() if len(task.milestones) > 1}
    assert several == {
        2: (END_2018, MID_2019, END_2020),
        3: (END_2019, END_2020),
        16: (END_2018, END_2019, END_2020),
    }


def test_the_odd_order_of_task_2_is_that_of_the_document() -> None:
    assert TASKS[2].stages == ("环节3个、3.5个工作日", "8.5个工作日", "5个工作日")


def test_task_23_is_the_only_one_without_a_lead_and_its_named_units_do_what_leads_do() -> None:
    assert [number for number, task in TASKS.items() if not task.leads] == [23]
    assert leading(TASKS[23]) == ("市委政法委", "市人大常委会法工委", "市政府法制办", "市政府审改办", "市工商局")
    desk = Desk(TASKS[23])
    desk.open()
    unit = "市政府法制办"
    plan = work_plan(*leading(TASKS[23]))
    assert desk.act("plan", plan, by=desk.lead).state == "planned"
    assert desk.lead.role == "responsible_unit"
    assert unit in {entry.unit for entry in plan.responsibilities}


def test_units_named_only_as_a_class_stand_apart_from_the_others() -> None:
    assert Counter(task.others for task in TASKS.values()) == {
        EVERYBODY: 16,
        EVERYBODY[1:]: 3,
        EVERYBODY[:1]: 3,
        ("市直各单位", "各区市县", "开放先导区"): 1,
        ("市直各相关单位", "各区市县", "开放先导区"): 1,
    }
    assert sum(len(task.leads) for task in TASKS.values()) == 35
    assert sum(len(task.responsible) for task in TASKS.values()) == 73
    named = {unit for task in TASKS.values() for unit in (*task.leads, *task.responsible)}
    assert named.isdisjoint(unit for task in TASKS.values() for unit in task.others)


@pytest.mark.parametrize("number", TASKS)
def test_every_task_can_be_assigned_on_the_day_of_the_document_and_worked_out(number: int) -> None:
    desk = Desk(TASKS[number])
    assert desk.open(reference=str(number), at=ASSIGNED).state == "assigned"
    assert [d.due for d in desk.deadlines()] == list(TASKS[number].milestones[:1])
    assert desk.act("plan", work_plan(*leading(TASKS[number]))).state == "planned"
    assert desk.act("start").state == "underway"
    assert [d.limit for d in desk.case.owed()] == [
        *(["milestone"] if TASKS[number].milestones else []),
        *(["timetable"] if number in {11, 16} else []),
    ]


# --- the file ---------------------------------------------------------------------------------------------------------

GOOD = 'source = "ours"\n\n[[task]]\nnumber = 1\ntitle = "一"\nmilestones = [2019-06-30]\n'


def test_a_ledger_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("\ufeff" + GOOD, encoding="utf-8")
    assert task_ledger(path) == task_ledger(str(path)) == (Assignment(1, "一", milestones=(date(2019, 6, 30),)),)


def test_an_unknown_ledger_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownError, match="no ledger of tasks 'dalian' is shipped; there are dalian-opinion-2018"):
        task_ledger("dalian")


def test_everything_that_is_wrong_with_a_ledger_is_told_together(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'source = "nobody"\nsurplus = 1\n'
        '[[task]]\nnumber = 1\ntitle = 5\nmilestones = ["2019-13-01"]\n'
        "[[task]]\nnumber = 2\nowner = 1\n"
        '[[task]]\nnumber = 3\ntitle = "三"\n[[task]]\nnumber = 3\n[[task]]\ntitle = "无号"\n',
        encoding="utf-8",
    )
    with pytest.raises(ContentError) as caught:
        task_ledger(path)
    assert caught.value.subject == str(path)
    said = caught.value.problems
    assert said[0] == "surplus is unknown; known are source, task"
    assert said[1].startswith("source must be the key of a document, one of ours, dalian-interview-2018")
    assert said[2] == "task 1: title: must be a text, not 5"
    assert said[3].startswith("task 1: milestones[0]: must be a date such as")
    assert said[4].startswith("task 2: owner is unknown; known are number")
    assert said[5:] == ("number 3 stands 2 times", "number is missing")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'source = "ours"\n', "task must be a list of at least one"),
        (b'source = "ours"\ntask = []\n', "task must be a list of at least one"),
        (b'source = "ours"\ntask = 5\n', "task must be a list of at least one"),
        (b"source = \n", "is not TOML"),
        (b"source = '\xff'", "is not UTF-8 at byte 10"),
    ],
)
def test_a_file_that_is_no_ledger_is_told_so(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(data)
    with pytest.raises(ContentError, match=told):
        task_ledger(path)


@pytest.mark.parametrize("name", ["none.toml", "no\0ne.toml"])
def test_a_file_that_cannot_be_read_is_told_so(name: str) -> None:
    with pytest.raises(ContentError, match="cannot be read"):
        task_ledger(name)
