"""Every shipped procedure under every shipped profile: nothing is found, nothing lacks its name or its home."""

import re
from datetime import datetime
from functools import cache
from typing import Any

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.lifecycles.rectifying import ONE_GROUP, Desk
from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles
from yingshang_flow.codec import content_problems
from yingshang_flow.core.analysis import homes, problems
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import Act, decide
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.requirement import Related
from yingshang_flow.deadlines import CHINA_TIME, china
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles.roles import ROLES
from yingshang_flow.policies import Profile
from yingshang_flow.testing import actors, content_of, histories
from yingshang_flow.words import Label, RuleKind

bound = pytest.mark.parametrize(
    "lifecycle",
    [lifecycles.SHIPPED[key](profile) for key, profile in SHIPPED_PAIRS],
    ids=[f"{key}-{profile}" for key, profile in SHIPPED_PAIRS],
)


def test_the_interview_is_shipped_with_both_profiles() -> None:
    assert {("interview", "dalian-2018"), ("interview", "liaoning-2020")} <= set(SHIPPED_PAIRS)


@bound
def test_static_analysis_finds_nothing(lifecycle: Lifecycle) -> None:
    assert list(problems(lifecycle)) == []
    for trigger in lifecycle.triggers:
        assert trigger.content is None or content_problems(trigger.content) == ()


@bound
def test_every_rule_has_a_home_unless_it_is_a_property(lifecycle: Lifecycle) -> None:
    built = homes(lifecycle)
    for rule in lifecycle.rules:
        assert rule.citations
        assert rule.id in built or rule.kinds == (RuleKind.PROPERTY,)
    assert set(built) <= {rule.id for rule in lifecycle.rules}


def labels(lifecycle: Lifecycle) -> list[Label]:
    needed = [need.label for row in lifecycle.transitions for need in (*row.needs, *row.when)]
    parts: list[Any] = [*lifecycle.states, *lifecycle.triggers, *lifecycle.limits, *lifecycle.duties, *lifecycle.rules]
    return [
        lifecycle.title,
        *(part.label for part in parts),
        *needed,
        *(role.label for role in lifecycle.roles.values()),
    ]


@bound
def test_everything_has_a_chinese_and_an_english_name(lifecycle: Lifecycle) -> None:
    for label in labels(lifecycle):
        assert re.search("[\u4e00-\u9fff]", label.zh), label
        assert label.en.strip(), label
        assert not re.search("[\u4e00-\u9fff]", label.en), label


@bound
def test_keys_are_plain_words(lifecycle: Lifecycle) -> None:
    parts: list[Any] = [*lifecycle.states, *lifecycle.triggers, *lifecycle.limits, *lifecycle.grounds]
    keys = [part.key for part in parts]
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", key) for key in keys)
    assert set(lifecycle.roles) <= set(ROLES)


@bound
def test_it_is_rebuilt_from_its_stored_text_with_the_same_fingerprint(lifecycle: Lifecycle) -> None:
    again = lifecycles.SHIPPED[lifecycle.key](Profile.from_text(lifecycle.sections))
    assert again == lifecycle
    assert fingerprint(again) == fingerprint(lifecycle)


@bound
@settings(max_examples=20)
@given(data=st.data())
def test_no_path_lets_the_wrong_role_through(lifecycle: Lifecycle, data: st.DataObject) -> None:
    above = Related(parent=campaign(lifecycle.profile) if lifecycle.key == "rectification_item" else None)
    case = data.draw(histories(lifecycle, parent=above.parent)).case
    assume(lifecycle.possible[case.state])
    trigger = data.draw(st.sampled_from(lifecycle.possible[case.state]))
    allowed = {role.key for row in lifecycle.rows[case.state, trigger] for role in row.by}
    actor = data.draw(actors(lifecycle, case=case))
    assume(actor.role not in allowed)
    content = lifecycle.by_trigger[trigger].content
    said = None if content is None else data.draw(content_of(content))
    now = datetime(2035, 1, 1, tzinfo=CHINA_TIME)
    act = Act(trigger, said, actor, Moment.of(now))
    with pytest.raises(RefusedError) as caught:
        decide(lifecycle, case, act, now=now, calendar=china(), related=above)
    assert {unmet.code for unmet in caught.value.unmet} & {"role", "branch"}


@cache
def campaign(profile: str) -> Case:
    """The campaign that an item is a part of."""
    desk = Desk(profile, groups=ONE_GROUP)
    return attrs.evolve(desk.reach(desk.stages[0]), id="campaign")


@bound
def test_every_value_of_its_profile_is_cited(lifecycle: Lifecycle) -> None:
    for name in type(lifecycle.values).__attrs_attrs__:
        value = getattr(lifecycle.values, name.name)
        assert value is None or value.citation.source.title.zh
