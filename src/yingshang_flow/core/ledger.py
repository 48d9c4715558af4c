"""The columns of a spreadsheet ledger: which act each tells of, so that a row can be read as a history."""

from collections.abc import Mapping
from typing import Final

import attrs

from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.words import texts

UNTOLD: Final = "—"
"""Stands for the unit of who acted where a ledger does not tell it."""


def _frozen(value: Mapping[str, str]) -> Mapping[str, str]:
    return FrozenDict(value)


@attrs.frozen
class Column:
    """One column of a ledger of cases.

    Attributes:
        name: Its heading.
        trigger: The act it tells of; none for what names the case itself.
        field: The field of that act's content it holds, or ``unit`` of who did it; empty when it holds the date of the
            act. Of the case itself, ``reference``.
        values: The code each text of a cell stands for; where it is empty, any text is taken as it is.
        aliases: Other headings of the same column.
        required: Whether a ledger without it cannot be read.
    """

    name: str
    trigger: str = ""
    field: str = ""
    values: Mapping[str, str] = attrs.field(default=FrozenDict(), converter=_frozen)
    aliases: tuple[str, ...] = attrs.field(default=(), converter=texts)
    required: bool = False
