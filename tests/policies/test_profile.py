"""Profiles: read from TOML, inherited, checked all at once, and bound to typed values."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.deadlines import Period, WorkingDays
from yingshang_flow.errors import ProfileError, UnknownError
from yingshang_flow.policies import Entry, Profile, bind, get, keys, load
from yingshang_flow.sources import CIVIL_CODE, DALIAN_INTERVIEW, LIAONING_REPLY, OURS, SOURCES
from yingshang_flow.words import Authority, Citation, Cited, Label, Source

HEAD = 'key = "here"\nlocality = "此地"\ntitle = "此制度"\nvalid_from = 2021-03-01\n'
ENTRY = 'value = "7工作日"\nsource = "civil-code"\narticle = "201"\n'


@attrs.frozen
class Values:
    """What the made-up procedure wants to know."""

    report: Cited[Period]
    who: Cited[Literal["a", "b"]]
    strict: Cited[bool]
    times: Cited[int] | None
    from_day: Cited[date] | None
    names: Cited[tuple[str, ...]] | None


def written(folder: Path, text: str, name: str = "here.toml") -> Path:
    """Write a profile and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> tuple[str, ...]:
    """Return what is wrong with a profile."""
    with pytest.raises(ProfileError) as caught:
        load(path)
    assert caught.value.subject == str(path)
    return caught.value.problems


def entry(value: object, source: Source = OURS) -> Entry:
    """Return an entry."""
    return Entry(value, source("x"), "here")


def profile(**entries: object) -> Profile:
    """Return a profile with these entries of the section ``s``."""
    return Profile(
        "here",
        "此地",
        "此制度",
        date(2021, 3, 1),
        {f"s.{name}": entry(value) for name, value in entries.items()},
        "here.toml",
    )


GOOD: dict[str, Any] = {"report": "7工作日", "who": "a", "strict": True}

# --- shipped ----------------------------------------------------------------------------------------------------------


def test_the_shipped_profiles_are_these() -> None:
    assert keys() == tuple(sorted(keys()))
    assert {"dalian-2018", "liaoning-2020"} <= set(keys())


@pytest.mark.parametrize("key", keys())
def test_a_shipped_profile_loads_and_is_named_like_its_file(key: str) -> None:
    found = get(key)
    assert found.key == key
    assert found.path == f"{key}.toml"
    assert found.entries
    assert get(key) is found


@pytest.mark.parametrize("key", keys())
def test_every_entry_of_a_shipped_profile_is_cited_by_article(key: str) -> None:
    found = get(key)
    for name, item in found.entries.items():
        # Where the text was not at hand, the article may not be known, and the whole of it is cited.
        assert item.citation.article or found.verified == "public", name
        assert SOURCES[item.citation.source.key] == item.citation.source


@pytest.mark.parametrize("key", keys())
def test_a_shipped_profile_survives_as_text(key: str) -> None:
    found = get(key)
    again = Profile.from_text(found.text())
    assert attrs.evolve(again, path=found.path) == found
    assert again.text() == found.text()
    assert again.path == f"stored {key}"


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownError, match=r"no profile 'atlantis' is shipped; there are .*dalian-2018.*TOML file"):
        get("atlantis")


def test_inherited_values_stay_marked_as_those_of_the_profile_they_come_from() -> None:
    found = get("liaoning-2020").entries
    assert (found["interview.report"].profile, found["interview.report"].citation) == (
        "dalian-2018",
        DALIAN_INTERVIEW("6(4)"),
    )
    assert (found["interview.bodies"].profile, found["interview.bodies"].citation) == (
        "liaoning-2020",
        LIAONING_REPLY("二"),
    )
    assert {name for name in found if name.startswith("interview.")} == set(get("dalian-2018").entries)


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_text", [True, False])
def test_a_file_is_read_by_its_path(tmp_path: Path, *, as_text: bool) -> None:
    path = written(
        tmp_path, f"{HEAD}[s.report]\n{ENTRY}[s.deep.er]\nvalue = [1, [true, 2021-03-01]]\nsource = 'ours'\n"
    )
    found = load(str(path) if as_text else path)
    assert found == Profile(
        "here",
        "此地",
        "此制度",
        date(2021, 3, 1),
        {
            "s.report": Entry("7工作日", CIVIL_CODE("201"), "here"),
            "s.deep.er": Entry((1, (True, date(2021, 3, 1))), OURS(), "here"),
        },
        str(path),
    )


