"""Strict reading: nothing coerced, every problem named by its path."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codec.values import EVERYTHING
from tests.core.roadworks import Everything, Log, Order, Promise, Witness
from yingshang_flow.codec import content_problems, read
from yingshang_flow.codec.text import LARGEST
from yingshang_flow.core.confidential import Confidential, Erased, Sealed
from yingshang_flow.deadlines import CHINA_TIME, CalendarDays, DueRules, FixedDate, Months, Period, WorkingDays
from yingshang_flow.errors import ContentError
from yingshang_flow.words import Label


class Colour(StrEnum):
    """An enumeration, whose values are texts to Python."""

    RED = "red"


GOOD: dict[str, Any] = {
    "text": "文",
    "number": 5,
    "flag": True,
    "day": "2021-03-01",
    "time": "2021-03-01T14:00:00+08:00",
    "choice": "a",
    "period": "7工作日",
    "working": "7工作日",
    "texts": ["x", "y"],
    "witnesses": [{"name": "Li"}],
    "maybe_day": None,
    "maybe_time": None,
    "maybe_period": None,
    "maybe_fixed": None,
    "secret": "s",
    "secret_number": 5,
    "secret_flag": True,
    "secret_time": "2021-03-01T14:00:00Z",
    "secret_day": None,
    "secret_period": "7日",
    "secret_texts": ["x"],
    "secret_log": {"text": "t"},
    "secrets": [5, None],
}


def wrong(hint: object, value: object) -> tuple[str, ...]:
    """Return the problems of reading a value."""
    with pytest.raises(ContentError) as caught:
        read(hint, value, "here")
    assert caught.value.subject == "here"
    return caught.value.problems


def test_plain_values_become_typed_content() -> None:
    found = read(Everything, GOOD, "here")
    assert found == Everything(
        text="文",
        number=5,
        flag=True,
        day=date(2021, 3, 1),
        time=datetime(2021, 3, 1, 14, tzinfo=CHINA_TIME),
        choice="a",
        period=WorkingDays(7),
        working=WorkingDays(7),
        texts=("x", "y"),
        witnesses=(Witness(Confidential("Li")),),
        maybe_day=None,
        maybe_time=None,
        maybe_period=None,
        maybe_fixed=None,
        secret=Confidential("s"),
        secret_number=Confidential(5),
        secret_flag=Confidential(True),  # noqa: FBT003  # the value
        secret_time=Confidential(datetime(2021, 3, 1, 14, tzinfo=UTC)),
        secret_day=Confidential(None),
        secret_period=Confidential(CalendarDays(7)),
        secret_texts=Confidential(("x",)),
        secret_log=Confidential(Log("t")),
        secrets=(Confidential(5), None),
    )
    assert type(found.texts) is tuple
    assert found.time.utcoffset() == CHINA_TIME.utcoffset(None)


@given(EVERYTHING)
def test_typed_content_is_read_as_it_is(content: Everything) -> None:
    assert read(Everything, content, "here") == content


@given(EVERYTHING)
def test_plain_values_may_hold_typed_ones_at_any_depth(content: Everything) -> None:
    mixed = {name: getattr(content, name) for name in attrs.fields_dict(Everything)}
    assert read(Everything, mixed, "here") == content


@pytest.mark.parametrize(
    "value", ["2021-03-01T06:00:00Z", "2021-03-01T14:00+08:00", datetime(2021, 3, 1, 6, tzinfo=UTC)]
)
def test_times_are_aware_texts_or_datetimes(value: object) -> None:
    assert read(datetime, value, "here") == datetime(2021, 3, 1, 14, tzinfo=CHINA_TIME)


NO_INSTANT = "must be a time such as 2018-12-20T14:00:00+08:00, not "
NO_DATE = "must be a date such as 2018-12-20, not "
NO_NUMBER = "must be a whole number within ±2^53, not "
NO_PERIOD = "cannot be read as a period"
NO_TEXTS: list[object] = [5, True, None, 1.5, b"a", ["a"], {}, Colour.RED]
NO_INTEGERS: list[object] = ["5", True, False, None, 5.0, [5]]
NO_BOOLEANS: list[object] = [1, 0, "true", None, []]
NO_CHOICES: list[object] = ["b", "3", 3.0, None, ["a"], {}]
NO_LISTS: list[object] = ["a", 5, None, {"a": 1}, {1}]
NO_ORDERS: list[object] = ["a", 5, None, [1], Log()]
NO_PERIODS: list[object] = [5, None, "soon", ["7日"], True]
WRONG: list[tuple[object, object, str]] = [
    *((str, value, f"must be a text, not {value!r}") for value in NO_TEXTS),
    (str, "a\0b", "holds the NUL character U+0000, which databases refuse; remove it"),
    (str, "a\ud800", r"holds a lone surrogate, which is no character: 'a\ud800'"),
    *((int, value, NO_NUMBER + repr(value)) for value in NO_INTEGERS),
    *((int, value, NO_NUMBER + repr(value)) for value in (LARGEST + 1, -LARGEST - 1)),
    *((bool, value, f"must be true or false, not {value!r}") for value in NO_BOOLEANS),
    *((date, value, NO_DATE + repr(value)) for value in (5, None, "2021-02-30", "morgen", True)),
    (date, datetime(2021, 3, 1, tzinfo=UTC), NO_DATE),
    *((datetime, value, NO_INSTANT + repr(value)) for value in (5, None, "noon", True)),
    (datetime, date(2021, 3, 1), NO_INSTANT),
    (datetime, "2021-03-01T14:00:00", "is no aware datetime; add a time zone"),
    (datetime, "2021-03-01", "is no aware datetime; add a time zone"),
    (datetime, datetime(2021, 3, 1), "is no aware datetime"),  # noqa: DTZ001  # the case
    (datetime, "1900-01-01T00:00:00Z", "lies outside the years 1949 to 2199"),
    *((Literal["a", 3], value, f"must be one of a, 3, not {value!r}") for value in NO_CHOICES),
    (Literal[1, 0], True, "must be one of 1, 0, not True"),
    (Literal[1, 0], False, "must be one of 1, 0, not False"),
    (Literal[True], 1, "must be one of True, not 1"),
    (Literal["red"], Colour.RED, "must be one of red, not "),
    *((Period, value, "") for value in NO_PERIODS),
    (WorkingDays, "7日", "must be WorkingDays, not 7日"),
    (WorkingDays, Months(3), "must be WorkingDays, not 3个月"),
    (WorkingDays | CalendarDays, "3个月", "must be WorkingDays or CalendarDays, not 3个月"),
    (WorkingDays | CalendarDays | None, "3个月", "must be WorkingDays or CalendarDays, not 3个月"),
    (FixedDate | None, "7日", "must be FixedDate, not 7日"),
    (DueRules, 5, "must be a text, not 5"),
    (DueRules, "roll=sideways", "'roll' cannot be 'sideways'"),
    *((tuple[str, ...], value, f"must be a list, not {value!r}") for value in NO_LISTS),
    (Confidential[str], Sealed("ab"), "must be given in clear; only a record is sealed"),
    (Confidential[str], Confidential(Erased("ab")), "must be given in clear; only a record is sealed"),
    *((Order, value, "must be a Order with crews, reason, not ") for value in NO_ORDERS),
    (str | None, 5, "must be a text, not 5"),
    (date | None, "x", NO_DATE),
]


@pytest.mark.parametrize(("hint", "value", "message"), WRONG)
def test_nothing_is_coerced(hint: object, value: object, message: str) -> None:
    (problem,) = wrong(hint, value)
    assert message in problem


@pytest.mark.parametrize("value", [LARGEST, -LARGEST, 0])
def test_the_largest_whole_numbers_are_read(value: int) -> None:
    assert read(int, value, "here") == value


def test_optional_values_may_be_none_or_there() -> None:
    assert read(str | None, None, "here") is None
    assert read(Period | None, None, "here") is None
    assert read(Period | None, "7日", "here") == CalendarDays(7)
    assert read(WorkingDays | CalendarDays, "7日", "here") == CalendarDays(7)
    assert read(DueRules, DueRules(roll="none"), "here") == read(DueRules, "roll=none", "here")


def test_every_problem_is_named_by_its_path_at_once() -> None:
    bad = {
        **{name: value for name, value in GOOD.items() if name not in {"flag", "day"}},
        "text": 5,
        "number": "5",
        "texts": ["x", 5, "y", True],
        "witnesses": [{"name": "Li"}, {"name": "Wu", "moon": 1}, {"shoe_size": 3}, 5],
        "maybe_period": "soon",
        "moon": 1,
        "mars": 2,
    }
    known = ", ".join(attrs.fields_dict(Everything))
    assert wrong(Everything, bad) == (
        "text: must be a text, not 5",
        "number: must be a whole number within ±2^53, not '5'",
        "flag is missing",
        "day is missing",
        "texts[1]: must be a text, not 5",
        "texts[3]: must be a text, not True",
        "witnesses[1].moon is unknown; known are name, shoe_size",
        "witnesses[2].name is missing",
        "witnesses[3]: must be a Witness with name, shoe_size, not 5",
        next(problem for problem in wrong(Everything, {**GOOD, "maybe_period": "soon"})),
        f"mars is unknown; known are {known}",
        f"moon is unknown; known are {known}",
    )


def test_typed_content_is_checked_like_any_other() -> None:
    assert wrong(Log, Log(5, (True,))) == (  # type: ignore[arg-type]  # the case
        "text: must be a text, not 5",
        "obligors[0]: must be a text, not True",
    )


def test_missing_fields_with_a_default_take_it() -> None:
    assert read(Promise, {}, "here") == Promise()


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (Confidential[int], "13800138000"),
        (Confidential[str], ["13800138000"]),
        (Confidential[date], "13800138000"),
        (Confidential[Log], {"text": "x", "13800138000": 1}),
        (Confidential[Period], "13800138000年"),
    ],
)
def test_a_wrong_confidential_value_is_refused_without_showing_it(hint: object, value: object) -> None:
    (problem,) = wrong(hint, value)
    assert "13800138000" not in problem
    assert problem.endswith("the value is confidential and not shown")


def test_a_wrong_confidential_value_is_named_by_its_path() -> None:
    (problem,) = wrong(Everything, {**GOOD, "witnesses": [{"name": 5}]})
    assert problem == "witnesses[0].name: must be str; the value is confidential and not shown"


def even(_: object, __: object, value: int) -> None:
    """Refuse odd numbers, with a note."""
    if value % 2:
        exc = ValueError(f"{value} is odd")
        exc.add_note("a note of somebody else's")
        raise exc


@attrs.frozen
class Checked:
    """Content that checks itself."""

    number: int = attrs.field(validator=even)


def test_what_a_content_class_refuses_itself_is_a_problem_like_any_other() -> None:
    assert wrong(Checked, {"number": 5}) == ("5 is odd",)
    assert wrong(tuple[Checked, ...], [{"number": 4}, {"number": 5}]) == ("[1]: 5 is odd",)


# --- what a content class may have ------------------------------------------------------------------------------------


@attrs.frozen
class Itself:
    """Content that contains itself."""

    inner: "tuple[Itself, ...]"


@attrs.frozen
class Inner:
    """Content with a field that cannot be written."""

    number: float


@attrs.frozen
class Unsupported:
    """One field of every type that a content class cannot have."""

    fraction: float
    raw: bytes
    anything: Any
    either: str | int
    several: str | int | None
    listed: list[str]
    mapped: dict[str, str]
    pair: tuple[int, str]
    bare: tuple  # type: ignore[type-arg]  # the case
    empty: tuple[()]
    colour: Colour
    strange: Literal[b"x"]
    enumerated: Literal[Colour.RED]
    secret: Confidential[float]
    plain_secret: Confidential  # type: ignore[type-arg]  # the case
    inner: tuple[Inner, ...]
    inner_maybe: Annotated[Inner | None, Label("甲", "a")]
    名: str  # noqa: PLC2401  # the case


USE = "cannot be written canonically; use str, int, bool, date, datetime, Literal, a period, tuple[X, ...]"


def test_every_unsupported_type_is_named_by_its_path() -> None:
    found = content_problems(Unsupported)
    assert list(dict.fromkeys(problem.split(":")[0].removeprefix("Unsupported.") for problem in found)) == [
        *("fraction", "raw", "anything", "either", "several", "listed", "mapped", "pair", "bare", "empty", "colour"),
        *("strange", "enumerated", "secret", "plain_secret.value", "inner.number", "inner_maybe.number", "名"),
    ]
    by_field = {problem.split(":")[0].removeprefix("Unsupported."): problem for problem in found}
    assert f"float {USE}" in by_field["fraction"]
    assert "of unions only `X | None`" in by_field["either"]
    assert "of unions only `X | None`" in by_field["several"]
    assert "a Literal holds texts and whole numbers only" in by_field["strange"]
    assert "a Literal holds texts and whole numbers only" in by_field["enumerated"]
    assert "field names must be ASCII" in by_field["名"]
    assert f"float {USE}" in by_field["secret"]


def test_content_that_contains_itself_is_named() -> None:
    assert content_problems(Itself) == ("Itself.inner: Itself contains itself",)


@pytest.mark.parametrize("content", [Everything, Log, Order, Promise, Witness])
def test_every_supported_type_is_no_problem(content: type) -> None:
    assert content_problems(content) == ()


@given(st.text())
def test_a_text_is_read_unless_no_database_would_keep_it(text: str) -> None:
    try:
        text.encode()
        sound = "\0" not in text
    except UnicodeEncodeError:
        sound = False
    if sound:
        assert read(str, text, "here") == text
    else:
        assert len(wrong(str, text)) == 1
