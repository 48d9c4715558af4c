"""The catalogue: which profile holds where, for which procedure, on which day, and what is wrong with a set of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow import policies
from yingshang_flow.errors import ContentError, ProfileError, UnknownError
from yingshang_flow.policies import Catalogue, Entry, Fault, Profile
from yingshang_flow.sources import OURS

DAY = timedelta(days=1)
FIRST = date(2020, 1, 1)


def profile(
    key: str, since: date, until: date | None = None, *, place: str = "here", sections: Sequence[str] = ("s",)
) -> Profile:
    entries = {f"{section}.a": Entry(1, OURS("x"), key) for section in sections}
    return Profile(key, "此地", "此制度", since, entries, f"{key}.toml", place=place, valid_to=until)


def text(key: str, since: str, until: str = "", section: str = "s") -> str:
    """The TOML of a profile of ``here``."""
    ends = f"valid_to = {until}\n" if until else ""
    head = f'key = "{key}"\nplace = "here"\nlocality = "此地"\ntitle = "此制度"\nvalid_from = {since}\n{ends}'
    return f'{head}[{section}.a]\nvalue = 1\nsource = "ours"\n'


# --- what is shipped --------------------------------------------------------------------------------------------------


def test_the_catalogue_lists_every_shipped_profile_by_place_and_day() -> None:
    found = policies.catalogue()
    assert sorted(one.key for one in found) == list(policies.keys())
    assert [(one.place, one.valid_from) for one in found] == sorted((one.place, one.valid_from) for one in found)
    dalian = [(one.key, one.sections, one.verified) for one in found if one.place == "dalian"]
    assert dalian[:1] == [("dalian-complaint-2017", ("complaint",), "public")]
    assert ("dalian-2018", ("interview",), "document") in dalian


def test_what_is_shipped_has_neither_gaps_nor_overlaps() -> None:
    assert policies.catalogue().faults() == ()


@pytest.mark.parametrize(
    ("place", "section", "day", "key"),
    [
        ("dalian", "interview", date(2019, 5, 1), "dalian-2018"),
        ("dalian", "interview", date(2018, 12, 11), "dalian-2018"),
        ("dalian", "complaint", date(2019, 5, 1), "dalian-complaint-2017"),
        ("liaoning", "interview", date(2021, 1, 1), "liaoning-2020"),
        ("xinfang", "complaint", date(2022, 5, 1), "xinfang-2022"),
    ],
)
def test_a_profile_is_chosen_by_place_procedure_and_day(place: str, section: str, day: date, key: str) -> None:
    assert policies.on(place, section, day) is policies.get(key)


@pytest.mark.parametrize(
    ("place", "section", "said"),
    [
        ("atlantis", "interview", r"the catalogue has no place 'atlantis'; there are bayuquan, dalian, .*xinfang$"),
        ("dalian", "moon", r"the catalogue has no section 'moon'; there are .*complaint, .*interview, .*"),
        ("atlantis", "moon", r"no place 'atlantis'; there are .*; and no section 'moon'; there are "),
        ("shenyang", "interview", r"'shenyang' has no profile for 'interview'; dalian, liaoning have"),
    ],
)
def test_an_unknown_place_or_procedure_is_refused_with_what_there_is(place: str, section: str, said: str) -> None:
    with pytest.raises(UnknownError, match=said):
        policies.on(place, section, date(2019, 5, 1))


def test_a_day_before_every_profile_is_refused_with_the_first() -> None:
    with pytest.raises(UnknownError, match="holds on 2018-12-10: dalian-2018 holds from 2018-12-11 on"):
        policies.on("dalian", "interview", date(2018, 12, 10))


@pytest.mark.parametrize("day", ["2019-05-01", datetime(2019, 5, 1)])  # noqa: DTZ001 - what is refused
def test_a_day_that_is_no_date_is_refused(day: object) -> None:
    with pytest.raises(ContentError, match="must be a date such as 2019-05-01, not "):
        policies.on("dalian", "interview", day)  # type: ignore[arg-type]


# --- gaps and overlaps ------------------------------------------------------------------------------------------------


def test_the_last_day_of_a_profile_is_its_own() -> None:
    found = Catalogue([profile("b", date(2020, 7, 1)), profile("a", FIRST, date(2020, 6, 30))])
    assert [one.key for one in found] == ["a", "b"]
    assert found.on("here", "s", date(2020, 6, 30)).key == "a"
    assert found.on("here", "s", date(2020, 7, 1)).key == "b"
    assert found.faults() == ()


def test_a_gap_is_told_with_what_is_before_and_after() -> None:
    found = Catalogue([profile("a", FIRST, date(2020, 6, 30)), profile("b", date(2020, 7, 3))])
    with pytest.raises(UnknownError, match=r"on 2020-07-02: a held until 2020-06-30, b holds from 2020-07-03 on$"):
        found.on("here", "s", date(2020, 7, 2))
    (gap,) = found.faults()
    assert gap == Fault("gap", "here", "s", ("a", "b"), date(2020, 7, 1), date(2020, 7, 2))
    assert str(gap) == (
        "here s: from 2020-07-01 to 2020-07-02 no profile holds between a and b; "
        "let the one end later, or the other begin earlier"
    )
    assert gap.label.zh.startswith("here s: 2020-07-01至2020-07-02在 a 与 b 之间没有")


def test_after_the_last_profile_of_several_the_one_that_held_longest_is_named() -> None:
    found = Catalogue([profile("a", FIRST, date(2020, 6, 30)), profile("b", date(2020, 2, 1), date(2020, 3, 1))])
    with pytest.raises(UnknownError, match=r"on 2021-01-01: a held until 2020-06-30$"):
        found.on("here", "s", date(2021, 1, 1))


def test_an_overlap_is_told_with_both() -> None:
    found = Catalogue([profile("a", FIRST), profile("b", date(2020, 7, 1))])
    with pytest.raises(ProfileError, match="here s: on 2020-07-01 a and b hold at once; give those that are replaced"):
        found.on("here", "s", date(2020, 7, 1))
    assert found.on("here", "s", date(2020, 6, 30)).key == "a"
    (overlap,) = found.faults()
    assert overlap == Fault("overlap", "here", "s", ("a", "b"), date(2020, 7, 1), None)
    assert str(overlap) == "here s: from 2020-07-01 on both a and b hold; give the one that is replaced a valid_to"
    assert overlap.label.zh.startswith("here s: 2020-07-01起 a 与 b 同时有效")


def test_other_places_and_other_procedures_are_apart() -> None:
    found = Catalogue(
        [profile("a", FIRST), profile("b", FIRST, place="there"), profile("c", FIRST, sections=("t", "u"))]
    )
    assert found.faults() == ()
    assert (found.places, found.sections) == (("here", "there"), ("s", "t", "u"))


SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.none() | st.integers(0, 12)).map(
        lambda span: (FIRST + span[0] * DAY, None if span[1] is None else FIRST + (span[0] + span[1]) * DAY)
    ),
    min_size=1,
    max_size=5,
)


@given(SPANS)
def test_every_day_has_one_profile_or_lies_in_a_fault_or_outside(spans: list[tuple[date, date | None]]) -> None:
    found = Catalogue(profile(f"p{number}", *span) for number, span in enumerate(spans))
    faults = found.faults()
    begin = min(since for since, _ in spans)
    for day in (FIRST + number * DAY for number in range(50)):
        holding = {one.key for one in found if one.holds_on(day)}
        over = [one for one in faults if one.first <= day and (one.last is None or day <= one.last)]
        gaps = [one for one in over if one.kind == "gap"]
        pairs = {frozenset(one.profiles) for one in over if one.kind == "overlap"}
        assert pairs == {frozenset(pair) for pair in combinations(holding, 2)}
        later = any(since > day for since, _ in spans)
        assert len(gaps) == (not holding and day > begin and later)
        if len(holding) == 1:
            assert {found.on("here", "s", day).key} == holding
        else:
            with pytest.raises((UnknownError, ProfileError)):
                found.on("here", "s", day)


# --- one's own --------------------------------------------------------------------------------------------------------


def test_ones_own_profiles_are_read_from_files_and_folders(tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "b.toml").write_text(text("b", "2020-07-01"), encoding="utf-8")
    (folder / "notes.txt").write_text("no profile", encoding="utf-8")
    one = tmp_path / "a.toml"
    one.write_text(text("a", "2020-01-01", "2020-06-30"), encoding="utf-8")
    found = Catalogue.of(one, folder, str(folder / "b.toml"))
    assert [profile.key for profile in found] == ["a", "b"]
    assert found.on("here", "s", date(2020, 6, 30)).valid_to == date(2020, 6, 30)


def test_everything_wrong_with_ones_own_profiles_is_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name, written in {
        "a": text("a", "2020-01-01", "2019-12-31"),
        "b": text("b", "2020-07-01"),
        "c": text("b", "2020-08-01"),
        "d": text("d", "2020-08-01").replace("value = 1\n", ""),
    }.items():
        (tmp_path / f"{name}.toml").write_text(written, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        Catalogue.of(tmp_path, tmp_path / "empty", tmp_path / "no.toml")
    assert caught.value.subject == "catalogue"
    assert [problem.replace(f"{tmp_path}/", "") for problem in caught.value.problems] == [
        "empty: has no file that ends in .toml",
        "a.toml: valid_to 2019-12-31 lies before valid_from 2020-01-01; it is the last day on which the profile holds",
        "c.toml: has the key 'b' of b.toml; give each a key of its own",
        "d.toml: s.a has no value",
        "no.toml: cannot be read: No such file or directory",
    ]
