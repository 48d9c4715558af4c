"""The docket of the project: one for all of its threads."""

from functools import cache

from yingshang_flow import Docket
from yingshang_flow.stores.django import DjangoStore


@cache
def docket() -> Docket:
    """Return the docket."""
    return Docket(DjangoStore())