def test_a_file_may_describe_sources_of_its_own(tmp_path: Path) -> None:
    text = (
        f"{HEAD}[sources.local-1]\ntitle = '本地规定'\ntitle_en = 'Local rules'\nnumber = '1号'\nissued = 2020-01-02\n"
        "kind = 'statute'\n[sources.local-2]\ntitle = '本地通知'\n"
        "[s.a]\nvalue = 1\nsource = 'local-1'\narticle = '3'\nkind = 'statute'\n[s.b]\nvalue = 2\nsource = 'local-2'\n"
    )
    found = load(written(tmp_path, text)).entries
    assert found["s.a"].citation == Citation(
        Source("local-1", Label("本地规定", "Local rules"), Authority.STATUTE, "1号", date(2020, 1, 2)), "3"
    )
    assert found["s.b"].citation == Citation(Source("local-2", Label("本地通知", "本地通知"), Authority.DOCUMENT))


def test_sources_of_its_own_survive_as_text(tmp_path: Path) -> None:
    text = (
        f"{HEAD}[sources.local-1]\ntitle = '本地规定'\nissued = 2020-01-02\n[sources.local-2]\ntitle = '本地通知'\n"
        "[s.a]\nvalue = 1\nsource = 'local-1'\n[s.b]\nvalue = 2\nsource = 'local-2'\n"
    )
    found = load(written(tmp_path, text))
    assert Profile.from_text(found.text()).entries == found.entries


def test_dates_become_texts_in_the_text_and_bind_the_same(tmp_path: Path) -> None:
    text = f"{HEAD}[s.from_day]\nvalue = 2021-03-01\nsource = 'ours'\n[s.names]\nvalue = ['x', 'y']\nsource = 'ours'\n"
    text += "".join(f"[s.{name}]\nvalue = {json.dumps(value)}\nsource = 'ours'\n" for name, value in GOOD.items())
    found = load(written(tmp_path, text))
    again = Profile.from_text(found.text())
    assert again.entries["s.from_day"].value == "2021-03-01"
    assert bind(again, "s", Values) == bind(found, "s", Values)
    assert bind(found, "s", Values).from_day == Cited(date(2021, 3, 1), OURS())


VALUES = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
LIKE_A_SHIPPED_ONE = Source("civil-code", Label("甲", "a"), Authority.DOCUMENT)
SOURCE = st.sampled_from(
    [*SOURCES.values(), LIKE_A_SHIPPED_ONE, Source("x", Label("甲", "a"), Authority.STATUTE, "1", date(2021, 1, 1))]
)


HEADS = st.fixed_dictionaries(
    {},
    optional={
        "place": st.sampled_from(["here", "there", "more-of-it"]),
        "valid_to": st.none() | st.dates(date(2021, 3, 1)),
        "verified": st.sampled_from(["document", "public"]),
        "verified_note": st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    },
)


@given(
    st.dictionaries(st.from_regex(r"[a-z]+\.[a-z]+", fullmatch=True), st.tuples(VALUES, SOURCE, st.text("0a("))), HEADS
)
def test_any_profile_survives_as_text(entries: dict[str, tuple[Any, Source, str]], head: dict[str, Any]) -> None:
    found = Profile(
        "here",
        "此地",
        "题",
        date(2021, 3, 1),
        {name: Entry(frozen(value), source(article), "there") for name, (value, source, article) in entries.items()},
        "stored here",
        **head,
    )
    assert Profile.from_text(found.text()) == found


