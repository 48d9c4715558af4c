"""A campaign and its items, acted on at once: what a guard has read of another case holds when the act is kept."""

import multiprocessing
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.docket import campaigners
from tests.lifecycles.rectifying import LEAD, ONE_GROUP, TWO_GROUPS, Desk, codes
from yingshang_flow.core.case import Case
from yingshang_flow.docket import Docket
from yingshang_flow.errors import ConflictError, RefusedError, UnknownError
from yingshang_flow.lifecycles.rectification import Closing, Filing
from yingshang_flow.lifecycles.rectification_item import Accepted, CarryOver, Rebound
from yingshang_flow.ports import Commit, Store
from yingshang_flow.stores import MemoryStore, SQLiteStore

spawning = multiprocessing.get_context("spawn")


def run_at_once(works: list[tuple[Callable[..., None], tuple[object, ...]]]) -> None:
    """Run processes that start their work at the same moment, and see each end well."""
    start = spawning.Barrier(len(works), timeout=60)
    processes = [spawning.Process(target=work, args=(*arguments, start)) for work, arguments in works]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0] * len(works)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "cases.db")


@pytest.fixture
def desk(path: str) -> Iterator[Desk]:
    desk = Desk(groups=ONE_GROUP, store=SQLiteStore(path))
    desk.reach("summary")
    yield desk
    desk.docket.store.close()


def left_open(desk: Desk) -> list[Case]:
    """Items that are open and not carried over under a campaign that is closed."""
    items = list(desk.docket.find(parent=desk.id))
    closed = desk.case.state == "closed"
    return [found for found in items if closed and found.state != "written_off" and found.fact("carry_over") is None]


# --- several processes ------------------------------------------------------------------------------------------------


def test_no_item_is_left_open_under_a_campaign_that_is_closed_while_others_list(desk: Desk, path: str) -> None:
    campaigns = [desk.id]
    for _ in range(39):
        desk.id = ""
        campaigns.append(desk.reach("summary").id)
    carried = desk.listed(parent=campaigns[0])  # which does not stand in the way
    desk.on(carried, "carry_over", CarryOver("来不及"), by=LEAD)
    before = {case.id: case.revision for case in desk.docket.find()}
    listers = [(campaigners.list_one_in_each, (path, campaigns, name)) for name in "abc"]
    run_at_once([*listers, (campaigners.close_each, (path, campaigns))])
    for campaign in campaigns:
        desk.id = campaign
        assert left_open(desk) == []
        closed = desk.case.state == "closed"
        assert len(list(desk.docket.find(parent=campaign))) - (campaign == campaigns[0]) == (0 if closed else 3)
        assert desk.case.revision == before[campaign] + closed
    for case in desk.docket.find():
        history = desk.docket.history(case.id)
        assert [record.revision for record in history] == list(range(1, case.revision + 1))
        assert desk.docket.verify(case.id) == case.revision


def test_siblings_do_not_stand_in_each_others_way(desk: Desk, path: str) -> None:
    """Acts on an item end well in each process, though it lets no conflict pass."""
    each = [[desk.listed() for _ in range(6)] for _ in range(3)]
    run_at_once([(campaigners.work, (path, items)) for items in each])
    for found in desk.docket.find(parent=desk.id):
        assert (found.state, found.revision) == ("submitted", desk.docket.verify(found.id))
    assert desk.case.state == "summary"


def test_reports_on_the_campaign_and_listings_go_side_by_side(path: str) -> None:
    desk = Desk(groups=TWO_GROUPS, store=SQLiteStore(path))
    desk.reach("summary")
    before = desk.case.revision
    reporters = [(campaigners.report, (path, desk.id, unit, 10)) for unit in ("市发改委", "市财政局")]
    run_at_once([*reporters, (campaigners.list_items, (path, desk.id, "a", 15))])
    assert desk.case.revision == desk.docket.verify(desk.id) == before + 20
    items = list(desk.docket.find(parent=desk.id))
    assert len(items) == 15
    assert {found.revision for found in items} == {1}
    desk.docket.store.close()


# --- one after the other, at the worst moment -------------------------------------------------------------------------


