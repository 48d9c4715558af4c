"""The made-up procedure on a docket, held against the plain model: every mechanism of a limit, in any order."""

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

import attrs
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from tests.codec.values import EVERYTHING, WITNESSES
from tests.core.roadworks import BOSS, VALUES, Order, Promise, Values, roadworks
from yingshang_flow.compliance import Outcome, audit
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import entering, leaving
from yingshang_flow.core.record import Extended, Paused, Resumed, Revived
from yingshang_flow.deadlines import CalendarDays, china
from yingshang_flow.docket import Docket
from yingshang_flow.lifecycles.procedure import Procedure, procedure
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing.clock import FixedClock
from yingshang_flow.testing.docket_machine import DocketMachine, PlainCase, docket_machine
from yingshang_flow.testing.strategies import FIRST, UNITS

PROCEDURE: Final = procedure("roadworks", Values)(roadworks)


def resting_roadworks(values: Values) -> Lifecycle:
    """Build the procedure so that the first log and the promise stand still while the work rests."""
    lifecycle = roadworks(values)
    limits = [
        attrs.evolve(limit, paused=entering("resting"), resumed=leaving("resting"))
        if limit.key in {"first_log", "promised"}
        else limit
        for limit in lifecycle.limits
    ]
    return attrs.evolve(lifecycle, limits=limits)


RESTING: Final = procedure("roadworks", Values)(resting_roadworks)
HEAD: Final = 'key = "made-up"\nlocality = "某市"\ntitle = "修路"\nvalid_from = 2018-01-01\n'
ENTRY: Final = '\n[roadworks.{}]\nvalue = "{}"\nsource = "ours"\narticle = "roadworks"\nkind = "ours"\n'
DAYS: Final = st.sampled_from([date(2018, 12, 12), date(2018, 12, 28), date(2019, 2, 28)])
# Not at random: what has to be among the changes at the end must not depend on luck.
SOME: Final = settings(max_examples=100, stateful_step_count=25, derandomize=True)
PROMISES: Final = st.builds(Promise, DAYS | st.none(), st.none() | st.just(CalendarDays(9)))


def bound(folder: Path, own: Procedure[Values] = PROCEDURE) -> tuple[Procedure[Values], Lifecycle]:
    """Write a profile and bind the procedure to it, so that a docket can read its cases back."""
    path = folder / "made-up.toml"
    entries = [ENTRY.format(name, cited.value) for name, cited in attrs.asdict(VALUES, recurse=False).items()]
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    return own, own(path)


def driven(folder: Path, of: Procedure[Values] = PROCEDURE) -> type[DocketMachine]:
    """Return the machine that drives it."""
    own, lifecycle = bound(folder, of)
    return docket_machine(
        lifecycle,
        procedures=[own],
        openings={"order": st.just(Order(UNITS[:2], "holes"))},
        contents={"note": EVERYTHING, "complain": WITNESSES, "promise": PROMISES, "defer": PROMISES},
    )


class Audited(DocketMachine):
    """Audits every case at the end of a run, and notes what kinds of changes there were."""

    seen: set[str]

    def teardown(self) -> None:
        for case_id in self.model:
            history = self.docket.history(case_id)
            said = audit(history, self.lifecycle, calendar=china(), now=self.clock())
            assert said.irregular == (), said.irregular
            self.seen.update(type(change).__name__ for record in history for change in record.changes)
            assert said.outcome("L2") is not Outcome.BROKEN
        super().teardown()


def test_the_made_up_procedure_keeps_to_the_model_and_its_audit(tmp_path: Path) -> None:
    seen: set[str] = set()
    machine = type("AuditedMachine", (Audited, driven(tmp_path)), {"seen": seen})
    run_state_machine_as_test(machine, settings=SOME)
    assert {Extended.__name__, Revived.__name__} <= seen


def test_what_stands_still_keeps_to_the_model_and_its_audit(tmp_path: Path) -> None:
    seen: set[str] = set()
    machine = type("AuditedMachine", (Audited, driven(tmp_path, RESTING)), {"seen": seen})
    run_state_machine_as_test(machine, settings=SOME)
    assert {Paused.__name__, Resumed.__name__} <= seen


def test_the_machine_would_notice_a_model_that_knows_no_pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlainCase, "_pause_or_resume", lambda *_: None)
    once = settings(max_examples=300, print_blob=False, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError, match=r"the deadlines are not|a sweep wrote|records"):
        run_state_machine_as_test(driven(tmp_path, RESTING), settings=once)


@pytest.mark.parametrize("name", ["_lengthen", "_bring_back"])
def test_the_machine_would_notice_a_model_that_knows_no_extension_or_no_revival(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def nothing(*_: object) -> None:
        """Change nothing."""

    monkeypatch.setattr(PlainCase, name, nothing)
    once = settings(max_examples=300, print_blob=False, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError, match=r"the deadlines are not|a sweep wrote|records"):
        run_state_machine_as_test(driven(tmp_path), settings=once)


def test_a_docket_verifies_and_reads_back_a_history_with_extensions_and_revivals(tmp_path: Path) -> None:
    own, lifecycle = bound(tmp_path)
    path, clock = tmp_path / "cases.db", FixedClock(FIRST)
    with closing(SQLiteStore(path)) as store:
        docket = Docket(store, lifecycles=[own], clock=clock)
        case = docket.open(lifecycle, Order(("Li",), "holes"), by=BOSS)
        clock.travel_to(date(2018, 12, 25))
        docket.sweep()
        assert [d.status.value for d in docket.load(case.id).deadlines] == ["missed"]
        docket.act(case.id, "postpone", by=BOSS, at=date(2018, 12, 12))
        assert [d.status.value for d in docket.load(case.id).deadlines] == ["open"]
        docket.act(case.id, "start", by=BOSS)
        docket.act(case.id, "promise", Promise(date(2019, 1, 4)), by=BOSS)
        docket.act(case.id, "keep", by=BOSS)
        docket.act(case.id, "retract", by=BOSS)
        clock.travel_to(date(2019, 1, 5))
        docket.sweep()
    with closing(SQLiteStore(path)) as store:
        again = Docket(store, lifecycles=[own], clock=clock)
        assert again.verify(case.id) == 8
        changes = [change for record in again.history(case.id) for change in record.changes]
        assert {type(change) for change in changes} >= {Extended, Revived}
        (promised,) = again.load(case.id).owed("promised")
        assert (promised.due, promised.status.value) == (date(2019, 1, 4), "missed")