@pytest.mark.parametrize(
    ("key", "sections", "known"),
    [
        (
            "bayuquan-2018",
            {"complaint", "rectification", "rectification_item"},
            "71a025fe466cf2aad43d855df5fe1767a8e416583998f3e4a5d1ad34b39729b5",
        ),
        ("dalian-2018", {"interview"}, "a9a9c5305b77c4cd2816fd454e7e34cb288cb7a324f2fa1d18e86557ccc9d47b"),
        ("liaoning-2020", {"interview"}, "7b656b9af0d986186994a9a21d82c1a4bcd6c9516dd812118b08560bd724d75a"),
        (
            "shenyang-2021",
            {"rectification", "rectification_item"},
            "bf830dffd034763ca939460f654a90021b98f9addc7ab797ad5e6621c76b1c00",
        ),
    ],
    ids=["bayuquan-2018", "dalian-2018", "liaoning-2020", "shenyang-2021"],
)
def test_the_text_of_a_profile_is_byte_for_byte_the_one_that_cases_were_stored_with(
    key: str, sections: set[str], known: str
) -> None:
    found = get(key)
    entries = {name: item for name, item in found.entries.items() if name.partition(".")[0] in sections}
    text = attrs.evolve(found, entries=entries).text()
    assert hashlib.sha256(text.encode()).hexdigest() == known


def test_a_head_may_say_the_place_the_last_day_and_how_far_it_was_verified(tmp_path: Path) -> None:
    more = 'place = "more-here"\nvalid_to = 2021-12-31\nverified = "public"\nverified_note = "据公开报道"\n'
    found = load(written(tmp_path, f"{HEAD}{more}[s.a]\n{ENTRY}[t.a]\n{ENTRY}"))
    assert (found.place, found.valid_to, found.verified) == ("more-here", date(2021, 12, 31), "public")
    assert found.verified_note == "据公开报道"
    assert found.sections == ("s", "t")
    assert [found.holds_on(date(2021, month, day)) for month, day in [(2, 28), (3, 1), (12, 31)]] == [False, True, True]
    assert not found.holds_on(date(2022, 1, 1))
    assert attrs.evolve(Profile.from_text(found.text()), path=found.path) == found


@pytest.mark.parametrize(
    ("key", "place"), [("here", "here"), ("here-2021", "here"), ("here-2021-2", "here-2021-2"), ("2021", "2021")]
)
def test_the_place_is_the_key_without_its_year_unless_the_head_says_another(
    tmp_path: Path, key: str, place: str
) -> None:
    found = load(written(tmp_path, HEAD.replace('"here"', f'"{key}"')))
    assert (found.place, found.valid_to, found.verified, found.verified_note) == (place, None, "document", "")
    assert set(json.loads(found.text())) == {"entries", "key", "locality", "title", "valid_from"}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("place = '大连'", "place must be a key of small letters, digits and hyphens such as dalian, not '大连'"),
        ("place = 5", "place must be a key of small letters, digits and hyphens such as dalian, not 5"),
        ("valid_to = '2021-12-31'", "valid_to must be a date such as 2018-12-11, not '2021-12-31'"),
        (
            "valid_to = 2021-02-28",
            "valid_to 2021-02-28 lies before valid_from 2021-03-01; it is the last day on which the profile holds",
        ),
        ("verified = 'rumour'", "verified must be document or public, not 'rumour'"),
        ("verified = ['public']", "verified must be document or public, not ['public']"),
        ("verified_note = 5", "verified_note must be a text, not 5"),
    ],
)
def test_what_a_head_may_say_is_checked(tmp_path: Path, line: str, problem: str) -> None:
    assert problems(written(tmp_path, f"{HEAD}{line}\n")) == (problem,)


@pytest.mark.parametrize(
    ("line", "said"), [("", "from 2021-03-01"), ("valid_to = 2021-12-31", "2021-03-01 to 2021-12-31")]
)
def test_when_a_profile_holds_is_said_in_words(tmp_path: Path, line: str, said: str) -> None:
    assert load(written(tmp_path, f"{HEAD}{line}\n")).holding == said


