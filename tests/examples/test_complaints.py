"""The example ledger is what its script writes, says that it is synthetic, and has something of every kind."""

import csv
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from yingshang_flow import lifecycles
from yingshang_flow.compliance import audit_ledger
from yingshang_flow.deadlines import CHINA_TIME, china

DATA = Path(__file__).parents[2] / "examples" / "data"
LEDGER = DATA / "complaints-2018.csv"


def test_the_script_writes_the_same_file_byte_for_byte(tmp_path: Path) -> None:
    again = tmp_path / "again.csv"
    subprocess.run([sys.executable, str(DATA / "make_complaints.py"), str(again)], check=True)
    assert again.read_bytes() == LEDGER.read_bytes()


def test_every_row_says_that_it_is_synthetic() -> None:
    with LEDGER.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 301
    assert {row[0] for row in rows[1:]} == {"合成数据"}


def test_its_audit_finds_something_of_every_kind() -> None:
    now = datetime(2019, 4, 1, tzinfo=CHINA_TIME) - timedelta(microseconds=1)
    found = audit_ledger(LEDGER, lifecycles.complaint("bayuquan-2018"), calendar=china(), now=now)
    assert (found.total, found.audited, found.refused) == (300, 300, 0)
    counts = {count.rule.id: count for count in found.counts}
    for rule in ("T1", "T2", "T3", "T4", "T5"):
        assert counts[rule].kept, rule
        assert counts[rule].broken, rule
    assert any(one.finding.happened is None and one.finding.due is not None for one in found.findings)
