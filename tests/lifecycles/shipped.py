"""Every shipped lifecycle with every shipped profile that has a section for it."""

from typing import Final

from yingshang_flow import lifecycles, policies

SHIPPED_PAIRS: Final = [
    (key, profile)
    for key in lifecycles.SHIPPED
    for profile in policies.keys()  # noqa: SIM118 - no mapping
    if any(name.startswith(f"{key}.") for name in policies.get(profile).entries)
]