def test_a_profile_that_holds_for_one_day_is_no_mistake(tmp_path: Path) -> None:
    assert load(written(tmp_path, f"{HEAD}valid_to = 2021-03-01\n")).holds_on(date(2021, 3, 1))


def test_a_last_day_is_not_held_against_a_first_one_that_is_wrong(tmp_path: Path) -> None:
    head = HEAD.replace("valid_from = 2021-03-01", "valid_from = 'soon'\nvalid_to = 2021-02-28")
    assert problems(written(tmp_path, head)) == ("valid_from must be a date such as 2018-12-11, not 'soon'",)


def test_the_text_does_not_depend_on_the_order_in_the_file(tmp_path: Path) -> None:
    one = load(written(tmp_path, f"{HEAD}[s.a]\n{ENTRY}[s.b]\n{ENTRY}"))
    other = load(written(tmp_path, f"{HEAD}[s.b]\n{ENTRY}[s.a]\n{ENTRY}"))
    assert one.text() == other.text()


# --- inheritance ------------------------------------------------------------------------------------------------------


def test_a_file_may_extend_a_shipped_profile(tmp_path: Path) -> None:
    found = load(written(tmp_path, f"{HEAD}extends = 'dalian-2018'\n[interview.report]\n{ENTRY}")).entries
    assert found["interview.report"] == Entry("7工作日", CIVIL_CODE("201"), "here")
    assert found["interview.counting"].profile == "dalian-2018"


