"""A locality's own steps: a procedure derived from another one by a small difference."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from yingshang_flow.core.deriving import Added, Change, RowChange, derive
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import DefinitionError
from yingshang_flow.lifecycles.procedure import Procedure, procedure
from yingshang_flow.words import Label

__all__ = ["Added", "Change", "RowChange", "derived"]

V = TypeVar("V")


def derived(
    base: Procedure[Any],
    *,
    key: str,
    title: Label,
    change: Change | Callable[[V], Change],
    version: int = 1,
    values: type[V] | None = None,
    faults: Callable[[V], Iterable[str]] | None = None,
    earlier: Mapping[int, Procedure[Any]] = FrozenDict(),
) -> Procedure[Any]:
    """Derive a procedure from another one, shipped or itself derived.

    A profile is bound to it like to any other. Its values are those of the section of its own key, and those that this
    does not set are taken from the section of the base: a locality with the same values needs no section of its own.

    Args:
        base: The procedure it is derived from, which stays as it is.
        key: The key of its lifecycles, another than the base's; its cases are rebuilt by it.
        title: What people call it.
        change: The difference, or a function from the values to it where it depends on them.
        version: Raised when stored cases must not go on under the new definition unasked.
        values: The attrs class of its values, which extends that of the base; the base's unless given.
        faults: Yields what is wrong with values that do not go together, besides what the base says of them.
        earlier: The procedure as it was derived in earlier versions, by version, for the cases that are under them.

    Raises:
        DefinitionError: The key is the base's, the class of values does not extend that of the base, or an earlier
            version is none. A difference that does not fit the base is refused when a profile is bound, as what the
            base has depends on that.
    """
    kind: type[Any] = base.values if values is None else values
    problems = [
        *(["it needs a key of its own"] if key in base.sections else []),
        *([] if issubclass(kind, base.values) else [f"{kind.__name__} does not extend {base.values.__name__}"]),
    ]
    if problems:
        raise DefinitionError(f"lifecycle {key!r}, derived from {base.key!r}", problems)

    def build(found: V) -> Lifecycle:
        difference = change(found) if callable(change) else change
        return derive(base.build(found), difference, key=key, title=title, version=version)

    def all_faults(found: V) -> Iterator[str]:
        for said in (base.faults, faults):
            yield from () if said is None else said(found)

    made = procedure(key, kind, faults=all_faults, version=version, earlier=earlier)(build)
    return attrs.evolve(made, base=base)
