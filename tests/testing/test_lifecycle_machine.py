"""The machine for users: three lines drive a procedure of one's own, and what is wrong with a docket is found."""

import subprocess
import sys
from typing import ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycles.rectifying import campaign_above
from tests.testing.permits import PERMIT, permit
from yingshang_flow import lifecycles
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.testing import LifecycleMachine, docket_machine, lifecycle_test

FEW = settings(max_examples=4, stateful_step_count=8)

TestPermits = lifecycle_test(PERMIT, procedures=[permit])
TestPermits.settings = FEW  # type: ignore[attr-defined]  # Hypothesis reads it off the class

TestInterviews = lifecycle_test(lifecycles.interview("dalian-2018"))
TestInterviews.settings = FEW  # type: ignore[attr-defined]

TestItems = lifecycle_test(lifecycles.rectification_item("shenyang-2021"), above=campaign_above("shenyang-2021"))
TestItems.settings = FEW  # type: ignore[attr-defined]


def test_acts_are_found_without_a_strategy_for_their_content() -> None:
    reached: set[str] = set()

    class Watching(LifecycleMachine):
        lifecycle: ClassVar[Lifecycle] = lifecycles.interview("dalian-2018")

        def _check(self, case_id: str) -> None:
            super()._check(case_id)
            reached.add(self.docket.load(case_id).state)

    run_state_machine_as_test(Watching, settings=settings(FEW, max_examples=6, database=None, derandomize=True))
    assert len(reached) > 4


def test_a_guard_that_is_passed_over_is_found() -> None:
    class Forgetful(LifecycleMachine):
        """Is judged by a definition that asks for more than the docket does."""

        lifecycle: ClassVar[Lifecycle] = PERMIT
        procedures = (permit,)

        def _check(self, case_id: str) -> None:
            object.__setattr__(self, "_asked", frozenset({duty.label for duty in PERMIT.duties}))
            super()._check(case_id)

    with pytest.raises(AssertionError, match="a guard was passed over"):
        run_state_machine_as_test(Forgetful, settings=settings(max_examples=40, database=None, phases=[Phase.generate]))


def test_the_machine_is_made_of_any_kind() -> None:
    made = docket_machine(PERMIT, procedures=[permit], kind=LifecycleMachine)
    assert issubclass(made, LifecycleMachine)
    assert made.lifecycle is PERMIT


def test_a_public_name_is_not_hidden_by_the_module_of_the_same_name() -> None:
    code = (
        "import yingshang_flow.testing.lifecycle_machine, yingshang_flow.testing.histories\n"
        "from yingshang_flow.testing import docket_machine, histories\n"
        "assert callable(docket_machine) and callable(histories)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
