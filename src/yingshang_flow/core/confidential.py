"""Values that are sealed: the record keeps a commitment, the vault the value for those who may see it, until erased."""

from typing import Generic, TypeVar

import attrs

from yingshang_flow.words import texts

T = TypeVar("T")


@attrs.frozen
class SeenBy:
    """Narrows who sees a confidential field: ``Annotated[Confidential[str], SeenBy("discipline")]``.

    On a field that holds a content class or a tuple of them it goes for everything confidential in it.

    Attributes:
        roles: The keys of the roles that see it, each of them one of the lifecycle's ``seen_by``.
    """

    roles: tuple[str, ...] = attrs.field(converter=texts)


@attrs.frozen
class Sealed:
    """What stands in a record, fact or snapshot instead of a confidential value.

    Attributes:
        commitment: The hex hash of domain, salt and canonical value; also the name of its vault row.
    """

    commitment: str


@attrs.frozen
class Erased:
    """What a confidential value reads back as after its vault row was erased on a legal ground.

    Attributes:
        commitment: The commitment that still stands in the record.
    """

    commitment: str


@attrs.frozen
class Withheld:
    """What a confidential value reads back as to whoever may not see it; it is kept still.

    Attributes:
        commitment: The commitment that stands in the record.
    """

    commitment: str


NOT_CLEAR = (Sealed, Erased, Withheld)
"""What can stand instead of a clear value."""


def _shown(value: object) -> str:
    """Return a confidential value for a message: never in clear."""
    return repr(value) if isinstance(value, NOT_CLEAR) else "…"


@attrs.frozen
class Confidential(Generic[T]):
    """A confidential value of an act's content: clear when given, sealed once recorded.

    Attributes:
        value: The clear value, or ``Sealed`` in records and snapshots, or ``Erased``, or ``Withheld``.
    """

    value: T | Sealed | Erased | Withheld = attrs.field(repr=_shown)