def test_a_file_may_extend_one_beside_it_over_several_steps(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    written(tmp_path, f"{HEAD.replace('here', 'top')}[s.a]\n{ENTRY}[s.b]\n{ENTRY}[s.c]\n{ENTRY}", "top.toml")
    written(
        tmp_path,
        f"{HEAD.replace('here', 'middle')}extends = '../top.toml'\n[s.b]\n{ENTRY}[s.c]\n{ENTRY}",
        "more/middle.toml",
    )
    found = load(written(tmp_path, f"{HEAD}extends = 'more/middle.toml'\n[s.c]\n{ENTRY}")).entries
    assert {name: item.profile for name, item in found.items()} == {"s.a": "top", "s.b": "middle", "s.c": "here"}


@pytest.mark.parametrize("head", [HEAD, HEAD.replace('key = "here"\n', "")])
def test_a_circle_of_files_is_refused(tmp_path: Path, head: str) -> None:
    written(tmp_path, f"{HEAD.replace('here', 'other')}extends = 'here.toml'\n", "other.toml")
    found = problems(written(tmp_path, f"{head}extends = 'other.toml'\n"))
    assert any("extends goes in a circle: " in problem and "other.toml" in problem for problem in found)


def test_a_file_that_extends_itself_by_its_key_is_a_circle(tmp_path: Path) -> None:
    assert problems(written(tmp_path, f"{HEAD}extends = 'here'\n")) == ("extends goes in a circle: here → here",)


@pytest.mark.parametrize(
    ("extends", "problem"),
    [
        ("5", "extends must be the key or the file of a profile, not 5"),
        ("['a']", "extends must be the key or the file of a profile, not ['a']"),
        ("'atlantis'", f"extends an unknown profile 'atlantis'; there are {', '.join(keys())}, or name a .toml file"),
        ("'no.toml'", "extends no.toml: cannot be read: No such file or directory"),
        (r'"a\u0000.toml"', "extends a\0.toml: cannot be read: embedded null byte"),
    ],
)
def test_what_cannot_be_extended_is_refused(tmp_path: Path, extends: str, problem: str) -> None:
    assert problems(written(tmp_path, f"{HEAD}extends = {extends}\n")) == (problem,)


def test_the_problems_of_what_is_extended_are_reported_with_the_own_ones(tmp_path: Path) -> None:
    written(tmp_path, f"{HEAD}[s.a]\nvalue = 1.5\nsource = 'ours'\n", "top.toml")
    found = problems(written(tmp_path, f"{HEAD}extends = 'top.toml'\n[s.b]\nsource = 'ours'\n"))
    assert found == (
        "extends top.toml: s.a.value must be a text, a whole number, true, false, a date, a list or a table of these",
        "s.b has no value",
    )


# --- broken files -----------------------------------------------------------------------------------------------------

VALUE = "s.a.value must be a text, a whole number, true, false, a date, a list or a table of these"
KNOWN = ", ".join(SOURCES)
IS_SOURCE = "sources.x must be a table with title, and maybe title_en, number, kind and the date issued"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("s = 5", ["s must be a table with value and source, not 5"]),
        ("[s]\na = 5", ["s has no value"]),
        ("[s]", ["s has no value"]),
        ("[s.a]\nsource = 'ours'", ["s.a has no value"]),
        ("[s.a]\nvalue = 1.5\nsource = 'ours'", [VALUE]),
        ("[s.a]\nvalue = [1, [1.5]]\nsource = 'ours'", [VALUE]),
        ("[s.a]\nvalue = 2021-03-01T12:00:00\nsource = 'ours'", [VALUE]),
        ("[s.a]\nvalue = 12:00:00\nsource = 'ours'", [VALUE]),
        ("[s.a]\nvalue = {x = 1.5}\nsource = 'ours'", [VALUE]),
        ("[s.a]\nvalue = 1", [f"s.a.source is missing; known are {KNOWN}, or describe it under [sources]"]),
        (
            "[s.a]\nvalue = 1\nsource = 'moon'",
            [f"s.a.source 'moon' is unknown; known are {KNOWN}, or describe it under [sources]"],
        ),
        (
            "[s.a]\nvalue = 1\nsource = 5",
            [f"s.a.source 5 is unknown; known are {KNOWN}, or describe it under [sources]"],
        ),
        ("[s.a]\nvalue = 1\nsource = 'ours'\narticle = 6", ["s.a.article must be a text, not 6"]),
        (
            "[s.a]\nvalue = 1\nsource = 'ours'\nkind = 'document'",
            ["s.a.kind is 'document', but ours is of kind 'ours'"],
        ),
        ("[s.a]\nvalue = 1\nsource = 'civil-code'\nkind = 5", ["s.a.kind is 5, but civil-code is of kind 'statute'"]),
        (
            "[s.a]\nvalue = 1\nsource = 'ours'\nmoon = 1\nmars = 2",
            [f"s.a.{name} is unknown; an entry has value, source, article and kind" for name in ("mars", "moon")],
        ),
        (
            "[s.a]\nvalue = 1.5\narticle = 6\nmoon = 1",
            [
                VALUE,
                "s.a.moon is unknown; an entry has value, source, article and kind",
                "s.a.article must be a text, not 6",
                f"s.a.source is missing; known are {KNOWN}, or describe it under [sources]",
            ],
        ),
        ("sources = 5", ["sources must be a table, not 5"]),
        ("[sources]\nx = 5", [IS_SOURCE]),
        ("[sources.x]\nnumber = '1'", [IS_SOURCE]),
        ("[sources.x]\ntitle = 5", [IS_SOURCE]),
        ("[sources.x]\ntitle = 'x'\nmoon = 1", [IS_SOURCE]),
        ("[sources.x]\ntitle = 'x'\nissued = '2021-03-01'", [IS_SOURCE]),
        ("[sources.x]\ntitle = 'x'\nissued = 2021-03-01T12:00:00", [IS_SOURCE]),
        (
            "[sources.x]\ntitle = 'x'\nkind = 'gossip'",
            ["sources.x.kind must be document, statute or ours, not 'gossip'"],
        ),
    ],
)
def test_a_broken_entry_is_named_by_its_key_path(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert list(problems(written(tmp_path, f"{HEAD}{body}\n"))) == expected


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        *((name, None, f"{name} is missing") for name in ("key", "locality", "title", "valid_from")),
        *((name, "5", f"{name} must be a non-empty text, not 5") for name in ("key", "locality", "title")),
        ("title", "' '", "title must be a non-empty text, not ' '"),
        ("valid_from", "'2021-03-01'", "valid_from must be a date such as 2018-12-11, not '2021-03-01'"),
        (
            "valid_from",
            "2021-03-01T12:00:00",
            "valid_from must be a date such as 2018-12-11, not datetime.datetime(2021, 3, 1, 12, 0)",
        ),
    ],
)
def test_a_broken_head_is_named(tmp_path: Path, name: str, value: str | None, problem: str) -> None:
    lines = [line for line in HEAD.splitlines() if not line.startswith(name)]
    text = "\n".join([*lines, *([] if value is None else [f"{name} = {value}"])])
    assert problems(written(tmp_path, text)) == (problem,)


