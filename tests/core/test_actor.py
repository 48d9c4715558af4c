"""Who acts."""

import pytest

from yingshang_flow.core.actor import Actor, Role
from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Label


@pytest.mark.parametrize("field", ["id", "unit", "role"])
@pytest.mark.parametrize("value", ["", " ", None, 5])
def test_an_actor_has_an_id_a_unit_and_a_role(field: str, value: object) -> None:
    with pytest.raises(UnknownError, match=f"an actor's {field} must be a non-empty text, not {value!r}"):
        Actor(**{"id": "a", "unit": "b", "role": "c", field: value})  # type: ignore[arg-type]


def test_a_unit_has_no_slash_in_its_name() -> None:
    with pytest.raises(UnknownError, match="'a/b' has: an obligor is written group/unit"):
        Actor("x", "a/b", "office")


def test_an_id_may_have_a_slash() -> None:
    assert Actor("corp/x", "a", "office").id == "corp/x"


def test_a_role_is_held_in_public_unless_it_says_otherwise() -> None:
    assert not Role("office", Label("", "")).private
