"""Values that are sealed: the record keeps a commitment, the vault keeps the value until it is erased."""

from typing import Generic, TypeVar

import attrs

T = TypeVar("T")


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
class Confidential(Generic[T]):
    """A confidential value of an act's content: clear when given, sealed once recorded.

    Attributes:
        value: The clear value, or ``Sealed`` in records and snapshots, or ``Erased``.
    """

    value: T | Sealed | Erased = attrs.field(repr=lambda value: repr(value) if type(value) in _SAFE else "…")


_SAFE = (Sealed, Erased)
