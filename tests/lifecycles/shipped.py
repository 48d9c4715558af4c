"""Every shipped lifecycle with every shipped profile that has a section for it."""

from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st

from tests.lifecycles import accounting, complaining, interviewing, rectifying, reviewing, stewarding, tasking
from yingshang_flow import lifecycles, policies
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.docket_machine import DocketMachine, docket_machine

SHIPPED_PAIRS: Final = [
    (key, profile)
    for key in lifecycles.SHIPPED
    for profile in policies.keys()  # noqa: SIM118 - no mapping
    if any(name.startswith(f"{key}.") for name in policies.get(profile).entries)
]

OPENINGS: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    **interviewing.OPENINGS,
    **complaining.OPENINGS,
    **rectifying.OPENINGS,
    **reviewing.OPENINGS,
    **stewarding.OPENINGS,
    **tasking.OPENINGS,
    **accounting.OPENINGS,
}
LATER: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    **interviewing.LATER,
    **complaining.LATER,
    **rectifying.LATER,
    **reviewing.LATER,
    **stewarding.LATER,
    **tasking.LATER,
    **accounting.LATER,
}


def machine(lifecycle: Lifecycle, store: Callable[[], Store] = MemoryStore) -> type[DocketMachine]:
    """The docket machine of a shipped lifecycle, with content that its guards let through often enough."""
    above = rectifying.campaign_above(lifecycle.profile) if lifecycle.key == "rectification_item" else None
    return docket_machine(
        lifecycle,
        store=store,
        openings=OPENINGS.get(lifecycle.key),
        contents=LATER.get(lifecycle.key),
        above=above,
    )
