"""What of a case is counted for the assessment of units: a measure as data."""

from collections.abc import Callable

import attrs

from yingshang_flow.core.case import Case
from yingshang_flow.words import Label, texts


@attrs.frozen(kw_only=True)
class Tally:
    """One measure of a procedure, counted for units by the day.

    Exactly one of ``acts``, ``cases``, ``due`` and ``in_time`` says what is counted.

    Attributes:
        key: The key of the measure; it is stored as ``lifecycle.key``.
        label: What people call it.
        acts: Counts each act of these triggers, for the unit of whoever did it, on the day on which it happened.
        cases: Counts each case for which this holds, on the day on which the case was opened.
        due: Counts each deadline of these limits that was not stopped, on its due date.
        in_time: Counts each deadline of these limits that was met in time, on its due date.
        units: For which units a case counts, and those of its deadlines that no obligor owes; whoever it is now. Not
            asked for acts and for what an obligor owes.
    """

    key: str
    label: Label
    acts: tuple[str, ...] = attrs.field(default=(), converter=texts)
    cases: Callable[[Case], bool] | None = None
    due: tuple[str, ...] = attrs.field(default=(), converter=texts)
    in_time: tuple[str, ...] = attrs.field(default=(), converter=texts)
    units: Callable[[Case], tuple[str, ...]] | None = None
