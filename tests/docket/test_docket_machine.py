"""The docket machine: every shipped lifecycle under every profile, on both stores, and what it catches."""

import re
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import attrs
import pytest
from hypothesis import Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycles.shipped import SHIPPED_PAIRS, machine
from yingshang_flow import lifecycles
from yingshang_flow.codec import read
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import (
    MONTH_END,
    CalendarDays,
    DueRules,
    FixedDate,
    Months,
    Period,
    WorkingDays,
    china,
)
from yingshang_flow.errors import StoreError
from yingshang_flow.lifecycles.interview import Statement
from yingshang_flow.ports import CaseRow, Commit, Store
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.testing.docket_machine import DocketMachine, naive_due
from yingshang_flow.testing.strategies import content_of

EVERY_DEADLINE: Final = re.compile(r'"deadlines":\[.*?\](?=,"entered")')
SOME = settings(max_examples=25, stateful_step_count=30)
FEW = settings(max_examples=6, stateful_step_count=20)
NO_SHRINKING = settings(max_examples=100, print_blob=False, phases=[Phase.generate], report_multiple_bugs=False)


def on_sqlite(lifecycle: Lifecycle) -> type[DocketMachine]:
    class OnSQLite(machine(lifecycle)):  # type: ignore[misc]  # a base made at run time
        """Reads every case back through a second connection to the same file."""

        def new_store(self) -> Store:
            self.folder = TemporaryDirectory()
            self.path = Path(self.folder.name) / "cases.db"
            return SQLiteStore(self.path)

        def reopened(self) -> Store:
            return SQLiteStore(self.path)

        def teardown(self) -> None:
            super().teardown()
            self.folder.cleanup()

    return OnSQLite


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_a_shipped_lifecycle_keeps_to_the_model_in_memory(key: str, profile: str) -> None:
    run_state_machine_as_test(machine(lifecycles.SHIPPED[key](profile)), settings=SOME)


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_a_shipped_lifecycle_keeps_to_the_model_on_sqlite(key: str, profile: str) -> None:
    run_state_machine_as_test(on_sqlite(lifecycles.SHIPPED[key](profile)), settings=FEW)


class Forgetful(MemoryStore):
    """Loses what a case owes."""

    def load(self, case: str) -> CaseRow | None:
        row = super().load(case)
        return None if row is None else attrs.evolve(row, text=EVERY_DEADLINE.sub('"deadlines":[]', row.text))


class Leaky(MemoryStore):
    """Keeps a commit that it then says it did not keep."""

    def commit(self, commit: Commit) -> None:
        super().commit(commit)
        if commit.record.revision > 1:
            raise StoreError("not kept")


@pytest.mark.parametrize(
    ("store", "said"),
    [(Forgetful, "the deadlines are not"), (Leaky, "a refusal changed something")],
)
def test_the_machine_catches_a_store_that_breaks_its_word(store: type[MemoryStore], said: str) -> None:
    lifecycle = lifecycles.interview("dalian-2018")
    broken = machine(lifecycle, store)
    with pytest.raises((AssertionError, ExceptionGroup)) as caught:
        run_state_machine_as_test(broken, settings=NO_SHRINKING)
    assert said in str(caught.value) or any(said in str(one) for one in getattr(caught.value, "exceptions", ()))


def test_the_machine_catches_a_lifecycle_that_is_not_the_one_that_runs() -> None:
    lifecycle = lifecycles.interview("dalian-2018")
    rows = [attrs.evolve(row, to="cancelled") if row.trigger == "cancel" else row for row in lifecycle.transitions]
    twisted = [attrs.evolve(row, to="declined") if row.trigger == "cancel" else row for row in rows]

    class Twisted(machine(lifecycle)):  # type: ignore[misc]  # a base made at run time
        def __init__(self) -> None:
            super().__init__()
            self.lifecycle = attrs.evolve(lifecycle, transitions=twisted)
            self.docket._cases.take(lifecycle)

        def _open(self, data: Any) -> None:  # noqa: ANN401 - Hypothesis' data
            own, self.lifecycle = self.lifecycle, lifecycle
            super()._open(data)
            self.lifecycle = own
            for case in self.model.values():
                case.lifecycle = own

    with pytest.raises((AssertionError, ExceptionGroup), match="led"):
        run_state_machine_as_test(Twisted, settings=NO_SHRINKING)


@attrs.frozen
class Everything:
    """One field of every kind that content can have."""

    number: int
    flag: bool
    day: date
    time: datetime
    choice: Literal["a", "b"]
    texts: tuple[str, ...]
    periods: tuple[Period, ...]
    period: Period
    secret: Confidential[str]
    perhaps: Statement | None
    entries: tuple[Statement, ...]
    numbers: tuple[int, ...]


@given(content_of(Everything, units=("甲", "乙")))
def test_content_is_built_from_type_hints_and_can_be_read_strictly(content: Everything) -> None:
    assert read(Everything, content, "x") == content
    assert {entry.unit for entry in content.entries} <= {"甲", "乙"}


@pytest.mark.parametrize(
    ("period", "times", "end"),
    [
        (WorkingDays(7), 1, date(2018, 12, 29)),
        (WorkingDays(7), 2, date(2019, 1, 10)),
        (CalendarDays(10), 1, date(2019, 1, 2)),
        (CalendarDays(10), 2, date(2019, 1, 9)),
        (Months(1), 2, date(2019, 2, 20)),
        (FixedDate(date(2019, 1, 1)), 1, date(2019, 1, 1)),
        (MONTH_END, 3, date(2019, 2, 28)),
    ],
)
@pytest.mark.parametrize("rules", [DueRules(), DueRules(past_horizon="refuse")])
def test_the_models_own_count_agrees_with_the_librarys(period: Period, times: int, end: date, rules: DueRules) -> None:
    assert naive_due(period, date(2018, 12, 20), times, china(), rules) == end
