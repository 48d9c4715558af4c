"""Grounds: how long one may be, and that it has to say something."""

import pytest

from yingshang_flow.core.ground import check_ground
from yingshang_flow.errors import ContentError


@pytest.mark.parametrize("ground", ["x", "录入有误", "x" * 2000])
def test_a_ground_of_1_to_2000_characters_is_taken_as_it_is(ground: str) -> None:
    assert check_ground("amend", ground) == ground


@pytest.mark.parametrize(
    ("ground", "shown"), [("", "''"), (" \n", "' \\n'"), (None, "None"), (7, "7"), ("x" * 2001, "'" + "x" * 59)]
)
def test_any_other_is_refused_and_shown_as_far_as_sixty_characters(ground: object, shown: str) -> None:
    with pytest.raises(ContentError) as caught:
        check_ground("amend", ground)
    assert str(caught.value) == f"amend: ground: say why in 1 to 2000 characters, not {shown}"
