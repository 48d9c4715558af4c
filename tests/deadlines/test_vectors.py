"""The vectors: every row of tests/data/deadlines.csv."""

import csv
from datetime import date
from pathlib import Path

import pytest

from yingshang_flow.deadlines import due, parse_switches

VECTORS = Path(__file__).parent.parent / "data" / "deadlines.csv"


def rows() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['start']} {row['period']} {row['switches']}".strip())
def test_a_vector_ends_on_its_day(row: dict[str, str]) -> None:
    found = due(row["period"], date.fromisoformat(row["start"]), **parse_switches(row["switches"]))
    assert (str(found.nominal), str(found.date)) == (row["nominal"], row["due"])


@pytest.mark.parametrize(
    ("start", "period", "switches", "end"),
    [
        ("2018-12-20", "3.5工作日", "", "2018-12-26T12:00"),
        ("2018-12-20", "3.5工作日", "office_hours=08:30-11:30,13:30-17:00", "2018-12-26T11:30"),
        ("2018-12-20", "8.5工作日", "exclude=2018-12-24..2018-12-25", "2019-01-07T12:00"),
        ("2018-12-20", "0.5工作日", "restart=2018-12-28", "2018-12-29T12:00"),
        ("2018-12-20", "3工作日", "closes=17:00;after_hours=next_day", "2018-12-25T17:00"),
        ("2021-09-30", "15日", "tax_extension=true", "2021-10-23T00:00"),
        ("2021-09-30", "每5个工作日", "", "2021-10-14T00:00"),
    ],
)
def test_the_hours_of_the_office_are_switched_in_text_too(start: str, period: str, switches: str, end: str) -> None:
    found = due(period, date.fromisoformat(start), **parse_switches(switches))
    assert found.end.isoformat() == f"{end}:00+08:00"


def test_all_vectors_are_there() -> None:
    assert len(rows()) == 21
