"""Profiles: a locality's numbers, roles and switches as data, each with its citation."""

from yingshang_flow.policies.profile import Entry, Profile, bind, get, keys, load

__all__ = ["Entry", "Profile", "bind", "get", "keys", "load"]
