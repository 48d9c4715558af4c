"""Erasures in core: what is read of a wish, who may, and what a case is after one."""

from typing import Any

import attrs
import pytest

from tests.core.roadworks import OFFICE, ROADWORKS, at, crew, told
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.erasure import Erasing, erase
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind
from yingshang_flow.errors import ContentError, RefusedError, UnknownError

BY = Actor("boss", "某局", "office")
NOW = Moment.of(at("2021-03-10"))
KEPT = {1: (), 2: ("a", "b"), 3: ("b", "c")}


def wanted(**given: Any) -> Erasing:  # noqa: ANN401 - its fields
    return attrs.evolve(Erasing("依本人申请", BY), **given)


def refused(erasing: Erasing, kept: dict[int, tuple[str, ...]], **changes: Any) -> dict[str, str]:  # noqa: ANN401 - its fields
    with pytest.raises(RefusedError) as caught:
        erase(attrs.evolve(ROADWORKS, **changes), told("Li").standing, kept, erasing, now=NOW)
    assert caught.value.trigger == "erase"
    return {unmet.code: str(unmet) for unmet in caught.value.unmet}


@pytest.mark.parametrize(
    ("revisions", "erased"),
    [((), ("a", "b", "c")), ((3,), ("b", "c")), ((1, 2), ("a", "b")), ((2, 3), ("a", "b", "c"))],
)
def test_an_erasure_names_each_commitment_once_and_moves_nothing(
    revisions: tuple[int, ...], erased: tuple[str, ...]
) -> None:
    case = told("Li").standing
    record = erase(ROADWORKS, case, KEPT, wanted(revisions=revisions, key="k"), now=NOW)
    assert (record.kind, record.erased, record.revisions, record.key) == (Kind.ERASURE, erased, revisions, "k")
    assert (record.actor, record.ground, record.occurred_at) == (BY, "依本人申请", NOW)
    after = evolve(case, record)
    assert after == attrs.evolve(case, revision=case.revision + 1, recorded_at=NOW.instant)


def test_it_is_told_in_both_languages() -> None:
    case = told("Li").standing
    record = erase(ROADWORKS, case, KEPT, wanted(), now=NOW)
    assert (record.named.zh, record.named.en) == ("删除个人信息3项", "erases 3 personal values")
    record = erase(ROADWORKS, case, KEPT, wanted(revisions=(2, 3)), now=NOW)
    assert record.named.zh == "删除个人信息3项（第2、3号记录）"
    assert record.named.en == "erases 3 personal values of records 2 3"


def test_only_the_roles_that_the_procedure_names_may_and_everything_against_it_is_told() -> None:
    other = crew("Li")
    assert "须由办公室删除个人信息" in refused(wanted(actor=other), KEPT)["role"]
    assert "未规定由谁" in refused(wanted(), KEPT, erased_by=())["role"]
    assert list(refused(wanted(actor=other), {1: ()})) == ["role", "nothing"]
    clerk = attrs.evolve(OFFICE, key="clerk")
    erasing = wanted(actor=Actor("c", "u", "clerk"))
    assert erase(attrs.evolve(ROADWORKS, erased_by=clerk), told("Li").standing, KEPT, erasing, now=NOW).erased
    with pytest.raises(UnknownError, match="has no role 'nobody'"):
        erase(ROADWORKS, told("Li").standing, KEPT, wanted(actor=Actor("c", "u", "nobody")), now=NOW)


def test_where_nothing_is_left_nothing_is_erased() -> None:
    assert list(refused(wanted(revisions=(1,)), KEPT)) == ["nothing"]
    with pytest.raises(UnknownError, match=r"has no record 9; its records are 1 to \d"):
        erase(ROADWORKS, told("Li").standing, KEPT, wanted(revisions=(1, 9)), now=NOW)


@pytest.mark.parametrize("ground", ["", "  ", None, 3, "长" * 2001])
def test_a_ground_is_a_text(ground: object) -> None:
    with pytest.raises(ContentError, match="ground: say why in 1 to 2000 characters, not"):
        Erasing.of(ground, BY, None, None)


@pytest.mark.parametrize("revisions", [[], "12", 3, [True], ["1"], [1.0], [1, "2"]])
def test_revisions_are_numbers(revisions: object) -> None:
    with pytest.raises(ContentError, match="revisions: a list of record numbers, or left out for the whole case"):
        Erasing.of("x", BY, revisions, None)


def test_revisions_are_read_in_order_and_once() -> None:
    assert Erasing.of("x", BY, [3, 1, 3], "k") == Erasing("x", BY, (1, 3), "k")
    assert Erasing.of("x", BY, None, None) == Erasing("x", BY)
