"""Ladders and lamps that a locality's profile sets for the limits of a procedure."""

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from yingshang_flow import Actor, Docket, lifecycles, policies
from yingshang_flow.core import as_ledger
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Reminded
from yingshang_flow.deadlines import CHINA_TIME, Lamp, Lamps, WorkingDays
from yingshang_flow.errors import DefinitionError, ProfileError
from yingshang_flow.stores import MemoryStore

OURS = 'source = "ours"\narticle = "提醒"\nkind = "ours"\n'
LADDER = (
    "\n[complaint.reminders]\n"
    + OURS
    + """
[[complaint.reminders.value]]
limit = "conclusion"
rung = "handler"
to = "undertaker"
zh = "催办"
en = "Remind the handler"
before = "2工作日"

[[complaint.reminders.value]]
limit = "conclusion"
rung = "supervisor"
to = "supervisor"
zh = "督办"
en = "Tell the supervisor"

[[complaint.reminders.value]]
limit = "conclusion"
rung = "interview"
to = "supervisor"
zh = "提请约谈"
en = "Propose an interview"
after = "5工作日"
calls_for = "interview"
"""
)
LAMPS = "\n[complaint.lamps]\n" + OURS + 'value = [{ limit = "conclusion", yellow = "10工作日", red = "1/10" }]\n'
BODY = Actor("li", "投诉中心", "complaint_body")


def complaint(folder: Path, *more: str) -> Lifecycle:
    """Bind a copy of the shipped profile with more in it."""
    path = folder / "own.toml"
    path.write_text(shipped() + "".join(more), "utf-8")
    return lifecycles.complaint(path)


def shipped() -> str:
    """Return the shipped profile as it is written."""
    return (Path(policies.__file__).parent / "bayuquan-2018.toml").read_text("utf-8")


def received(folder: Path, *more: str) -> tuple[Docket, str, list[datetime]]:
    """Receive a complaint on 2018-12-03, so that its conclusion is due on 2019-01-15."""
    now = [datetime(2018, 12, 3, 9, tzinfo=CHINA_TIME)]
    docket = Docket(MemoryStore(), clock=lambda: now[0])
    content: dict[str, Any] = {
        "complainant": {"name": "王某", "contact": "电话"},
        "identity": "named",
        "channel": "telephone",
        "against": "某局",
        "matter": "迟迟不办",
        "category": "delay",
    }
    case = docket.open(complaint(folder, *more), content, by=BODY, trigger="receive")
    return docket, case.id, now


def said(docket: Docket, case: str) -> list[tuple[str, date]]:
    """Return which rungs were said, and when."""
    return [
        (change.rung, record.recorded_at.date())
        for record in docket.history(case)
        for change in record.changes
        if isinstance(change, Reminded)
    ]


def test_each_rung_of_a_profile_is_said_once_at_its_time(tmp_path: Path) -> None:
    docket, case, now = received(tmp_path, LADDER)
    (due,) = [deadline.due for deadline in docket.load(case).owed("conclusion")]
    assert due == date(2019, 1, 15)
    for day in range(1, 32):
        now[0] = datetime(2019, 1, day, 9, tzinfo=CHINA_TIME)
        docket.sweep()
        docket.sweep()
    assert said(docket, case) == [
        ("handler", date(2019, 1, 11)),
        ("supervisor", date(2019, 1, 15)),
        ("interview", date(2019, 1, 22)),
    ]


def test_a_rung_of_a_profile_names_what_it_calls_for(tmp_path: Path) -> None:
    rungs = complaint(tmp_path, LADDER).by_limit["conclusion"].ladder
    assert [(rung.key, rung.to, rung.calls_for) for rung in rungs] == [
        ("handler", "undertaker", ""),
        ("supervisor", "supervisor", ""),
        ("interview", "supervisor", "interview"),
    ]
    assert rungs[0].before is not None
    assert (rungs[0].before.value, str(rungs[0].before.citation)) == (WorkingDays(2), "ours 提醒")


def test_a_profile_sets_when_the_lamp_of_a_limit_changes(tmp_path: Path) -> None:
    lifecycle = complaint(tmp_path, LAMPS)
    lamps = lifecycle.by_limit["conclusion"].lamps
    assert lamps is not None
    assert lamps.value == Lamps(WorkingDays(10), Fraction(1, 10))
    assert lifecycle.by_limit["answer"].lamps is None
    docket, case, _ = received(tmp_path, LAMPS)
    (conclusion,) = docket.load(case).owed("conclusion")
    shown = [
        as_ledger.lamp(lifecycle, conclusion, datetime(2019, 1, day, 9, tzinfo=CHINA_TIME), docket.calendar)
        for day in (1, 9, 10, 16)
    ]
    assert shown == [Lamp.YELLOW, Lamp.YELLOW, Lamp.RED, Lamp.RED]  # three of thirty are left on the tenth


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            'limit = "conclusion"\nrung = "handler"',
            'limit = "moon"\nrung = "handler"',
            "no limit 'moon' here; there are",
        ),
        ('before = "2工作日"', 'before = "两三天"', "两三天"),
        ('rung = "handler"', "", "rung"),
        ('to = "undertaker"', 'to = "moon"', r"complaint\.reminders: handler is said to 'moon', a role nobody acts in"),
    ],
)
def test_a_reminder_that_cannot_be_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(ProfileError, match=problem):
        complaint(tmp_path, LADDER.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('rung = "supervisor"', 'rung = "handler"', "stands twice"),
        ('before = "2工作日"', 'before = "2工作日"\nafter = "1日"', "both before and after"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        complaint(tmp_path, LADDER.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("10工作日", "10", "lamps: conclusion: .*'10'"),
        ("1/10", "3/2", "lamps: conclusion: red is switched on by"),
        ('limit = "conclusion"', 'limit = "moon"', "no limit 'moon'"),
    ],
)
def test_a_lamp_that_cannot_be_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(ProfileError, match=problem):
        complaint(tmp_path, LAMPS.replace(old, new))
