"""The exceptions: their tree, their messages, and that they survive a process boundary."""

import copy
import inspect
import pickle
import re

import pytest

from yingshang_flow import errors
from yingshang_flow.errors import (
    BaselineError,
    ContentError,
    DefinitionError,
    DeliveryError,
    EventLogError,
    LedgerError,
    MigrationError,
    ProfileError,
    RefusedError,
    StoreError,
    SweepError,
    YingshangFlowError,
)
from yingshang_flow.sources import CIVIL_CODE
from yingshang_flow.words import Label, Unmet

ALL = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value) and issubclass(value, YingshangFlowError) and not name.startswith("_")
}
LISTING = (
    DefinitionError,
    ContentError,
    BaselineError,
    LedgerError,
    EventLogError,
    DeliveryError,
    MigrationError,
    SweepError,
)
UNMET = (Unmet("Y1", Label("须有事由", "a reason"), (CIVIL_CODE("1"),), ("x",)), Unmet("state", Label("甲", "a")))
REFUSED = RefusedError("c1", "hold", "planned", UNMET, ("notify", "cancel"))


def made(kind: type[YingshangFlowError]) -> YingshangFlowError:
    """Make an exception of a kind."""
    if kind is RefusedError:
        return REFUSED
    if issubclass(kind, LISTING):
        return kind("lifecycle 'x'", ("one", "two"))
    return kind("something is wrong")


def public_parent(kind: type) -> str:
    """Return the name of the nearest public base."""
    return next(base.__name__ for base in kind.__mro__[1:] if not base.__name__.startswith("_"))


def drawn() -> dict[str, str]:
    """Read the tree in the docstring: every name with its parent."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    tree = (errors.__doc__ or "").split("::")[1].split("\n\n")[1]
    for line in tree.splitlines():
        match = re.match(r"^([ │├└─]*)(\w+)", line)
        assert match is not None
        depth = len(match[1])
        while above and above[-1][0] >= depth:
            above.pop()
        found[match[2]] = above[-1][1] if above else "Exception"
        above.append((depth, match[2]))
    return found


def test_the_tree_in_the_docstring_is_that_of_the_classes() -> None:
    assert drawn() == {name: public_parent(kind) for name, kind in ALL.items()}


@pytest.mark.parametrize("kind", ALL.values(), ids=ALL)
def test_an_exception_survives_pickling_and_copying(kind: type[YingshangFlowError]) -> None:
    exc = made(kind)
    for again in (pickle.loads(pickle.dumps(exc)), copy.copy(exc), copy.deepcopy(exc)):  # noqa: S301  # our own bytes
        assert type(again) is kind
        assert str(again) == str(exc)
        assert again.args == exc.args
        assert {name: getattr(again, name) for name in getattr(kind, "__slots__", ())} == {
            name: getattr(exc, name) for name in getattr(kind, "__slots__", ())
        }


@pytest.mark.parametrize("kind", ALL.values(), ids=ALL)
def test_an_exception_can_be_raised_and_caught_by_its_base(kind: type[YingshangFlowError]) -> None:
    with pytest.raises(YingshangFlowError) as caught:
        raise made(kind)
    assert type(caught.value) is kind


@pytest.mark.parametrize("kind", [kind for kind in ALL.values() if kind not in {YingshangFlowError, RefusedError}])
def test_fields_given_by_name_survive_too(kind: type[YingshangFlowError]) -> None:
    named = {"subject": "s", "problems": ("p",)} if issubclass(kind, LISTING) else {"message": "m"}
    exc = kind(**named)
    assert str(pickle.loads(pickle.dumps(exc))) == str(exc)  # noqa: S301  # our own bytes


def test_an_error_of_one_sentence_is_told_by_it() -> None:
    assert str(StoreError("the disk is full")) == "the disk is full"


def test_one_problem_is_told_in_one_line() -> None:
    assert str(ContentError("log", "text is missing")) == "log: text is missing"
    assert ContentError("log", "text is missing").problems == ("text is missing",)


def test_several_problems_are_listed() -> None:
    assert str(ProfileError("here.toml", ["a is missing", "b is missing"])) == (
        "here.toml: 2 problems\n  - a is missing\n  - b is missing"
    )


def test_a_refusal_says_where_what_is_unmet_and_what_is_possible() -> None:
    assert str(REFUSED) == (
        "'hold' is refused in state 'planned':\n"
        "  - Y1 须有事由 a reason (x) [civil-code 1]\n"
        "  - state 甲 a\n"
        "  acts of this state: notify, cancel"
    )


def test_a_refusal_of_an_opening_names_no_state_and_no_ways_that_there_are_not() -> None:
    assert str(RefusedError("", "plan", "", UNMET[1:])) == "'plan' is refused:\n  - state 甲 a"


def test_two_errors_are_never_taken_for_one() -> None:
    assert StoreError("a") != StoreError("a")
