"""A ledger or log as columns: which act of which case on which day, in codes; needs numpy (the extra ``bulk``)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from yingshang_flow.compliance.ledgers import LedgerAct, LedgerRow
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.errors import DefinitionError

Numbers = npt.NDArray[np.int64]
Column = npt.ArrayLike | Sequence[date] | Sequence[str]
"""Anything numpy makes an array of: a list, an array, a column of an Arrow table."""

EPOCH: Final = 719_163  # date(1970, 1, 1).toordinal()
_BITS, _PER_WORD = 8, 8
_MOST_TRIGGERS: Final = 254


@attrs.frozen(eq=False)
class Log:
    """Acts of many cases as columns, those of one case together and in order.

    Attributes:
        triggers: The triggers, each in the place of its code.
        offsets: Where the acts of each case begin, and at last where they end; ``int64``, one more than cases.
        trigger: The code of each act; ``uint8``.
        day: The day of each act at UTC+8, in days since 1970-01-01; ``int64``.
        names: What each case is called; its number from 1 unless given.
        rows: The rows it was made of, where acts have contents, units or times of day; none where there are only days.
    """

    triggers: tuple[str, ...]
    offsets: Numbers
    trigger: npt.NDArray[np.uint8]
    day: Numbers
    names: Sequence[str] | None = None
    rows: Sequence[LedgerRow] | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse columns that do not fit together.

        Raises:
            DefinitionError: Their lengths or codes do not fit, or a case has no act; all problems are named.
        """
        problems = []
        if len(self.triggers) > _MOST_TRIGGERS:
            problems.append(f"there are {len(self.triggers)} triggers; a log has at most {_MOST_TRIGGERS}")
        if self.trigger.shape != self.day.shape or self.trigger.ndim != 1:
            problems.append(
                f"trigger has the shape {self.trigger.shape} and day {self.day.shape}; give one of each an act"
            )
        if len(self.offsets) == 0 or self.offsets[0] != 0 or self.offsets[-1] != len(self.trigger):
            problems.append(f"offsets run from 0 to the number of acts, {len(self.trigger)}")
        elif (np.diff(self.offsets) < 1).any():
            problems.append(f"case {int(np.argmax(np.diff(self.offsets) < 1)) + 1} has no act; leave it out")
        if len(self.trigger) and int(self.trigger.max()) >= len(self.triggers):
            problems.append(
                f"there is an act with the code {int(self.trigger.max())} and {len(self.triggers)} triggers"
            )
        for name, given in (("names", self.names), ("rows", self.rows)):
            if given is not None and len(given) != len(self):
                problems.append(f"there are {len(given)} {name} and {len(self)} cases")
        if problems:
            raise DefinitionError("a log", tuple(problems))

    def __len__(self) -> int:
        """Return how many cases there are."""
        return max(len(self.offsets) - 1, 0)

    @classmethod
    def of(cls, rows: Sequence[LedgerRow], lifecycle: Lifecycle) -> "Log":
        """Return the rows of a ledger as columns.

        Args:
            rows: The rows, each with an act.
            lifecycle: The procedure they are of.
        """
        codes = {trigger.key: code for code, trigger in enumerate(lifecycle.triggers)}
        acts = [act for row in rows for act in row.acts]
        lengths = np.fromiter((len(row.acts) for row in rows), np.int64, len(rows))
        return cls(
            tuple(codes),
            np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths))),
            np.fromiter((codes[act.trigger] for act in acts), np.uint8, len(acts)),
            np.fromiter((act.at.instant.toordinal() - EPOCH for act in acts), np.int64, len(acts)),
            rows=rows,
        )

    @classmethod
    def from_events(cls, case: Column, act: Column, day: Column, lifecycle: Lifecycle) -> "Log":
        """Return a table of events as columns, one entry an act, in any order; what numpy makes an array of will do.

        The acts of a case are put in order of their days; of one day, in the order of the procedure's triggers.

        Args:
            case: What the case of each act is called, text or numbers.
            act: The key of its trigger.
            day: Its day at UTC+8, ``datetime64`` at whole days, or dates.
            lifecycle: The procedure.

        Raises:
            DefinitionError: The columns are not equally long, an act is none of the procedure's, or a day is none.
        """
        cases, acts = np.asarray(case), np.asarray(act)
        try:
            days = np.asarray(day, "datetime64[us]")
        except (TypeError, ValueError) as exc:
            raise DefinitionError("a log", f"the days are no dates: {exc}") from exc
        if not cases.shape == acts.shape == days.shape or cases.ndim != 1:
            raise DefinitionError("a log", f"the columns have the shapes {cases.shape}, {acts.shape} and {days.shape}")
        codes = {trigger.key: code for code, trigger in enumerate(lifecycle.triggers)}
        said, place = np.unique(acts, return_inverse=True)
        whole = days.astype("datetime64[D]")
        problems = [f"there is no act {name!r} in {lifecycle.key}" for name in said.tolist() if name not in codes]
        if (odd := np.flatnonzero(np.isnat(days) | (whole != days))).size:
            problems.append(f"event {int(odd[0]) + 1} is on {days[odd[0]]}, which is no whole day at UTC+8")
        if problems:
            raise DefinitionError("a log", tuple(problems))
        names, number = np.unique(cases, return_inverse=True)
        trigger = (
            np.array([codes[name] for name in said.tolist()], np.uint8)[place] if len(said) else np.zeros(0, np.uint8)
        )
        numbers = whole.astype(np.int64)
        order = np.lexsort((trigger, numbers, number))
        offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(number, minlength=len(names)))))
        return cls(tuple(codes), offsets, trigger[order], numbers[order], [str(name) for name in names.tolist()])

    def name(self, case: int) -> str:
        """Return what a case is called."""
        if self.rows is not None:
            return self.rows[case].name
        return str(case + 1) if self.names is None else self.names[case]

    def row(self, case: int) -> LedgerRow:
        """Return a case as a row of a ledger."""
        if self.rows is not None:
            return self.rows[case]
        acts = slice(self.offsets[case], self.offsets[case + 1])
        days = self.day[acts].view("datetime64[D]").tolist()
        told = zip(self.trigger[acts].tolist(), days, strict=True)
        return LedgerRow(
            case + 1, self.name(case), tuple(LedgerAct(self.triggers[code], Moment.of(day)) for code, day in told)
        )

    def alike(self, said: Mapping[int, int] | None = None) -> Iterator[tuple[Numbers, Numbers]]:
        """Yield the cases with the same acts in the same order, and the days of their acts, a row a case.

        Args:
            said: A number for what else has to be the same, by case; the same for all unless given.
        """
        lengths = np.diff(self.offsets)
        for length in np.unique(lengths).tolist():
            cases = np.flatnonzero(lengths == length)
            places = self.offsets[cases][:, None] + np.arange(length)
            same = None if said is None else [said.get(case, 0) for case in cases.tolist()]
            for alike in _groups(self.trigger[places], same):
                yield cases[alike], self.day[places[alike]]


def _groups(codes: npt.NDArray[np.uint8], said: Iterable[int] | None) -> Iterator[Numbers]:
    """Yield the places of the rows that are the same."""
    same = np.zeros(len(codes), np.int64)
    if said is not None:
        same = np.unique(np.fromiter(said, np.int64), return_inverse=True)[1]
    kinds = int(same.max()) + 1
    for first in range(0, codes.shape[1], _PER_WORD):
        word = np.zeros(len(codes), np.uint64)
        for place in range(first, min(first + _PER_WORD, codes.shape[1])):
            word = (word << np.uint64(_BITS)) | (codes[:, place].astype(np.uint64) + np.uint64(1))
        words, found = np.unique(word, return_inverse=True)
        # Numbered anew after each word, so that the numbers never grow beyond the number of cases times that of words.
        same = np.unique(same * len(words) + found, return_inverse=True)[1] if kinds > 1 else found
        kinds = int(same.max()) + 1
    order = np.argsort(same, kind="stable")
    yield from np.split(order, np.cumsum(np.bincount(same, minlength=kinds))[:-1])
