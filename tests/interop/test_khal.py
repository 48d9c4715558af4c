"""A real calendar program, khal, on the files that the command writes: the right days, alarms, and what moves moves."""

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.lifecycles.complaining import BODY, RECEIVED, receipt
from tests.lifecycles.rectifying import ONE_GROUP
from tests.lifecycles.rectifying import Desk as CampaignDesk
from yingshang_flow import Docket, lifecycles
from yingshang_flow.cli import program
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock

NINE = timedelta(hours=9)
ORDER = """
key = "made-up-order"
title = "停工令（编造）"
issued = 2018-09-12
scope = "营口市"

[[off]]
date = 2018-09-18
name = "停工（编造）"
"""
CONFIGURATION = """
[calendars]
[[deadlines]]
path = {folder}/calendar
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
[default]
default_calendar = deadlines
"""


class Khal:
    """Somebody's khal, with nothing in its calendar yet."""

    def __init__(self, folder: Path) -> None:
        (folder / "calendar").mkdir(parents=True)
        (folder / "config").write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
        self._folder = folder

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "khal", "--config", str(self._folder / "config"), *arguments]
        environment = os.environ | {"HOME": str(self._folder), "LC_ALL": "C.UTF-8"}
        return subprocess.run(command, env=environment, check=True, capture_output=True, encoding="utf-8").stdout

    def takes(self, file: Path) -> None:
        self._run("import", "--batch", str(file))

    def shows(self, first: date, last: date) -> list[dict[str, Any]]:
        """Return what it shows of some days, once for each day."""
        fields = ("title", "start-date", "end-date", "all-day", "alarms-list", "repeat-pattern", "categories", "uid")
        asked = [argument for field in fields for argument in ("--json", field)]
        said = self._run("list", *asked, first.isoformat(), (last + timedelta(days=1)).isoformat())
        return [event for line in said.splitlines() for event in json.loads(line)]


@pytest.fixture
def khal(tmp_path: Path) -> Khal:
    return Khal(tmp_path / "khal")


def run(*arguments: object) -> str:
    result = CliRunner().invoke(program, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def days(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["start-date"], event["title"]) for event in events]


@pytest.fixture
def complaint(tmp_path: Path) -> Path:
    """The file of a complaint that is to be answered by 19 September and concluded by 26 October."""
    path = tmp_path / "complaint.db"
    with closing(SQLiteStore(path)) as store:
        docket = Docket(store, clock=FixedClock(date(2018, 9, 12)))
        lifecycle = lifecycles.complaint("bayuquan-2018")
        docket.open(lifecycle, receipt(), by=BODY, at=RECEIVED, trigger="receive", reference="投诉，2018；77")
    return path


def test_it_shows_each_deadline_as_a_whole_day_with_its_alarms_at_nine(
    khal: Khal, complaint: Path, tmp_path: Path
) -> None:
    run("ics", "--db", complaint, "--out", tmp_path / "deadlines.ics", "--lang", "zh")
    khal.takes(tmp_path / "deadlines.ics")
    answer, conclusion = khal.shows(date(2018, 9, 1), date(2018, 12, 31))
    assert days([answer, conclusion]) == [
        ("2018-09-19", "书面答复 · 投诉，2018；77"),
        ("2018-10-26", "办结 · 投诉，2018；77"),
    ]
    assert (answer["end-date"], answer["all-day"], answer["categories"]) == ("2018-09-19", "True", "投诉")
    due = datetime(2018, 9, 19)  # noqa: DTZ001 - whole days have no time zone
    alarms = sorted(due + timedelta(seconds=alarm["delta"]) for alarm in answer["alarms-list"])
    assert alarms == [datetime(2018, 9, 17) + NINE, due + NINE]  # noqa: DTZ001 - as above


def test_a_deadline_that_a_notice_moves_is_shown_once_on_its_new_day(
    khal: Khal, complaint: Path, tmp_path: Path
) -> None:
    (order, file) = (tmp_path / "order.toml", tmp_path / "deadlines.ics")
    order.write_text(ORDER, encoding="utf-8")
    run("ics", "--db", complaint, "--out", file)
    khal.takes(file)
    before = khal.shows(date(2018, 9, 1), date(2018, 12, 31))
    assert run("reproject", "--db", complaint, "--notice", order).endswith("2 deadlines changed: 2 to another day\n")
    run("ics", "--db", complaint, "--out", file)
    khal.takes(file)
    after = khal.shows(date(2018, 9, 1), date(2018, 12, 31))
    assert [event["start-date"] for event in before] == ["2018-09-19", "2018-10-26"]
    assert [event["start-date"] for event in after] == ["2018-09-20", "2018-10-29"]
    assert [event["uid"] for event in before] == [event["uid"] for event in after]


def test_what_recurs_is_shown_every_time_but_for_what_was_met_and_a_missed_time_once(
    khal: Khal, tmp_path: Path
) -> None:
    (path, file) = (tmp_path / "campaign.db", tmp_path / "deadlines.ics")
    with closing(SQLiteStore(path)) as store:
        desk = CampaignDesk(groups=ONE_GROUP, store=store)
        desk.reach(desk.stages[0])
        run("ics", "--db", path, "--out", file, "--lang", "zh")
        khal.takes(file)
        first = weekly(khal)
        desk.file("report", "市发改委", date(2021, 5, 1))
        desk.docket.sweep(now=datetime(2021, 5, 10, 12, tzinfo=CHINA_TIME))
    run("ics", "--db", path, "--out", file, "--lang", "zh")
    khal.takes(file)
    sundays = ["2021-05-02", "2021-05-09", "2021-05-16"]
    assert first == [(day, "周报告", "FREQ=WEEKLY;BYDAY=SU") for day in sundays]
    assert weekly(khal) == [("2021-05-09", "[逾期] 周报告", ""), first[2]]


def weekly(khal: Khal) -> list[tuple[str, str, str]]:
    found = [event for event in khal.shows(date(2021, 4, 26), date(2021, 5, 18)) if "周报告" in event["title"]]
    return [(event["start-date"], event["title"].partition(" · ")[0], event["repeat-pattern"]) for event in found]
