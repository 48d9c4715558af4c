"""The columns of a ledger, as data."""

import attrs
import pytest

from tests.core.roadworks import ROADWORKS
from yingshang_flow.core.ledger import Column


def test_a_column_holds_the_date_of_an_act_unless_it_names_a_field() -> None:
    assert Column("开工日期", "start") == Column("开工日期", "start", "", {}, (), required=False)
    assert Column("编号").trigger == ""


def test_a_column_takes_one_or_several_other_headings_and_keeps_its_values_as_they_were_given() -> None:
    codes = {"好": "good"}
    column = Column("检查结果", "inspect", "result", codes, aliases="结果")
    codes["坏"] = "bad"
    assert (column.aliases, dict(column.values)) == (("结果",), {"好": "good"})
    with pytest.raises(TypeError):
        column.values["坏"] = "bad"  # type: ignore[index]  # it is frozen


def test_a_lifecycle_lists_its_columns_in_order() -> None:
    columns = [Column("编号", field="reference", required=True), Column("开工日期", "start")]
    assert attrs.evolve(ROADWORKS, ledger=columns).ledger == tuple(columns)
    assert ROADWORKS.ledger == ()
