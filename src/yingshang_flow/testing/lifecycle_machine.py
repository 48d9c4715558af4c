"""The docket machine for users: it finds acts that a lifecycle lets through, and audits every step it has made."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar
from unittest import TestCase

from hypothesis import strategies as st

from yingshang_flow.compliance import audit
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import Option
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Opening
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError, YingshangFlowError
from yingshang_flow.lifecycles import Procedure
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.docket_machine import DocketMachine, PlainCase, docket_machine, expect
from yingshang_flow.testing.histories import Drawn
from yingshang_flow.testing.saying import MADE_UP_UNITS
from yingshang_flow.testing.walking import Scene, Standing, Walk
from yingshang_flow.words import Label

T = TypeVar("T")


class LifecycleMachine(DocketMachine):
    """Drives one lifecycle, which it needs nothing else for; subclass it, or let ``lifecycle_test`` do so.

    Besides what ``DocketMachine`` looks at, after every step: the audit finds nothing irregular and no guard passed
    over, refusals under a rule cite it, the store's index of deadlines is that of the case, and the state is one that
    the table leads to.
    """

    def _check(self, case_id: str) -> None:
        super()._check(case_id)
        case = self.docket.load(case_id)
        linked = {} if self.parent is None else {self.parent: self.docket.load(self.parent)}
        said = audit(
            self.docket.history(case_id),
            self.lifecycle,
            calendar=self.docket.calendar,
            now=self.clock(),
            linked=linked,
        )
        expect(not said.irregular, "the audit finds it irregular", [finding.text("en") for finding in said.irregular])
        passed = [finding.text("en") for finding in said.findings if finding.label in self._asked]
        expect(not passed, "the audit finds that a guard was passed over", passed)
        rows = {(row.limit, row.obligor, row.number, row.due, row.status) for row in self.store.deadlines(case_id)}
        kept = {(d.limit, d.obligor, d.number, d.due.isoformat(), d.status.value) for d in case.deadlines}
        expect(rows == kept, f"the index of deadlines is not {sorted(kept)}", sorted(rows))
        expect(case.state in self._reachable, "the table does not lead to this state", case.state)

    def _refused(self, model: PlainCase, trigger: str, actor: Actor, option: Option, error: YingshangFlowError) -> None:
        super()._refused(model, trigger, actor, option, error)
        if isinstance(error, RefusedError):
            rules = {rule.id for rule in self.lifecycle.rules}
            uncited = [unmet for unmet in error.unmet if unmet.code in rules and not unmet.citations]
            expect(not uncited, "a refusal under a rule does not cite it", uncited)

    def _fitting(self, data: st.DataObject, case: Case | None, triggers: Sequence[str]) -> tuple[str, Actor, object]:
        """Search for an act that is let through; where there is none, or content is given, do as the docket machine."""
        trigger = data.draw(st.sampled_from(triggers))
        given = self.openings if case is None else self.contents
        if trigger not in given:
            record = self._walk(data, case).fitting(trigger)
            if record is not None and record.actor is not None:
                return trigger, record.actor, record.content
        return super()._fitting(data, case, (trigger,))

    def _walk(self, data: st.DataObject, case: Case | None) -> Walk:
        lifecycle = self.lifecycle
        opening = Opening(lifecycle.key, lifecycle.version, lifecycle.profile, "", self.parent)
        parent = None if self.parent is None else self.docket.load(self.parent)
        scene = Scene(lifecycle, self.docket.calendar, self.clock().date(), MADE_UP_UNITS, opening, parent)
        walk = Walk(scene, Drawn(data.draw), (), lifecycle)
        walk.at = Standing(case, (), self.clock())
        return walk

    @cached_property
    def _asked(self) -> frozenset[Label]:
        """What guards ask for, in their words, without what a duty calls the same."""
        guards = {need.label for row in self.lifecycle.transitions for need in row.needs}
        return frozenset(guards - {duty.label for duty in self.lifecycle.duties})

    @cached_property
    def _reachable(self) -> frozenset[str]:
        found, size = {row.to for row in self.lifecycle.transitions if not row.sources}, 0
        while len(found) > size:
            size = len(found)
            found |= {row.to for row in self.lifecycle.transitions if row.to and not found.isdisjoint(row.sources)}
        return frozenset(state for state in found if state is not None)


def lifecycle_test(
    lifecycle: Lifecycle,
    *,
    procedures: Sequence[Procedure[Any]] | None = None,
    store: Callable[[], Store] = MemoryStore,
    openings: Mapping[str, st.SearchStrategy[Any]] | None = None,
    contents: Mapping[str, st.SearchStrategy[Any]] | None = None,
    above: Callable[[Docket], str] | None = None,
) -> type[TestCase]:
    """Make a test that drives a lifecycle through a docket; assign it to a name that pytest or unittest collects.

    Args:
        lifecycle: What is driven.
        procedures: What the docket can run; the shipped procedures unless given.
        store: Gives an empty store.
        openings: Strategies for content that opens a case, by trigger, where it is not to be searched for.
        contents: The same for later acts.
        above: Opens what the driven cases are parts of and returns its id; they stand for themselves unless given.
    """
    machine = docket_machine(
        lifecycle,
        procedures=procedures,
        store=store,
        openings=openings,
        contents=contents,
        above=above,
        kind=LifecycleMachine,
    )
    test: type[TestCase] = machine.TestCase
    return test
