"""Plans and openings that cannot be: everything wrong is said together, and nothing is changed."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.lifecycles.rectifying import BAYUQUAN, LEAD, SHENYANG, TWO_GROUPS, Desk, codes, item, the_unmet
from tests.lifecycles.rectifying import all_of as everything
from yingshang_flow import lifecycles, policies
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.errors import CaseNotFoundError, ProfileError, RefusedError, UnknownError
from yingshang_flow.lifecycles.rectification import Draft, Group, drafted
from yingshang_flow.policies import Profile
from yingshang_flow.policies.profile import Entry
from yingshang_flow.sources import OURS

HEAD = 'key = "own"\nlocality = "某市"\ntitle = "试例"\nvalid_from = 2021-01-01\n'
GOOD_STAGES = [
    {"key": "deployment", "zh": "部署", "en": "Deployment"},
    {"key": "rectifying", "zh": "整治", "en": "Work"},
]
GOOD_GROUPS = [{"key": "甲组", "leads": ["市发改委"]}]


def plan(
    stages: Sequence[dict[str, Any]] = GOOD_STAGES,
    groups: Sequence[dict[str, Any]] = GOOD_GROUPS,
    **more: Any,  # noqa: ANN401 - values as TOML has them
) -> Profile:
    values = {"stages": tuple(map(FrozenDict, stages)), "groups": tuple(map(FrozenDict, groups)), **more}
    entries = {f"rectification.{name}": Entry(value, OURS("试"), "own") for name, value in values.items()}
    return Profile("own", "某市", "试例", date(2021, 1, 1), FrozenDict(entries), "own.toml")


def problems(profile: Profile) -> tuple[str, ...]:
    with pytest.raises(ProfileError) as caught:
        lifecycles.rectification(profile)
    assert caught.value.subject == "own.toml"
    return tuple(caught.value.problems)


def test_everything_wrong_with_a_plan_is_reported_together_with_file_and_key_path(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(
        HEAD
        + """
[rectification.stages]
source = "ours"
value = [
    {key = "deployment", zh = "部署", en = "Deployment", end = 2021-05-20},
    {key = "rectifying", zh = "整治", en = "Work", start = 2021-05-19, end = 2021-05-01},
    {key = "rectifying", zh = "整治", en = "Work"},
    {key = "closed", zh = "总结", en = "Summary", start = 2021-11-01},
    {key = "last one", zh = "总结", en = "Summary", end = 2021-10-01},
]

[rectification.groups]
source = "ours"
value = [
    {key = "甲组"},
    {key = "乙组", leads = ["市发改委"]},
    {key = "乙组", leads = ["市财政局", "市财政局"], responsible = ["和平区/沈河区"]},
    {key = "丙/组", responsible = [" "]},
]

[rectification.monthly]
source = "ours"
value = "每月末"

