"""Profiles: a locality's numbers, roles and switches as data, each with its citation."""

from yingshang_flow.policies.catalogue import Catalogue, Fault, catalogue, on
from yingshang_flow.policies.difference import Difference, differences
from yingshang_flow.policies.profile import Entry, Profile, bind, get, keys, load

__all__ = [
    "Catalogue",
    "Difference",
    "Entry",
    "Fault",
    "Profile",
    "bind",
    "catalogue",
    "differences",
    "get",
    "keys",
    "load",
    "on",
]
