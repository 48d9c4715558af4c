"""Confidential values never show."""

from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.core.confidential import Confidential, Erased, Sealed


@given(st.text(min_size=4).filter(lambda text: text not in "Confidential(value=…)"))
def test_a_clear_value_is_in_no_text_of_it(secret: str) -> None:
    for text in (repr(Confidential(secret)), str(Confidential(secret)), f"{Confidential((secret,))}"):
        assert text == "Confidential(value=…)"


def test_a_sealed_or_erased_value_shows_that_it_is() -> None:
    assert repr(Confidential(Sealed("ab"))) == "Confidential(value=Sealed(commitment='ab'))"
    assert repr(Confidential(Erased("ab"))) == "Confidential(value=Erased(commitment='ab'))"


def test_confidential_values_compare_by_what_they_hold() -> None:
    assert Confidential("a") == Confidential("a") != Confidential("b")
    assert Sealed("a") != Sealed("b")
    assert len({Sealed("a"), Erased("a")}) == 2
