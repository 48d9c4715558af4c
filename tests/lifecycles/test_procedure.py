"""Binding a procedure to a profile: by key, by file, as a value, and what is wrong with one."""

from pathlib import Path
from typing import cast

import attrs
import pytest

from tests.docket import digging
from tests.lifecycles.interviewing import VARIANT
from yingshang_flow import lifecycles, policies
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.upcast import Renamed, Rewritten
from yingshang_flow.errors import DefinitionError, ProfileError, UnknownError
from yingshang_flow.lifecycles.interview import InterviewValues, interview
from yingshang_flow.lifecycles.procedure import procedure


def test_a_shipped_profile_is_bound_by_its_key_once() -> None:
    assert interview("dalian-2018") is interview("dalian-2018")
    assert interview("dalian-2018") == interview(policies.get("dalian-2018"))


@pytest.mark.parametrize("as_text", [True, False])
def test_a_profile_of_ones_own_is_bound_from_its_file(tmp_path: Path, *, as_text: bool) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(VARIANT, encoding="utf-8")
    assert interview(str(path) if as_text else path).profile == "later-approval"


def test_an_unknown_profile_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownError, match="no profile 'dalian' is shipped; there are bayuquan-2018, dalian-2018"):
        interview("dalian")


def test_everything_wrong_in_a_profile_is_reported_together_by_file_and_key_path(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    broken = """
[interview.report]
value = "soon"
source = "ours"

[interview.office_rank]
value = "boss"
source = "ours"

[interview.no_such_value]
value = true
source = "ours"
"""
    path.write_text(VARIANT + broken, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        interview(path)
    assert caught.value.subject == str(path)
    assert [problem.split()[0] for problem in caught.value.problems] == [
        "interview.office_rank",
        "interview.report",
        "interview.no_such_value",
    ]


def test_a_lifecycle_that_fails_its_analysis_is_not_given_out() -> None:
    @attrs.frozen
    class Unstorable:
        """Content that cannot be written canonically."""

        share: float

    def build(values: InterviewValues) -> Lifecycle:
        good = interview.build(values)
        plan = attrs.evolve(good.by_trigger["plan"], content=Unstorable)
        return attrs.evolve(good, triggers=[plan, *good.triggers[1:]], states=good.states[:-1])

    broken = procedure("interview", InterviewValues)(build)
    with pytest.raises(DefinitionError) as caught:
        broken("dalian-2018")
    assert "dalian-2018.toml" in caught.value.subject
    assert any("float cannot be written canonically" in problem for problem in caught.value.problems)
    assert any("cancelled" in problem for problem in caught.value.problems)


def test_the_shipped_procedures_stand_under_their_keys() -> None:
    assert all(key == item.key for key, item in lifecycles.SHIPPED.items())
    with pytest.raises(TypeError):
        cast("dict[str, object]", lifecycles.SHIPPED)["other"] = interview


def test_what_is_not_checked_is_bound_all_the_same() -> None:
    assert lifecycles.interview.unchecked("dalian-2018") == lifecycles.interview("dalian-2018")


def test_an_earlier_version_is_built_by_its_own_builder_and_has_its_number() -> None:
    assert [digging.dig.version_of(number)(digging.profile()).version for number in (1, 2)] == [1, 2]
    assert "held" in digging.OLD.by_state
    assert "held" not in digging.NEW.by_state
    assert digging.dig.version_of(2) is digging.dig
    with pytest.raises(UnknownError, match="there is no version 3 of 'dig' here; there are 1, 2"):
        digging.dig.version_of(3)


def test_of_a_procedure_that_says_no_version_there_is_one() -> None:
    assert interview.version_of(1) is interview
    assert interview("dalian-2018").version == 1


def test_an_earlier_version_may_have_values_of_its_own() -> None:
    old = procedure("dig", digging.Values)(digging.dig_1)
    made = procedure("dig", digging.Values, version=5, earlier={4: old})(digging.dig.build)
    assert made.version_of(4)(digging.profile()).version == 4
    assert fingerprint(made.version_of(4)(digging.profile())) != fingerprint(digging.OLD)


def test_earlier_versions_that_are_none_are_told_together() -> None:
    with pytest.raises(DefinitionError) as caught:
        procedure("dig", digging.Values, version=2, earlier={2: digging.dig_1, 3: interview})
    assert caught.value.problems == (
        "version 2 is not before version 2",
        "version 3 is not before version 2",
        "version 3 is of 'interview'",
    )


def test_upcasts_that_lead_nowhere_are_told_together() -> None:
    upcasts = (
        Renamed("state", 2, "a", "asked"),
        Renamed("state", 1, "held", "nowhere"),
        Renamed("trigger", 1, "settle", "nothing"),
        Renamed("field", 1, "reason", "aim", trigger="ask"),
        Renamed("field", 1, "reason", "aim", trigger="close"),
        Renamed("field", 1, "reason", "aim"),
        Rewritten("inquire", 1, dict),
        Renamed("field", 0, "reason", "aim", trigger="inquire"),
        Renamed("limit", 1, "answer", "reply"),  # type: ignore[arg-type]  # what is refused
    )
    with pytest.raises(DefinitionError) as caught:
        digging.other(lambda lifecycle: attrs.evolve(lifecycle, upcasts=upcasts))(digging.profile())
    assert caught.value.problems == (
        "upcasts: Renamed(state 'a' → 'asked') is of version 2, which is none before version 2",
        "upcasts: Renamed(state 'held' → 'nowhere') leads to 'nowhere', which is no state here",
        "upcasts: Renamed(trigger 'settle' → 'nothing') leads to 'nothing', which is no trigger here",
        "upcasts: Renamed(field 'reason' → 'aim') leads to 'aim', which is no field that 'ask' has here",
        "upcasts: Renamed(field 'reason' → 'aim') leads to 'aim', which is no field that 'close' has here",
        "upcasts: Renamed(field 'reason' → 'aim') leads to 'aim', which is no field that '' has here",
        "upcasts: Rewritten('inquire') is of 'inquire', which is no trigger here",
        "upcasts: Renamed(field 'reason' → 'aim') is of version 0, which is none before version 2",
        (
            "upcasts: Renamed(limit 'answer' → 'reply') is of a limit, which is never renamed, only a state, trigger "
            "or field; a limit keeps its key, by which its deadlines are known, and gets another label"
        ),
    )
