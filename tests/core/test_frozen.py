"""A frozen dictionary is read like any other and changed by nobody."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from yingshang_flow.core.frozen import FrozenDict


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.__setitem__("a", 2),
        lambda found: found.__delitem__("a"),
        lambda found: found.__ior__({"b": 1}),
        lambda found: found.clear(),
        lambda found: found.pop("a"),
        lambda found: found.popitem(),
        lambda found: found.setdefault("b", 1),
        lambda found: found.update(b=1),
    ],
)
def test_every_change_is_refused(change: Callable[[Any], object]) -> None:
    found = FrozenDict({"a": 1})
    with pytest.raises(TypeError, match="this is a snapshot and is not changed"):
        change(found)
    assert found == {"a": 1}


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda found: pickle.loads(pickle.dumps(found))])  # noqa: S301
def test_it_survives_copying_and_pickling(copied: Callable[[Any], object]) -> None:
    found = FrozenDict({"a": FrozenDict({"b": 1})})
    again = copied(found)
    assert again == found
    assert type(again) is FrozenDict
