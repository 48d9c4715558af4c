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


def test_all_vectors_are_there() -> None:
    assert len(rows()) == 21
