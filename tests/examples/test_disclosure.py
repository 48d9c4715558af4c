"""The tutorial's procedure is short, passes its own tests in a folder of its own, and its days are right."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from yingshang_flow import Actor, Docket
from yingshang_flow.compliance import audit
from yingshang_flow.core.analysis import Severity, analysed
from yingshang_flow.diagrams import draw
from yingshang_flow.errors import RefusedError
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing import FixedClock

FOLDER = Path(__file__).parents[2] / "examples" / "disclosure"
PROFILE = FOLDER / "disclosure.toml"
BODY = Actor("he", "市财政局", "body")
THIRD = Actor("xu", "某公司", "third_party")


@pytest.fixture(scope="module")
def example() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("disclosure", FOLDER / "disclosure.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["disclosure"] = module  # where the annotations of its classes are looked up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["disclosure"]


@pytest.fixture
def docket(example: ModuleType) -> Docket:
    return Docket(MemoryStore(), lifecycles=[example.disclosure], clock=FixedClock(date(2020, 3, 1)))


def asked(docket: Docket, example: ModuleType) -> str:
    return docket.open(example.disclosure(PROFILE), {"what": "2018年决算"}, by=BODY, at=date(2019, 9, 2)).id


def test_it_has_fewer_than_120_lines() -> None:
    assert len((FOLDER / "disclosure.py").read_text("utf-8").splitlines()) < 120


def test_it_passes_its_own_tests_where_a_user_has_it(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "disclosure", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    result = subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout
    assert "4 passed" in result.stdout


def test_twenty_working_days_leave_out_the_holidays_and_what_the_third_party_took(
    docket: Docket, example: ModuleType
) -> None:
    case = asked(docket, example)
    assert [(d.limit, d.due) for d in docket.load(case).deadlines] == [("reply", date(2019, 9, 30))]
    found = docket.act(case, "consult", {"of": "某公司"}, by=BODY, at=date(2019, 9, 9))
    assert [d.due for d in found.deadlines if d.limit == "opinion"] == [date(2019, 9, 30)]
    found = docket.act(case, "comment", by=THIRD, at=date(2019, 9, 20))
    # 9 to 20 September do not count; 3–6, 23–27, 29 and 30 September, 8–12 and 14–17 October do.
    assert [d.due for d in found.deadlines if d.limit == "reply"] == [date(2019, 10, 17)]


def test_what_is_not_disclosed_needs_its_reasons(docket: Docket, example: ModuleType) -> None:
    case = asked(docket, example)
    with pytest.raises(RefusedError, match=r"D3 须说明理由 the reasons \[disclosure-2019 36\]"):
        docket.act(case, "answer", {"outcome": "refused", "reason": " "}, by=BODY, at=date(2019, 9, 9))
    assert docket.act(case, "answer", {"outcome": "disclosed"}, by=BODY, at=date(2019, 9, 9)).state == "answered"


def test_a_late_answer_is_found_and_the_way_drawn(docket: Docket, example: ModuleType) -> None:
    case = asked(docket, example)
    docket.act(case, "answer", {"outcome": "disclosed"}, by=BODY, at=date(2019, 10, 8))
    lifecycle = example.disclosure(PROFILE)
    (finding,) = audit(docket.history(case), lifecycle, calendar=docket.calendar).findings
    assert finding.text("en") == "D1 Answer, due 2019-09-30, done 2019-10-08, 1 working day late"
    assert "已答复" in draw(lifecycle, "mermaid", history=docket.history(case))


def test_the_static_analysis_has_notes_only(example: ModuleType) -> None:
    assert {issue.severity for issue in analysed(example.disclosure(PROFILE))} == {Severity.NOTE}
