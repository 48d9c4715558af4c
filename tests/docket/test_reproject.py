"""``docket.reproject``: a new notice moves what runs, a record a case, each date once, and nothing on a dry run."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.docket import reprojecting
from tests.docket.racing import Racing
from tests.docket.reprojecting import MADE_UP, NOTICE, TODAY
from tests.lifecycles.complaining import BODY, COMPLAINANT, REASON, receipt
from yingshang_flow import Docket, codec, lifecycles
from yingshang_flow.compliance import audit
from yingshang_flow.core.case import Case
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Kind, Moved
from yingshang_flow.deadlines import Notice, WorkingCalendar, china
from yingshang_flow.errors import CalendarHorizonError, CodecError, StoreUnavailableError, SweepError, UnknownError
from yingshang_flow.operations.reproject import Progress
from yingshang_flow.ports import CaseRow, Commit, Query, Store
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.testing import FixedClock
from yingshang_flow.testing.docket_machine import rows_of

ROOT = Path(__file__).parents[2]
COMPLAINT = lifecycles.complaint("bayuquan-2018")


def opened(store: Store, cases: int = 1, *, lifecycle: Lifecycle = COMPLAINT) -> Docket:
    """A docket with complaints received shortly before a year whose notice is not there yet."""
    docket = Docket(store, clock=FixedClock(TODAY))
    for _ in range(cases):
        docket.open(lifecycle, receipt(), by=BODY, trigger="receive")
    return docket


@pytest.fixture(scope="module")
def calendar() -> WorkingCalendar:
    return china(notices=[NOTICE])


def dates(docket: Docket) -> list[tuple[str, str, bool]]:
    return [(d.limit, str(d.due), d.provisional) for case in docket.find() for d in case.deadlines]


# --- what moves -------------------------------------------------------------------------------------------------------

DAYS = st.dates(date(2026, 12, 29), date(2027, 3, 31))


@st.composite
def orders(draw: Callable[[st.SearchStrategy[date]], date]) -> Notice:
    """An order of some place that closes a working day or two."""
    days = {draw(DAYS.filter(china().is_working)) for _ in range(2)}
    return Notice("made-up-order", MADE_UP, dict.fromkeys(days, MADE_UP), scope="编造区")


@given(st.lists(st.integers(0, 60), min_size=1, max_size=4), orders())
def test_every_running_date_is_the_one_that_the_calendar_counts_and_the_old_calendar_leads_back(
    ago: list[int], order: Notice
) -> None:
    docket = Docket(MemoryStore(), clock=FixedClock(TODAY))
    for days in ago:
        docket.open(COMPLAINT, receipt(), by=BODY, trigger="receive", at=TODAY - timedelta(days))
    before = {case.id: case.deadlines for case in docket.find()}
    wanted = china(notices=[order])
    moved = docket.reproject(wanted)
    changed = 0
    for case in docket.find():
        for old, now in zip(before[case.id], case.deadlines, strict=True):
            found = COMPLAINT.by_limit[now.limit].of(now, wanted)
            assert (now.due, now.provisional) == (found.date, found.provisional)
            changed += old.due != now.due
        assert docket.verify(case.id) == case.revision
    assert moved == changed
    assert docket.reproject(wanted) == 0
    assert docket.reproject(china()) == moved
    by_the_old_one = {case.id: case.deadlines for case in docket.find()}
    assert by_the_old_one == before


def test_a_dry_run_tells_and_changes_nothing_and_the_real_one_does_what_it_told(
    store: Store, calendar: WorkingCalendar
) -> None:
    docket = opened(store, 3)
    told: list[tuple[str, Moved]] = []
    done: list[tuple[str, Moved]] = []
    before = rows_of(docket.store)
    assert docket.reproject(calendar, dry_run=True, each=lambda *moved: told.append(moved)) == 6
    assert rows_of(docket.store) == before
    assert docket.reproject(calendar, each=lambda *moved: done.append(moved)) == 6
    assert told == done
    assert docket.reproject(calendar) == 0
    assert dates(docket) == [("answer", "2027-01-06", False), ("conclusion", "2027-02-10", False)] * 3
    assert {moved.old for _, moved in done if moved.limit == "answer"} == {date(2027, 1, 5)}
    assert all(moved.notice.endswith("made-up-2027") for _, moved in done)


def test_a_record_a_case_verified_and_audited(calendar: WorkingCalendar) -> None:
    docket = opened(MemoryStore())
    docket.reproject(calendar)
    (case,) = docket.find()
    history = docket.history(case.id)
    assert [record.kind for record in history] == [Kind.ACT, Kind.REPROJECTION]
    assert docket.verify(case.id) == 2
    lifecycle = docket.lifecycle(case.id)
    assert audit(history, lifecycle, calendar=calendar).irregular == ()
    assert audit(history, lifecycle, calendar=china()).irregular == ()  # of another calendar nothing is told
    first, *others = history[1].changes
    assert isinstance(first, Moved)
    forged = attrs.evolve(history[1], changes=(attrs.evolve(first, due=date(2027, 1, 7)), *others))
    assert [found.code for found in audit([history[0], forged], lifecycle, calendar=calendar).irregular] == [
        "deadlines"
    ]


def test_each_case_of_many_pages_comes_once_in_order_of_its_id(
    store: Store, calendar: WorkingCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yingshang_flow.operations.pages._PAGE", 3)
    docket = opened(store, 10)
    ids = [case.id for case in docket.find()]
    for dry_run in (True, False):
        told: list[str] = []
        assert docket.reproject(calendar, dry_run=dry_run, each=lambda case, _, told=told: told.append(case)) == 20  # type: ignore[misc]
        assert told == [case for case in ids for _ in range(2)]
    assert {case.revision for case in docket.find()} == {2}


def test_a_case_that_has_ended_is_moved_while_a_limit_outlives_it(store: Store, calendar: WorkingCalendar) -> None:
    lasting = attrs.evolve(COMPLAINT, limits=[attrs.evolve(limit, outlives=True) for limit in COMPLAINT.limits])
    for lifecycle in (lasting, COMPLAINT):
        docket = opened(store, lifecycle=lifecycle)
        (case,) = docket.find(final=False)
        assert docket.act(case.id, "withdraw", REASON, by=COMPLAINANT).state == "withdrawn"
    docket = opened(store, lifecycle=lasting)
    assert docket.reproject(calendar) == 4
    revisions = {(case.state, case.opening.fingerprint): case.revision for case in docket.find()}
    assert sorted(revisions.values()) == [2, 2, 3]


def test_it_is_durable_and_counts_acts_afterwards_by_the_dockets_own_calendar(
    tmp_path: Path, calendar: WorkingCalendar
) -> None:
    with closing(SQLiteStore(tmp_path / "cases.db")) as store:
        opened(store).reproject(calendar)
    with closing(SQLiteStore(tmp_path / "cases.db")) as store:
        docket = Docket(store, clock=FixedClock(date(2027, 1, 7)), calendar=calendar)
        assert docket.reproject() == 0  # its own calendar is what it was counted by
        assert docket.sweep() == 1
        (case,) = docket.find()
        assert [d.status.value for d in case.deadlines] == ["missed", "open"]
        assert "2027-01-05" in str(docket.explain(case.id, case.deadlines[0]))


def test_what_is_kept_is_the_snapshot_that_an_act_would_keep(store: Store, calendar: WorkingCalendar) -> None:
    docket = opened(store)
    docket.reproject(calendar)
    (case,) = docket.find()
    row = store.load(case.id)
    assert row is not None
    assert row.text == codec.case_text(case)
    assert docket.act(case.id, "accept", by=BODY).revision == 3
    assert docket.verify(case.id) == 3


class Illegible(MemoryStore):
    """Shows what was said in acts as no definition can read it."""

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        rows = super().find(query)
        return tuple(attrs.evolve(row, text=row.text.replace('"category":"delay"', '"category":"x"')) for row in rows)


def test_what_was_said_in_acts_is_not_read(calendar: WorkingCalendar) -> None:
    docket = opened(Illegible())
    restarted = Docket(docket.store, clock=FixedClock(TODAY))
    with pytest.raises(CodecError, match="category"):
        list(restarted.find())
    assert restarted.reproject(calendar) == 2


class Counting(MemoryStore):
    """Counts what is read case by case."""

    loaded = 0

    def load(self, case: str) -> CaseRow | None:
        self.loaded += 1
        return super().load(case)


def test_no_case_is_read_on_its_own(calendar: WorkingCalendar) -> None:
    store = Counting()
    docket = opened(store, 5)
    docket.reproject(china())
    docket.reproject(calendar)
    assert store.loaded == 0


# --- progress ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dry_run", [True, False])
def test_progress_is_told_after_each_case(
    store: Store,
    calendar: WorkingCalendar,
    monkeypatch: pytest.MonkeyPatch,
    dry_run: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr("yingshang_flow.operations.pages._PAGE", 4)
    docket = opened(store, 3)
    told: list[Progress] = []
    docket.reproject(calendar, dry_run=dry_run, progress=told.append)
    assert told == [Progress(6, deadlines=2 * n, moved=2 * n, cases=n, failures=0) for n in (1, 2, 3)]


def test_progress_counts_what_runs_and_not_what_was_missed_or_met(calendar: WorkingCalendar) -> None:
    docket = Docket(MemoryStore(), clock=FixedClock(TODAY))
    docket.open(COMPLAINT, receipt(), by=BODY, trigger="receive", at=date(2026, 11, 25))
    docket.sweep()
    told: list[Progress] = []
    assert docket.reproject(calendar, progress=told.append) == 1
    assert told == [Progress(1, deadlines=1, moved=1, cases=1, failures=0)]


def test_a_case_that_cannot_be_read_is_told_as_a_failure(calendar: WorkingCalendar) -> None:
    store = Broken()
    docket = opened(store, 3)
    store.broken = list(docket.find())[1].id
    told: list[Progress] = []
    with pytest.raises(SweepError):
        docket.reproject(calendar, progress=told.append)
    assert told == [Progress(6, 2, 2, 1, 0), Progress(6, 2, 2, 2, 1), Progress(6, 4, 4, 3, 1)]


def test_nothing_to_count_is_no_progress(calendar: WorkingCalendar) -> None:
    told: list[Progress] = []
    assert Docket(MemoryStore(), clock=FixedClock(TODAY)).reproject(calendar, progress=told.append) == 0
    assert told == []


# --- several at a time, and interrupted -------------------------------------------------------------------------------


def test_an_act_since_then_conflicts_and_a_reprojection_does_not(calendar: WorkingCalendar) -> None:
    docket = opened(MemoryStore())
    (case,) = docket.find()
    docket.reproject(calendar)
    assert docket.act(case.id, "accept", by=BODY, expected_revision=1).revision == 3


def test_a_lost_race_is_tried_again(calendar: WorkingCalendar) -> None:
    store = Racing()
    docket = opened(store)
    (case,) = docket.find()
    other = Docket(store, clock=FixedClock(TODAY))
    store.ahead = [lambda: other.act(case.id, "accept", by=BODY)]
    assert docket.reproject(calendar) == 2
    assert [record.kind for record in docket.history(case.id)] == [Kind.ACT, Kind.ACT, Kind.REPROJECTION]


def test_a_reprojection_that_lost_its_race_to_another_one_finds_nothing_left(calendar: WorkingCalendar) -> None:
    store = Racing()
    docket = opened(store)
    other = Docket(store, clock=FixedClock(TODAY))
    store.ahead = [lambda: other.reproject(calendar)]
    told: list[tuple[str, Moved]] = []
    assert docket.reproject(calendar, each=lambda *moved: told.append(moved)) == 0
    assert told == []
    (case,) = docket.find()
    assert [record.kind for record in docket.history(case.id)] == [Kind.ACT, Kind.REPROJECTION]


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Docket]:
    """Forty cases in a file, for other processes to work on."""
    with closing(SQLiteStore(tmp_path / "cases.db")) as store:
        yield opened(store, 40)


def worker(path: Path, *, pause: float = 0) -> subprocess.Popen[bytes]:
    """A process that will reproject a store, once it is ready and told to begin."""
    command = [sys.executable, "-m", reprojecting.__name__, str(path / "cases.db"), str(pause)]
    started = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert line_of(started) == "ready"
    return started


def line_of(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().strip()


def begin(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"begin\n")
    process.stdin.flush()


def reprojections(docket: Docket, case: Case) -> int:
    return sum(record.kind is Kind.REPROJECTION for record in docket.history(case.id))


def test_killed_in_the_middle_and_run_again_it_moves_each_deadline_once(many: Docket, tmp_path: Path) -> None:
    told: list[str] = []
    for after in (1, 7, 12):
        with worker(tmp_path, pause=0.02) as process:
            begin(process)
            told += [line_of(process) for _ in range(after)]
            process.kill()
            told += [line.decode().strip() for line in process.stdout or ()]
        assert 0 < sum(reprojections(many, case) for case in many.find()) < 40
    kept = sum(2 * reprojections(many, case) for case in many.find())
    with worker(tmp_path) as process:
        begin(process)
        *rest, last = [line.decode().strip() for line in process.stdout or ()]
        assert process.wait() == 0
    assert last == f"moved {80 - kept}"
    assert len({*told, *rest}) == len([*told, *rest])  # nothing was told twice
    assert kept - 2 * 3 <= len(told) <= kept  # what was kept in the moment of a kill was not told any more
    for case in many.find():
        assert reprojections(many, case) == 1
        assert many.verify(case.id) == 2
        assert [(d.limit, str(d.due)) for d in case.deadlines] == [
            ("answer", "2027-01-06"),
            ("conclusion", "2027-02-10"),
        ]


def test_two_workers_at_a_time_move_each_deadline_once(many: Docket, tmp_path: Path) -> None:
    with worker(tmp_path) as one, worker(tmp_path) as other:
        begin(one)
        begin(other)
        told = [line.decode().strip() for process in (one, other) for line in process.stdout or ()]
        assert (one.wait(), other.wait()) == (0, 0)
    totals = [int(line.removeprefix("moved ")) for line in told if line.startswith("moved ")]
    moved = [line for line in told if not line.startswith("moved ")]
    assert sum(totals) == len(moved) == len(set(moved)) == 80
    assert {reprojections(many, case) for case in many.find()} == {1}
    assert {many.verify(case.id) for case in many.find()} == {2}


# --- what goes wrong --------------------------------------------------------------------------------------------------


class Broken(MemoryStore):
    """Cannot show one case."""

    broken = ""

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        rows = super().find(query)
        return tuple(attrs.evolve(row, text="{}") if row.case == self.broken else row for row in rows)


def test_a_case_that_cannot_be_read_is_named_once_and_the_others_are_moved(calendar: WorkingCalendar) -> None:
    store = Broken()
    docket = opened(store, 2)
    store.broken = next(iter(docket.find())).id
    restarted = Docket(store, clock=FixedClock(TODAY))
    with pytest.raises(SweepError, match=f"2 deadlines would move, but.*{store.broken}"):
        restarted.reproject(calendar, dry_run=True)
    with pytest.raises(SweepError, match=f"2 deadlines were moved, but.*{store.broken}") as caught:
        restarted.reproject(calendar)
    assert len(caught.value.problems) == 1


def test_a_store_that_fails_is_not_passed_over(calendar: WorkingCalendar) -> None:
    class Gone(MemoryStore):
        """Is not there when it matters."""

        def commit(self, commit: Commit) -> None:
            if commit.record.kind == "reprojection":
                raise StoreUnavailableError("gone")
            super().commit(commit)

    with pytest.raises(StoreUnavailableError, match="gone"):
        opened(Gone()).reproject(calendar)


def test_a_caller_that_fails_ends_it_and_what_was_moved_stays(calendar: WorkingCalendar) -> None:
    docket = opened(MemoryStore(), 3)

    def each(case: str, _: Moved) -> None:
        raise KeyboardInterrupt(case)

    with pytest.raises(KeyboardInterrupt):
        docket.reproject(calendar, each=each)
    assert [case.revision for case in docket.find()] == [2, 1, 1]
    assert docket.reproject(calendar) == 4


@pytest.mark.parametrize("none", ["2027", NOTICE, [NOTICE], date(2027, 1, 1), china])
def test_a_calendar_is_a_calendar(none: WorkingCalendar) -> None:
    with pytest.raises(UnknownError, match="a calendar is a WorkingCalendar such as china"):
        opened(MemoryStore()).reproject(none)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_calendar_that_does_not_reach_back_to_the_start_moves_nothing_and_names_each_case(
    dry_run: bool,  # noqa: FBT001
) -> None:
    docket = opened(MemoryStore(), 2)
    before = rows_of(docket.store)
    short = WorkingCalendar.weekdays(date(2027, 1, 1), date(2030, 12, 31), name="short")
    with pytest.raises(SweepError, match="'short' knows 2027-01-01 to 2030-12-31; 2026-12-24 lies outside") as caught:
        docket.reproject(short, dry_run=dry_run)
    assert [problem[5:41] for problem in caught.value.problems] == [case.id for case in docket.find()]
    assert rows_of(docket.store) == before


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_calendar_whose_last_notice_is_past_is_refused(dry_run: bool) -> None:  # noqa: FBT001
    docket = opened(MemoryStore())
    before = rows_of(docket.store)
    yesterday, today = (
        WorkingCalendar.weekdays(date(2026, 1, 1), date(2030, 12, 31), horizon=day, name="old")
        for day in (date(2026, 12, 23), TODAY)
    )
    with pytest.raises(
        CalendarHorizonError, match="'old' is certain only up to 2026-12-23, which is past on 2026-12-24"
    ):
        docket.reproject(yesterday, dry_run=dry_run)
    assert rows_of(docket.store) == before
    assert docket.reproject(today, dry_run=True) >= 0
