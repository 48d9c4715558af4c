"""A procedure before it is bound to a locality: its values class and the function that builds its lifecycle."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import attrs

from yingshang_flow import policies
from yingshang_flow.codec import content_problems
from yingshang_flow.core.analysis import problems
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import DefinitionError, ProfileError
from yingshang_flow.lifecycles.reminders import Reminding, reminder_faults, reminding
from yingshang_flow.policies import Profile

V = TypeVar("V")


@attrs.frozen
class Procedure(Generic[V]):
    """A procedure that any locality's profile can be bound to; calling it gives the lifecycle.

    Attributes:
        key: The key of its lifecycles and of its section in a profile.
        values: The attrs class of its values.
        build: Builds the lifecycle from the values.
        faults: Yields what is wrong with values that are each of the right type but do not go together.
        base: The procedure it is derived from, whose section of a profile gives what its own does not.
    """

    key: str
    values: type[V]
    build: Callable[[V], Lifecycle]
    faults: Callable[[V], Iterable[str]] | None = None
    base: "Procedure[Any] | None" = None

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections of a profile its values stand in, its own first."""
        return (self.key,) if self.base is None else (self.key, *self.base.sections)

    def __call__(self, profile: str | Path | Profile) -> Lifecycle:
        """Bind a profile and return the lifecycle, checked.

        Args:
            profile: The key of a shipped profile, the path of a TOML file, or a profile.

        Raises:
            UnknownError: No such profile is shipped.
            ProfileError: The profile has wrong, missing or surplus values.
            DefinitionError: The lifecycle fails its static analysis.
        """
        if isinstance(profile, str) and not profile.endswith(".toml"):
            return _shipped(self, profile)
        return self._bound(_read(profile))

    def unchecked(self, profile: str | Path | Profile) -> Lifecycle:
        """Bind a profile and return the lifecycle whatever its static analysis says, so that it can be analysed.

        The argument and what is raised are those of a call, but for the ``DefinitionError``.
        """
        profile = _read(profile)
        values = policies.bind(profile, self.sections, self.values)
        faults = () if self.faults is None else tuple(self.faults(values))
        if faults:
            raise ProfileError(profile.path, tuple(f"{self.key}.{fault}" for fault in faults))
        lifecycle = self.build(values)
        if isinstance(values, Reminding):
            if faults := tuple(reminder_faults(lifecycle, values)):
                raise ProfileError(profile.path, tuple(f"{self.key}.{fault}" for fault in faults))
            lifecycle = reminding(lifecycle, values)
        return attrs.evolve(lifecycle, values=values, profile=profile.key, sections=profile.text())

    def _bound(self, profile: Profile) -> Lifecycle:
        lifecycle = self.unchecked(profile)
        found = list(problems(lifecycle))
        for trigger in lifecycle.triggers:
            found.extend(content_problems(trigger.content) if trigger.content is not None else ())
        if found:
            raise DefinitionError(f"lifecycle {self.key!r} under {profile.path}", tuple(dict.fromkeys(found)))
        return lifecycle


def _read(profile: str | Path | Profile) -> Profile:
    if isinstance(profile, Profile):
        return profile
    if isinstance(profile, Path) or profile.endswith(".toml"):
        return policies.load(profile)
    return policies.get(profile)


def procedure(
    key: str, values: type[V], *, faults: Callable[[V], Iterable[str]] | None = None
) -> Callable[[Callable[[V], Lifecycle]], Procedure[V]]:
    """Make a procedure of the function that builds its lifecycle from its values.

    Args:
        key: The key of its lifecycles and of its section in a profile.
        values: The attrs class of its values.
        faults: Yields what is wrong with values that do not go together, each beginning with a value's name.
    """

    def made(build: Callable[[V], Lifecycle]) -> Procedure[V]:
        return Procedure(key, values, build, faults)

    return made


@lru_cache(maxsize=256)
def _shipped(of: Procedure[Any], profile: str) -> Lifecycle:
    return of._bound(policies.get(profile))  # noqa: SLF001  # the cached half of __call__
