"""A procedure before it is bound to a locality: its values class and the functions that build its lifecycle."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import attrs

from yingshang_flow import policies
from yingshang_flow.codec import content_problems, narrowing_problems
from yingshang_flow.core import analysis
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migrate import upcast_faults
from yingshang_flow.errors import DefinitionError, ProfileError, UnknownError
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
        version: The version of its lifecycles; what the builder says unless given.
        earlier: The procedure as it was in earlier versions, by version, for the cases that are under them still.
        base: The procedure it is derived from, whose section of a profile gives what its own does not.
    """

    key: str
    values: type[V]
    build: Callable[[V], Lifecycle]
    faults: Callable[[V], Iterable[str]] | None = None
    version: int | None = None
    earlier: Mapping[int, "Procedure[Any]"] = FrozenDict()
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

    def version_of(self, number: int) -> "Procedure[Any]":
        """Return the procedure as it was in a version; where it has only one, itself.

        Raises:
            UnknownError: This code has no builder of that version.
        """
        if self.version is None or number == self.version:
            return self
        if number not in self.earlier:
            known = ", ".join(map(str, sorted((*self.earlier, self.version))))
            message = f"there is no version {number} of {self.key!r} here; there are {known}"
            raise UnknownError(message)
        return self.earlier[number]

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
        version = lifecycle.version if self.version is None else self.version
        return attrs.evolve(lifecycle, values=values, profile=profile.key, sections=profile.text(), version=version)

    def _bound(self, profile: Profile) -> Lifecycle:
        lifecycle = self.unchecked(profile)
        found = [*analysis.problems(lifecycle), *upcast_faults(lifecycle)]
        seen_by = [role.key for role in lifecycle.seen_by]
        for trigger in lifecycle.triggers:
            if trigger.content is not None:
                found += (*content_problems(trigger.content), *narrowing_problems(trigger.content, seen_by))
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
    key: str,
    values: type[V],
    *,
    faults: Callable[[V], Iterable[str]] | None = None,
    version: int | None = None,
    earlier: Mapping[int, Procedure[Any] | Callable[[V], Lifecycle]] = FrozenDict(),
) -> Callable[[Callable[[V], Lifecycle]], Procedure[V]]:
    """Make a procedure of the function that builds its lifecycle from its values.

    A version that cases must not go on under unasked is a new one. Keep the old builder in ``earlier``: the cases that
    are under it go on under it until they are migrated, and it can be drawn. How what was said under it reads under the
    new one stands in the new lifecycle's ``upcasts``.

    Args:
        key: The key of its lifecycles and of its section in a profile.
        values: The attrs class of its values.
        faults: Yields what is wrong with values that do not go together, each beginning with a value's name.
        version: The version of its lifecycles, from 1; what the builder says unless given, and needed with ``earlier``.
        earlier: By version, the function that built it from the same values, or a procedure with values of its own.

    Raises:
        DefinitionError: An earlier version is none, or of another procedure.
    """
    problems = [f"version {number} is not before version {version}" for number in earlier if number >= (version or 1)]
    kept: dict[int, Procedure[Any]] = {}
    for number, build in earlier.items():
        old = build if isinstance(build, Procedure) else Procedure(key, values, build, faults)
        kept[number] = attrs.evolve(old, version=number)
        if old.key != key:
            problems.append(f"version {number} is of {old.key!r}")
    if problems:
        raise DefinitionError(f"the earlier versions of {key!r}", problems)

    def made(build: Callable[[V], Lifecycle]) -> Procedure[V]:
        return Procedure(key, values, build, faults, version, FrozenDict(kept))

    return made


@lru_cache(maxsize=256)
def _shipped(of: Procedure[Any], profile: str) -> Lifecycle:
    return of._bound(policies.get(profile))  # noqa: SLF001  # the cached half of __call__
