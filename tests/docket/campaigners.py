"""What other processes do in the tests of cases together; a module of its own, as they import it by name."""

from contextlib import suppress
from datetime import date
from multiprocessing.synchronize import Barrier
from typing import Final

from yingshang_flow import lifecycles
from yingshang_flow.core.actor import Actor
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles.rectification import Closing, Filing
from yingshang_flow.lifecycles.rectification_item import Item, Measures, Submission
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing.clock import FixedClock

OFFICE: Final = Actor("zhao", "市营商局", "campaign_office")
LEAD: Final = Actor("head", "市发改委", "lead_unit")
DISTRICT: Final = Actor("staff", "和平区", "responsible_unit")
DAY: Final = date(2021, 11, 30)


def docket_on(path: str) -> Docket:
    return Docket(SQLiteStore(path), clock=FixedClock(date(2021, 12, 31)))


def problem(name: str) -> Item:
    return Item("甲组", name, ("市发改委",), ("和平区",), "科长", "王某", date(2021, 12, 31))


def list_items(path: str, campaign: str, name: str, times: int, start: Barrier) -> None:
    """List items one after another in a campaign that goes on."""
    docket = docket_on(path)
    start.wait()
    for number in range(times):
        listed(docket, campaign, f"{name}-{number}")
    docket.store.close()


def list_one_in_each(path: str, campaigns: list[str], name: str, start: Barrier) -> None:
    """List one item in each of several campaigns, each of which others close at that moment."""
    docket = docket_on(path)
    for number, campaign in enumerate(campaigns):
        start.wait()
        with suppress(RefusedError):
            listed(docket, campaign, f"{name}-{number}")
    docket.store.close()


def listed(docket: Docket, campaign: str, name: str) -> None:
    item = lifecycles.rectification_item
    docket.open(item, problem(name), by=LEAD, at=DAY, parent=campaign, reference=name)


def close_each(path: str, campaigns: list[str], start: Barrier) -> None:
    """Close campaigns one after another, each tried once."""
    docket = docket_on(path)
    for campaign in campaigns:
        start.wait()
        with suppress(RefusedError):
            docket.act(campaign, "close", Closing("考核"), by=OFFICE, at=DAY)
    docket.store.close()


def work(path: str, items: list[str], start: Barrier) -> None:
    """Bring items to where they wait for acceptance; nobody else's acts may stand in the way."""
    docket = docket_on(path)
    start.wait()
    for case in items:
        docket.act(case, "set_measures", Measures("逐项"), by=DISTRICT, at=DAY)
        docket.act(case, "start", by=DISTRICT, at=DAY)
        docket.act(case, "submit", Submission("完成"), by=DISTRICT, at=DAY)
    docket.store.close()


def report(path: str, campaign: str, unit: str, times: int, start: Barrier) -> None:
    """Send in weekly reports."""
    docket = docket_on(path)
    start.wait()
    by = Actor(f"clerk of {unit}", unit, "lead_unit")
    for number in range(times):
        docket.act(campaign, "report", Filing(f"周报{number}"), by=by, at=DAY)
    docket.store.close()
