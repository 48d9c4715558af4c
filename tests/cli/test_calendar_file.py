"""``ics``: what is owed as a file for calendar programs, of everybody or of one unit."""

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import icalendar
import pytest
from click.testing import Result

from tests.lifecycles.complaining import BODY, NAME, receipt
from tests.lifecycles.rectifying import ONE_GROUP, Desk
from yingshang_flow import Docket, lifecycles
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock

Run = Callable[..., Result]
Refused = Callable[..., str]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign that was issued, an item of its ledger, and a complaint; not to be changed."""
    path = tmp_path_factory.mktemp("cases") / "cases.db"
    with closing(SQLiteStore(path)) as store:
        desk = Desk(groups=ONE_GROUP, store=store)
        desk.reach(desk.stages[0])
        desk.file("file_plan", "市发改委", date(2021, 5, 6))
        desk.listed(reference="台账1")
        complaint = lifecycles.complaint("bayuquan-2018")
        docket = Docket(store, clock=FixedClock(date(2021, 5, 12)))
        docket.open(complaint, receipt(), by=BODY, trigger="receive", reference="投诉1")
    return path


def summaries(written: bytes) -> set[str]:
    """Return what is owed, by whom or under which reference; the id of a case without one is left out."""
    events = icalendar.Calendar.from_ical(written).walk("VEVENT")
    return {" · ".join(str(event["summary"]).split(" · ")[:2]) for event in events}


def test_all_that_is_owed_is_written_to_standard_output(run: Run, cases: Path) -> None:
    result = run("ics", "--db", cases, "--lang", "zh")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes.startswith(b"BEGIN:VCALENDAR\r\n")
    assert result.stdout_bytes.endswith(b"END:VCALENDAR\r\n")
    with closing(SQLiteStore(cases)) as store:
        owed = [due for case in Docket(store).find() for due in case.owed()]
    assert len(icalendar.Calendar.from_ical(result.stdout_bytes).walk("VEVENT")) == len(owed) > 8
    assert NAME not in result.stdout


def test_it_is_written_to_a_file_again_and_again(run: Run, cases: Path, tmp_path: Path) -> None:
    out = tmp_path / "deadlines.ics"
    first = run("ics", "--db", cases, "--out", out)
    assert first.stdout == f"{out.read_bytes().count(b'BEGIN:VEVENT')} deadlines written to {out}\n"
    assert run("ics", "--db", cases, "--out", out).stdout == first.stdout


def test_it_speaks_english_unless_told_otherwise(run: Run, cases: Path) -> None:
    assert "Weekly report · 甲组/市发改委" in summaries(run("ics", "--db", cases).stdout_bytes)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("区营商局", {"书面答复 · 投诉1", "办结 · 投诉1"}),  # the body that a complaint is owed by
        ("和平区", {"总结 · 甲组/和平区"}),  # in the campaign only what it owes itself
        ("甲组/和平区", {"总结 · 甲组/和平区"}),
    ],
)
def test_of_a_unit_only_what_it_owes_is_written(run: Run, cases: Path, unit: str, expected: set[str]) -> None:
    written = run("ics", "--db", cases, "--lang", "zh", "--unit", unit).stdout_bytes
    assert summaries(written) == expected
    assert icalendar.Calendar.from_ical(written)["name"] == f"{unit}办理时限"


def test_what_a_case_owes_is_owed_by_those_who_act_in_it_in_the_roles_of_the_limit(run: Run, cases: Path) -> None:
    lead = summaries(run("ics", "--db", cases, "--lang", "zh", "--unit", "市发改委").stdout_bytes)
    assert lead >= {"周报告 · 甲组/市发改委", "完成时限 · 台账1"}  # an item is owed by who has listed it
    assert not any("月调度" in summary for summary in lead)  # that is the campaign office's
    office = run("ics", "--db", cases, "--lang", "zh", "--unit", "市营商局").stdout_bytes
    assert {summary.split(" · ")[0] for summary in summaries(office)} == {"月调度", "季通报"}


def test_a_unit_that_no_case_names_is_warned_of(run: Run, cases: Path) -> None:
    result = run("ics", "--db", cases, "--unit", "某区政府")
    assert result.exit_code == 0
    assert result.stderr == f"warning: no case of {cases} names a unit '某区政府'\n"
    assert summaries(result.stdout_bytes) == set()


def test_a_unit_that_owes_nothing_gets_an_empty_calendar(run: Run, interviews: Path) -> None:
    result = run("ics", "--db", interviews, "--unit", "白杨区政府")
    assert (result.exit_code, result.stderr) == (0, "")
    assert summaries(result.stdout_bytes) == set()


def test_without_its_extra_it_says_in_one_line_what_to_install(
    refused: Refused, cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    monkeypatch.delitem(sys.modules, "yingshang_flow.interop.icalendar", raising=False)
    said = refused("ics", "--db", cases)
    assert said == 'yingshang-flow: icalendar is not installed; run: pip install "yingshang-flow[ics]"\n'


def test_another_missing_package_is_not_hidden(run: Run, cases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yingshang_flow.interop.icalendar", None)
    assert isinstance(run("ics", "--db", cases).exception, ModuleNotFoundError)


def test_what_is_no_calendar_is_not_overwritten(refused: Refused, cases: Path) -> None:
    before = cases.read_bytes()
    assert "is there already and is no calendar file" in refused("ics", "--db", cases, "--out", cases)
    assert cases.read_bytes() == before


def test_an_empty_file_is_filled(run: Run, cases: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.ics").touch()
    assert run("ics", "--db", cases, "--out", tmp_path / "empty.ics").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "/nowhere/deadlines.ics"), "/nowhere/deadlines.ics: No such file or directory"),
        (("--out", "."), "is a directory"),
        (("--unit", " "), "--unit is empty"),
        (("--lang", "fr"), "'fr' is not one of"),
    ],
    ids=str,
)
def test_a_wrong_call_is_told_in_one_line(refused: Refused, cases: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused("ics", "--db", cases, *arguments)
