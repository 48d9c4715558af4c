"""What two profiles set differently, and the laws of telling it."""

from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow import policies
from yingshang_flow.policies import Difference, Entry, Profile, differences
from yingshang_flow.sources import CIVIL_CODE, DALIAN_INTERVIEW, LIAONING_REPLY, OURS

NAMES = st.sampled_from(["s.a", "s.b", "s.c", "t.a"])
VALUES = st.sampled_from([0, 1, False, True, "", "1", "7工作日", "2021-03-01", date(2021, 3, 1), (), (1,), (True,)])
ENTRIES = st.builds(Entry, VALUES, st.sampled_from([OURS("x"), OURS("y"), CIVIL_CODE("201")]), st.just("there"))
PROFILES = st.dictionaries(NAMES, ENTRIES).map(
    lambda entries: Profile("here", "此地", "此制度", date(2021, 3, 1), entries, "here.toml")
)


def profile(**entries: Entry) -> Profile:
    named = {f"s.{name}": entry for name, entry in entries.items()}
    return Profile("here", "此地", "此制度", date(2021, 3, 1), named, "here.toml")


def said(of: Profile) -> str:
    """A profile as its text, but for where its values were written."""
    return attrs.evolve(of, entries={name: attrs.evolve(e, profile="") for name, e in of.entries.items()}).text()


def test_what_liaoning_sets_otherwise_than_dalian() -> None:
    before, after = policies.get("dalian-2018"), policies.get("liaoning-2020")
    found = [one for one in differences(before, after) if one.section == "interview"]
    assert [(one.path, one.kind) for one in found] == [
        ("interview.bodies", "changed"),
        ("interview.second_interview", "changed"),
    ]
    assert found[0].before == Entry(
        ("government", "enterprise", "institution", "individual"), DALIAN_INTERVIEW("2, 5(2), 5(3)"), "dalian-2018"
    )
    assert found[1].after == Entry(False, LIAONING_REPLY("二"), "liaoning-2020")  # noqa: FBT003 - the value


ONE, OTHER = Entry(1, OURS("x"), "here"), Entry(2, CIVIL_CODE("201"), "here")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (ONE, OTHER, "changed"),
        (ONE, attrs.evolve(ONE, citation=OURS("y")), "cited"),
        (ONE, attrs.evolve(ONE, value=True), "changed"),
        (ONE, None, "only_before"),
        (None, ONE, "only_after"),
    ],
)
def test_a_difference_is_one_of_four_kinds(before: Entry | None, after: Entry | None, kind: str) -> None:
    first, second = (profile() if entry is None else profile(a=entry) for entry in (before, after))
    (found,) = differences(first, second)
    assert found == Difference("s.a", before, after)
    assert found.kind == kind


def test_where_a_value_is_written_and_how_a_date_is_makes_no_difference() -> None:
    first = profile(a=ONE, b=Entry(date(2021, 3, 1), OURS("x"), "here"))
    second = profile(a=attrs.evolve(ONE, profile="parent"), b=Entry("2021-03-01", OURS("x"), "here"))
    assert differences(first, second) == ()


@given(PROFILES)
def test_nothing_differs_from_itself(one: Profile) -> None:
    assert differences(one, one) == ()


@given(PROFILES, PROFILES)
def test_seen_from_the_other_side_each_difference_is_mirrored(one: Profile, other: Profile) -> None:
    found = differences(one, other)
    assert tuple(difference.mirrored for difference in found) == differences(other, one)
    assert tuple(difference.mirrored.mirrored for difference in found) == found


@given(PROFILES, PROFILES)
def test_the_differences_make_of_the_one_the_other(one: Profile, other: Profile) -> None:
    entries: dict[str, Any] = dict(one.entries)
    for difference in differences(one, other):
        assert entries.pop(difference.path, None) == difference.before
        if difference.after is not None:
            entries[difference.path] = difference.after
    assert said(attrs.evolve(one, entries=entries)) == said(other)