[rectification.monthly_stage]
source = "ours"
value = "improvement"
""",
        encoding="utf-8",
    )
    with pytest.raises(ProfileError) as caught:
        lifecycles.rectification(path)
    assert caught.value.subject == str(path)
    taken = "stands twice, is taken or is no identifier; give each stage a key of its own"
    shared = "one day may be shared"
    stages = "deployment, rectifying, rectifying, closed, last one"
    assert [problem.removeprefix("rectification.") for problem in caught.value.problems] == [
        f"stages: 'rectifying' {taken}",
        f"stages: 'closed' {taken}",
        f"stages: 'last one' {taken}",
        "stages: rectifying ends on 2021-05-01, before it starts on 2021-05-19; exchange them",
        f"stages: rectifying begins on 2021-05-19, before deployment ends on 2021-05-20; {shared}",
        f"stages: last one begins on 2021-10-01, before closed ends on 2021-11-01; {shared}",
        "groups: '甲组' has neither a lead nor a responsible unit",
        "groups: '乙组' stands twice",
        "groups: '乙组' names '市财政局' twice",
        "groups: '乙组' names a unit '和平区/沈河区'; a unit has a name, and no slash in it",
        "groups: '丙/组' is no name; an obligor is written group/unit",
        "groups: '丙/组' names a unit ' '; a unit has a name, and no slash in it",
        f"monthly_stage 'improvement' is no stage; there are {stages}",
    ]
    assert all(problem.startswith("rectification.") for problem in caught.value.problems)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("given_values", "found"),
    [
        ({"monthly": "每月末"}, "monthly and monthly_stage go together; give both or neither"),
        ({"monthly_stage": "deployment"}, "monthly and monthly_stage go together; give both or neither"),
        ({"stages": ()}, "stages is empty; a campaign has at least one stage"),
    ],
)
def test_values_of_a_plan_that_do_not_go_together_are_named(given_values: dict[str, Any], found: str) -> None:
    assert problems(plan(**given_values)) == (f"rectification.{found}",)


def test_a_plan_of_one_stage_and_no_windows_is_enough() -> None:
    lifecycle = lifecycles.rectification(plan(GOOD_STAGES[:1], monthly="每月末", monthly_stage="deployment"))
    assert [limit.key for limit in lifecycle.limits] == ["monthly"]
    assert lifecycle.possible["deployment"][-2:] == ("close", "cancel")
    assert "advance" not in lifecycle.possible["deployment"]


def test_a_profile_that_says_nothing_of_items_has_none() -> None:
    with pytest.raises(ProfileError, match=r"rectification_item\.post_named is missing"):
        lifecycles.rectification_item(plan())


def test_units_of_an_open_class_join_each_group_that_says_so() -> None:
    groups = [
        {"key": "甲组", "others": True},
        {"key": "乙组", "leads": ("市发改委",), "responsible": ("和平区",), "others": True},
    ]
    lonely = "rectification.groups: '甲组' has neither a lead nor a responsible unit"
    assert problems(plan(groups=groups)) == (lonely,)
    lifecycle = lifecycles.rectification(plan(groups=groups, others=("沈河区", "和平区")))
    draft = drafted(lifecycle, locality="某区")
    assert draft.locality == "某区"
    assert draft.groups == (
        Group("甲组", (), ("沈河区", "和平区")),
        Group("乙组", ("市发改委",), ("和平区", "沈河区")),
    )


# --- every plan -------------------------------------------------------------------------------------------------------

DAYS = st.one_of(st.none(), st.integers(0, 12).map(lambda n: date(2021, 5, 1) + timedelta(days=n)))
Windows = list[tuple[str, date | None, date | None]]
Named = list[tuple[str, list[str], list[str]]]


@st.composite
def in_order(draw: st.DrawFn) -> Windows:
    """Stages that can be: keys of their own, and days that go on or stay."""
    keys = draw(st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, unique=True))
    days = sorted(draw(st.lists(st.integers(0, 9), min_size=2 * len(keys), max_size=2 * len(keys))))
    known = [draw(st.booleans()) for _ in days]
    dates = [date(2021, 5, 1 + day) if told else None for day, told in zip(days, known, strict=True)]
    return [(key, dates[2 * place], dates[2 * place + 1]) for place, key in enumerate(keys)]


UNIT_NAMES = st.lists(st.sampled_from(["甲", "乙", "丙", "甲/乙", " "]), max_size=2)
STAGES = st.one_of(
    in_order(),
    st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", "部署", "drafted", "no id", ""]), DAYS, DAYS), max_size=4),
)
GROUPS = st.one_of(
    st.just([("一", ["甲"], ["甲", "乙"])]),
    st.lists(st.tuples(st.sampled_from(["一", "二", "三", "一/二", ""]), UNIT_NAMES, UNIT_NAMES), max_size=3),
)


def is_possible(
    stages: Windows,
    groups: Named,
    monthly: str | None,
    monthly_stage: str | None,
) -> bool:
    """A check of a plan, day by day and without any of the library."""
    keys = [key for key, _, _ in stages]
    if not keys or len(set(keys)) < len(keys) or set(keys) & {"drafted", "closed", "cancelled", "no id", ""}:
        return False
    known = [day for _, start, end in stages for day in (start, end) if day is not None]
    if known != sorted(known):
        return False
    names = [name for name, _, _ in groups]
    if len(set(names)) < len(names) or set(names) & {"", "一/二"}:
        return False
    for _, leads, others in groups:
        units = leads + others
        if not units or set(units) & {"甲/乙", " "} or len(set(leads)) < len(leads) or len(set(others)) < len(others):
            return False
    return (monthly is None) == (monthly_stage is None) and (monthly_stage is None or monthly_stage in keys)


@example([("a", date(2021, 5, 1), date(2021, 5, 1)), ("b", date(2021, 5, 1), None)], [("一", ["甲"], [])], None, None)
@given(STAGES, GROUPS, st.sampled_from([None, None, "每月末"]), st.sampled_from([None, None, "a", "b", "z"]))
def test_a_plan_is_accepted_exactly_when_a_naive_check_says_so(
    stages: Windows,
    groups: Named,
    monthly: str | None,
    monthly_stage: str | None,
) -> None:
    written = [
        {"key": key, "zh": "阶段", "en": "Stage"}
        | ({} if start is None else {"start": start})
        | ({} if end is None else {"end": end})
        for key, start, end in stages
    ]
    named = [{"key": key, "leads": tuple(leads), "responsible": tuple(others)} for key, leads, others in groups]
    more = {
        name: value for name, value in (("monthly", monthly), ("monthly_stage", monthly_stage)) if value is not None
    }
    profile = plan(written, named, **more)
    if is_possible(stages, groups, monthly, monthly_stage):
        lifecycle = lifecycles.rectification(profile)
        assert [state.key for state in lifecycle.states][1:-2] == [key for key, _, _ in stages]
        assert [group.key for group in drafted(lifecycle).groups] == [key for key, _, _ in groups]
        assert lifecycles.rectification(Profile.from_text(lifecycle.sections)) == lifecycle
    else:
        assert all(problem.startswith("rectification.") for problem in problems(profile))


# --- openings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["drafted", "closed", "cancelled"])
def test_an_item_under_a_campaign_that_does_not_run_is_refused(state: str) -> None:
    desk = Desk()
    if state == "cancelled":
        desk.reach("rectifying")
        desk.act("cancel", {"reason": "并入省级专项"}, at=date(2021, 6, 1))
    else:
        desk.reach(state)
    error = desk.refused(RefusedError, "", "list", item(time_limit=date(2021, 12, 31)), at=date(2021, 12, 2))
    unmet = the_unmet(error, "Z11")
    assert codes(error) == ["Z11"]
    assert unmet.label.en == "a part of a running campaign"
    assert [str(citation) for citation in unmet.citations] == ["ours Z11"]


def test_an_item_under_no_campaign_or_under_another_item_is_refused() -> None:
    desk = Desk()
    desk.reach("rectifying")
    assert "Z11" in codes(desk.refused(RefusedError, "", "list", parent=None))
    assert "Z11" in codes(desk.refused(RefusedError, "", "list", parent=desk.listed()))
    desk.refused(CaseNotFoundError, "", "list", parent="no such case")


def test_an_item_of_an_unknown_group_is_refused_with_the_groups_there_are() -> None:
    desk = Desk()
    desk.reach("rectifying")
    unmet = the_unmet(desk.refused(RefusedError, "", "list", item(group="市法院")), "Z10")
    assert unmet.found == ("市法院; 甲组, 乙组",)


def test_a_part_of_a_campaign_under_another_profile_is_unknown() -> None:
    desk = Desk()
    desk.reach("rectifying")
    before = everything(desk.docket.store)
    for make, content in (
        (lifecycles.rectification_item, item()),
        (lifecycles.rectification, Draft("方案", TWO_GROUPS)),
    ):
        by = LEAD if make is lifecycles.rectification_item else Actor("zhao", "市营商局", "campaign_office")
        with pytest.raises(UnknownError, match="under that case's profile 'shenyang-2021', not 'bayuquan-2018'"):
            desk.docket.open(make(BAYUQUAN), content, by=by, at=date(2021, 6, 1), parent=desk.id)
    assert everything(desk.docket.store) == before
    procedure = lifecycles.rectification_item  # which takes the profile of its parent
    case = desk.docket.open(procedure, item(), by=LEAD, at=date(2021, 6, 1), parent=desk.id)
    assert case.opening.profile == SHENYANG


@pytest.mark.parametrize("groups", [(), (Group("甲组"),), (Group("甲组", others=True),), (*TWO_GROUPS, TWO_GROUPS[0])])
def test_a_draft_with_a_group_nobody_is_in_or_one_that_stands_twice_is_refused(groups: tuple[Group, ...]) -> None:
    assert codes(Desk().refused(RefusedError, "", "draft", Draft("方案", groups))) == ["Z13"]


def test_a_shipped_plan_is_read_back_from_what_is_stored() -> None:
    for key in (SHENYANG, BAYUQUAN):
        for make in (lifecycles.rectification, lifecycles.rectification_item):
            assert make(Profile.from_text(policies.get(key).text())) == make(key)
