"""What the tests of campaigns share: people, small plans, and a desk that does the way of a campaign and its items."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from yingshang_flow import lifecycles
from yingshang_flow.compliance import Audit, audit_all
from yingshang_flow.compliance.conformance.finding import Verdict
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError, YingshangFlowError
from yingshang_flow.lifecycles.rectification import Closing, Draft, Filing, Group, drafted
from yingshang_flow.lifecycles.rectification_item import Accepted, Item, Measures, Submission
from yingshang_flow.policies import Profile
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.clock import FixedClock
from yingshang_flow.testing.store_contract import everything, find_all
from yingshang_flow.testing.strategies import UNITS
from yingshang_flow.words import Unmet

OFFICE: Final = Actor("zhao", "市营商局", "campaign_office")
SHENYANG: Final = "shenyang-2021"
BAYUQUAN: Final = "bayuquan-2018"

TWO_GROUPS: Final = (
    Group("甲组", ("市发改委", "市财政局"), ("和平区",)),
    Group("乙组", (), ("市供电公司", "和平区"), quarterly_meeting=True),
)
"""One group with two leads, one without any; a unit in both."""
ONE_GROUP: Final = (Group("甲组", ("市发改委",), ("和平区",)),)


def leading(unit: str, person: str = "") -> Actor:
    return Actor(person or f"lead of {unit}", unit, "lead_unit")


def responsible(unit: str, person: str = "") -> Actor:
    return Actor(person or f"staff of {unit}", unit, "responsible_unit")


LEAD: Final = leading("市发改委")
DISTRICT: Final = responsible("和平区")


@attrs.frozen
class Year:
    """The days on which a campaign goes its way under a profile."""

    drafted: date
    issued: date
    advanced: tuple[date, ...]
    closed: date


YEARS: Final = {
    SHENYANG: Year(date(2021, 4, 29), date(2021, 4, 30), (date(2021, 5, 20), date(2021, 11, 1)), date(2021, 12, 1)),
    BAYUQUAN: Year(
        date(2018, 3, 28),
        date(2018, 3, 30),
        (date(2018, 4, 10), date(2018, 5, 21), date(2018, 10, 8)),
        date(2018, 12, 20),
    ),
}


def item(**changes: Any) -> Item:  # noqa: ANN401 - its fields
    """An item that every guard lets through, but for the changes."""
    good = Item("甲组", "拖欠工程款", ("市发改委",), ("和平区",), "科长", "王某", date(2021, 8, 31))
    return attrs.evolve(good, **changes)


OPENINGS: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    "rectification": {
        "draft": st.builds(
            Draft,
            st.just("专项整治"),
            st.just((Group("甲组", UNITS[:1], UNITS[1:2]), Group("乙组", (), UNITS[1:], quarterly_meeting=True))),
        )
    },
    "rectification_item": {
        "list": st.builds(
            Item,
            st.sampled_from(["甲组", "甲组", "甲组", "乙组"]),
            st.just("拖欠工程款"),
            st.just(("lead_unit-unit",)),
            st.just(("responsible_unit-unit",)),
            st.just("科长"),
            st.just("王某"),
            st.sampled_from([date(2018, 12, 14), date(2019, 3, 1)]),
            st.sampled_from(["general", "arrears", "land"]),
        )
    },
}
"""For the docket machine, by lifecycle: what opens a case."""

LATER: Final = {
    "rectification_item": {
        "set_measures": st.builds(
            Measures, st.just("逐笔偿还"), st.sampled_from([3, 4, None]), st.just("时间表"), st.just("路线图")
        )
    }
}
"""The same for acts that have to fit what was said before."""


def campaign_above(profile: str) -> Callable[[Docket], str]:
    """Give what opens a campaign for the items that the docket machine drives."""

    def opened(docket: Docket) -> str:
        group = Group("甲组", ("lead_unit-unit",), ("responsible_unit-unit",))
        case = docket.open(lifecycles.rectification(profile), Draft("专项整治", (group,)), by=OFFICE)
        return docket.act(case.id, "issue", by=OFFICE).id

    return opened


class Desk:
    """One campaign on a docket whose clock stands years later, so that everything can be entered afterwards."""

    def __init__(
        self,
        profile: str | Profile = SHENYANG,
        *,
        groups: Sequence[Group] | None = TWO_GROUPS,
        store: Store | None = None,
        docket: Docket | None = None,
    ) -> None:
        self.lifecycle: Lifecycle = lifecycles.rectification(profile)
        self.items: Lifecycle = lifecycles.rectification_item(profile)
        self.year = YEARS[self.lifecycle.profile if self.lifecycle.profile in YEARS else SHENYANG]
        self.clock = FixedClock(date(2024, 1, 10))
        self.docket = docket or Docket(MemoryStore() if store is None else store, clock=self.clock)
        self.groups = drafted(self.lifecycle).groups if groups is None else tuple(groups)
        self.id = ""

    @property
    def case(self) -> Case:
        return self.docket.load(self.id)

    @property
    def history(self) -> tuple[Record, ...]:
        return self.docket.history(self.id)

    @property
    def stages(self) -> tuple[str, ...]:
        return tuple(stage.key for stage in self.lifecycle.values.stages.value)

    def tick(self) -> None:
        """No two acts are entered at the same instant, or an audit could not tell what one had seen of the other."""
        self.clock.advance(timedelta(seconds=1))

    # --- the campaign ---

    def draft(self, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.open
        options = {"by": OFFICE, "at": self.year.drafted, **options}
        self.tick()
        case = self.docket.open(self.lifecycle, Draft("方案", self.groups) if content is None else content, **options)
        self.id = case.id
        return case

    def act(self, trigger: str, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.act
        self.tick()
        return self.docket.act(self.id, trigger, content, **{"by": OFFICE, **options})

    def reach(self, state: str) -> Case:
        """Draft, issue and go on, each on its day, until the campaign is in a state."""
        case = self.draft() if not self.id else self.case
        if case.state == "drafted" and state != "drafted":
            case = self.act("issue", at=self.year.issued)
        for key, at in zip(self.stages[1:], self.year.advanced, strict=True):
            if case.state == state:
                return case
            if case.state == self.stages[self.stages.index(key) - 1]:
                case = self.act("advance", at=at)
        if state == "closed":
            case = self.act("close", Closing("纳入年度考核"), at=self.year.closed)
        assert case.state == state
        return case

    def file(
        self,
        trigger: str,
        unit: str,
        at: date,
        *obligors: str,
        due: date | None = None,
        lead: bool = True,
    ) -> Case:
        """A unit files something, for itself or for those it names."""
        by = leading(unit) if lead else responsible(unit)
        return self.act(trigger, Filing("材料", obligors, due), by=by, at=at)

    def deadlines(self, limit: str) -> list[Deadline]:
        return [d for d in self.case.deadlines if d.limit == limit]

    def deadline(self, limit: str, obligor: str = "") -> Deadline:
        return next(d for d in reversed(self.case.deadlines) if (d.limit, d.obligor) == (limit, obligor))

    # --- its items ---

    def listed(self, content: object = None, **options: Any) -> str:  # noqa: ANN401 - those of Docket.open
        options = {"by": LEAD, "at": date(self.year.issued.year, 5, 10), "parent": self.id, **options}
        limit = max(date(self.year.issued.year, 8, 31), options["at"])
        given = item(time_limit=limit) if content is None else content
        self.tick()
        return self.docket.open(self.items, given, **options).id

    def on(self, case: str, trigger: str, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - as act
        """Do something to an item, on the day on which it last moved unless told otherwise."""
        options = {"by": DISTRICT, "at": self.docket.load(case).moved.date, **options}
        self.tick()
        return self.docket.act(case, trigger, content, **options)

    def bring(self, case: str, state: str, at: date | None = None) -> Case:
        """Do what it takes to bring an item into a state."""
        found = self.docket.load(case)
        steps: dict[str, tuple[str, object, Actor]] = {
            "listed": ("set_measures", Measures("逐月偿还", 3, "六月底前", "先易后难"), DISTRICT),
            "measured": ("start", None, DISTRICT),
            "rectifying": ("submit", Submission("已偿还"), DISTRICT),
            "submitted": ("accept", Accepted("银行回单"), LEAD),
        }
        while found.state != state:
            trigger, content, by = steps[found.state]
            found = self.on(case, trigger, content, by=by, at=at or found.moved.date)
        return found

    def refused(self, error: type[YingshangFlowError], case: str, trigger: str, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as act
        """Try an act, ``draft`` or ``list`` that must be refused, and return the error; nothing has changed."""
        before = all_of(self.docket.store)
        try:
            if trigger == "draft":
                self.draft(*args, **options)
            elif trigger == "list":
                self.listed(*args, **options)
            elif case == self.id:
                self.act(trigger, *args, **options)
            else:
                self.on(case, trigger, *args, **options)
        except error as refusal:
            assert all_of(self.docket.store) == before
            return refusal
        raise AssertionError(f"{trigger} was accepted")

    # --- the audit ---

    def audits(self, *, now: datetime | None = None) -> dict[str, Audit]:
        """Audit every case of the docket together, by id."""
        known = [case.id for case in self.docket.find()]
        histories = [(self.docket.history(case), self.docket.lifecycle(case)) for case in known]
        found = audit_all(histories, calendar=self.docket.calendar, now=now)
        assert [finding.code for said in found for finding in said.irregular] == []
        return dict(zip(known, found, strict=True))

    def verdict(self, rule: str, case: str = "", *, now: datetime | None = None) -> Verdict:
        said = self.audits(now=now)[case or self.id]
        return next(verdict for verdict in said.verdicts if verdict.rule.id == rule)

    def found(self, rule: str, case: str = "", *, now: datetime | None = None) -> list[tuple[str, str]]:
        """What is found against a rule: unit and words."""
        return [
            (finding.unit, finding.found or finding.shown()) for finding in self.verdict(rule, case, now=now).findings
        ]


def all_of(store: Store) -> object:
    """All that a store holds."""
    return everything(store, [row.case for row in find_all(store)])


def the_unmet(error: RefusedError, code: str) -> Unmet:
    """The one unmet requirement of a rule."""
    (found,) = [unmet for unmet in error.unmet if unmet.code == code]
    return found


def codes(error: RefusedError) -> list[str]:
    return [unmet.code for unmet in error.unmet]