class Racing(MemoryStore):
    """A store in which somebody else is faster, as often as there is something to do ahead of a commit."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead: list[Callable[[], object]] = []
        self.conflicts = 0

    def commit(self, commit: Commit) -> None:
        if self.ahead:
            self.ahead.pop(0)()
        try:
            super().commit(commit)
        except ConflictError:
            self.conflicts += 1
            raise


class Unexpecting(Racing):
    """One that forgets what a guard has read."""

    def commit(self, commit: Commit) -> None:
        super().commit(attrs.evolve(commit, expects=()))


class Race:
    """A campaign in its last stage, whom another docket on the same store can overtake."""

    def __init__(self, store: Racing) -> None:
        self.store = store
        self.desk = Desk(groups=ONE_GROUP, store=store)
        self.desk.reach("summary")
        self.other = Desk(groups=ONE_GROUP, docket=Docket(store, clock=self.desk.clock))
        self.other.id = self.desk.id

    def close(self, desk: Desk) -> Case:
        return desk.act("close", Closing("考核"), at=date(2021, 12, 1))


@pytest.fixture
def race() -> Race:
    return Race(Racing())


def test_listing_is_refused_when_the_campaign_was_closed_just_before(race: Race) -> None:
    race.store.ahead = [lambda: race.close(race.other)]
    with pytest.raises(RefusedError) as refused:
        race.desk.listed()
    assert codes(refused.value) == ["Z11"]
    assert race.store.conflicts == 1
    assert list(race.desk.docket.find(parent=race.desk.id)) == []


def test_closing_is_refused_when_an_item_was_listed_just_before(race: Race) -> None:
    race.store.ahead = [lambda: race.other.listed(reference="台账-9")]
    with pytest.raises(RefusedError) as refused:
        race.close(race.desk)
    assert [(unmet.code, unmet.found) for unmet in refused.value.unmet] == [("Z11", ("台账-9",))]
    assert race.store.conflicts == 1
    assert race.desk.case.state == "summary"


def test_closing_goes_on_when_an_item_was_written_off_just_before(race: Race) -> None:
    case = race.desk.listed()
    race.desk.bring(case, "submitted")
    race.desk.on(case, "carry_over", CarryOver("来不及"), by=LEAD)
    race.store.ahead = [lambda: race.other.on(case, "accept", Accepted("回单"), by=LEAD)]
    assert race.close(race.desk).state == "closed"
    assert race.store.conflicts == 1


def test_carrying_over_and_closing_do_not_stand_in_each_others_way(race: Race) -> None:
    first, second = race.desk.listed(), race.desk.listed()
    race.desk.on(first, "carry_over", CarryOver("来不及"), by=LEAD)
    with pytest.raises(RefusedError):
        race.close(race.desk)
    race.desk.on(second, "carry_over", CarryOver("来不及"), by=LEAD)
    # said once more while the campaign is being closed: nothing the closing has read is changed by that
    race.store.ahead = [lambda: race.other.on(first, "carry_over", CarryOver("诉讼未决"), by=LEAD)]
    assert race.close(race.desk).state == "closed"
    assert race.store.conflicts == 0
    assert race.desk.docket.load(first).revision == 3


def test_carrying_over_is_kept_when_the_campaign_was_refused_its_close_just_before(race: Race) -> None:
    case = race.desk.listed()

    def close() -> None:
        with pytest.raises(RefusedError):
            race.close(race.other)

    race.store.ahead = [close]
    race.desk.on(case, "carry_over", CarryOver("来不及"), by=LEAD)
    assert race.close(race.desk).state == "closed"


def test_an_item_that_comes_back_while_the_campaign_is_closed_rests_where_it_is(race: Race) -> None:
    case = race.desk.listed()
    race.desk.bring(case, "written_off")
    race.store.ahead = [lambda: race.close(race.other)]
    again = race.desk.on(case, "rebound", Rebound("又拖欠", date(2022, 3, 1)), by=LEAD)
    assert (again.state, race.store.conflicts) == ("written_off", 1)
    assert left_open(race.desk) == []


def test_closing_is_refused_when_an_item_came_back_just_before(race: Race) -> None:
    case = race.desk.listed()
    race.desk.bring(case, "written_off")
    race.store.ahead = [lambda: race.other.on(case, "rebound", Rebound("又拖欠", date(2022, 3, 1)), by=LEAD)]
    with pytest.raises(RefusedError) as refused:
        race.close(race.desk)
    assert codes(refused.value) == ["Z11"]
    assert race.desk.case.state == "summary"


def test_a_report_on_the_campaign_does_not_stand_in_the_way_of_a_listing(race: Race) -> None:
    race.store.ahead = [lambda: race.other.act("report", Filing("周报"), by=LEAD, at=date(2021, 11, 21))]
    race.desk.listed()
    assert race.store.conflicts == 0


def test_a_listing_is_tried_again_when_the_campaign_has_gone_on_to_its_next_stage() -> None:
    store = Racing()
    desk = Desk(groups=ONE_GROUP, store=store)
    desk.reach("deployment")
    other = Desk(groups=ONE_GROUP, docket=Docket(store, clock=desk.clock))
    other.id = desk.id
    store.ahead = [lambda: other.act("advance", at=date(2021, 5, 20))]
    assert desk.docket.load(desk.listed()).state == "listed"
    assert store.conflicts == 1


@pytest.mark.parametrize("kind", ["list", "close", "rebound"])
def test_without_expectations_the_race_is_lost(kind: str) -> None:
    """What the tests above show is shown by the expectations: a store that forgets them leaves an item open."""
    race = Race(Unexpecting())
    if kind == "rebound":
        case = race.desk.listed()
        race.desk.bring(case, "written_off")
        race.store.ahead = [lambda: race.close(race.other)]
        race.desk.on(case, "rebound", Rebound("又拖欠", date(2022, 3, 1)), by=LEAD)
    elif kind == "list":
        race.store.ahead = [lambda: race.close(race.other)]
        race.desk.listed()
    else:
        race.store.ahead = [race.other.listed]
        race.close(race.desk)
    assert len(left_open(race.desk)) == 1


def test_parts_of_a_case_are_opened_under_that_cases_profile(store: Store) -> None:
    desk = Desk(groups=ONE_GROUP, store=store)
    desk.reach("rectifying")
    bayuquan: Any = Desk("bayuquan-2018")
    with pytest.raises(UnknownError, match="a part of case"):
        desk.docket.open(bayuquan.items, campaigners.problem("x"), by=LEAD, at=date(2021, 6, 1), parent=desk.id)
    assert desk.docket.load(desk.listed()).opening.profile == "shenyang-2021"
    assert list(desk.docket.find(parent=desk.id, lifecycle="rectification_item"))