def test_everything_that_is_wrong_is_reported_at_once(tmp_path: Path) -> None:
    text = "key = 5\nextends = 5\n[sources]\nx = 5\n[s.a]\nvalue = 1.5\nsource = 'ours'\n[s.b]\nsource = 'ours'\n[t]\n"
    assert problems(written(tmp_path, text)) == (
        "key must be a non-empty text, not 5",
        "locality is missing",
        "title is missing",
        "valid_from is missing",
        IS_SOURCE,
        "extends must be the key or the file of a profile, not 5",
        VALUE,
        "s.b has no value",
        "t has no value",
    )


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "here.toml"
    path.write_bytes('key = "鲅鱼圈"'.encode("gb18030"))
    assert problems(path) == ("is not UTF-8 at byte 7; save it as UTF-8",)


def test_a_byte_order_mark_as_editors_write_it_is_read_over(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(path).entries == {}


def test_a_file_that_is_no_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, f"{HEAD}nonsense\n"))
    assert problem.startswith("is not TOML: ")
    assert "line 5" in problem


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path / "no.toml") == ("cannot be read: No such file or directory",)


def test_a_folder_is_no_profile(tmp_path: Path) -> None:
    assert problems(tmp_path) == ("cannot be read: Is a directory",)


# --- binding ----------------------------------------------------------------------------------------------------------


def test_the_values_of_a_section_are_typed_and_keep_their_citations() -> None:
    found = bind(profile(**GOOD, times=3, names=["x"]), "s", Values)
    assert found == Values(
        report=Cited(WorkingDays(7), OURS("x")),
        who=Cited("a", OURS("x")),
        strict=Cited(True, OURS("x")),  # noqa: FBT003  # the value
        times=Cited(3, OURS("x")),
        from_day=None,
        names=Cited(("x",), OURS("x")),
    )


def test_other_sections_are_not_looked_at() -> None:
    other = profile(**GOOD)
    entries = {**other.entries, "t.moon": entry(1), "sss.report": entry(1)}
    assert bind(attrs.evolve(other, entries=entries), "s", Values) == bind(other, "s", Values)


def test_wrong_missing_and_surplus_values_are_reported_together() -> None:
    with pytest.raises(ProfileError) as caught:
        bind(profile(report="soon", who="c", times="3", names=["x", 5], moon=1), "s", Values)
    assert caught.value.subject == "here.toml"
    report, *others = caught.value.problems
    assert report.startswith("s.report ")
    assert "'soon'" in report
    assert others == [
        "s.who must be one of a, b, not 'c'",
        "s.strict is missing",
        "s.times must be a whole number within ±2^53, not '3'",
        "s.names [1]: must be a text, not 5",
        "s.moon is unknown; known are report, who, strict, times, from_day, names",
    ]


def test_a_section_that_is_not_there_lacks_everything_that_must_be() -> None:
    with pytest.raises(ProfileError) as caught:
        bind(profile(**GOOD), "t", Values)
    assert caught.value.problems == ("t.report is missing", "t.who is missing", "t.strict is missing")


def frozen(value: Any) -> Any:  # noqa: ANN401 - any value of TOML
    """What a profile makes of a list: nobody changes it for everybody."""
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def test_a_shipped_profile_is_changed_by_nobody() -> None:
    found = get("dalian-2018")
    with pytest.raises(TypeError, match="not changed"):
        found.entries["interview.report"] = found.entries["interview.bodies"]  # type: ignore[index]
    assert isinstance(found.entries["interview.bodies"].value, tuple)
