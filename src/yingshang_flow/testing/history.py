"""The history of one made-up case, which is told as a story where a test shows it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, overload

import attrs

from yingshang_flow.compliance import Audit, audit
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.testing.story import story
from yingshang_flow.words import Language


@attrs.frozen(repr=False)
class History(Sequence[Record]):
    """The history of one made-up case; a sequence of its records, told as a story by its repr.

    Attributes:
        lifecycle: The procedure.
        records: The records, in order.
        now: The instant as of which it is judged; what should have been done by then and was not is late.
        calendar: The working days.
        breaks: The ids of the rules it breaks.
        linked: The cases it is linked to, by id.
    """

    lifecycle: Lifecycle
    records: tuple[Record, ...]
    now: datetime
    calendar: WorkingCalendar
    breaks: frozenset[str] = frozenset()
    linked: dict[str, Case] = attrs.field(factory=dict)

    @property
    def case(self) -> Case:
        """Where the case stands after the last record."""
        case: Case | None = None
        for record in self.records:
            case = evolve(case, record)
        assert case is not None  # noqa: S101  # a history has a first record
        return case

    def audit(self) -> Audit:
        """Return what the audit says of it."""
        return audit(self.records, self.lifecycle, calendar=self.calendar, now=self.now, linked=self.linked)

    def story(self, language: Language = "zh") -> str:
        """Return it in words, with the rules it breaks."""
        return story(self.records, self.lifecycle, self.audit(), language=language)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Record, ...]: ...
    def __getitem__(self, index: int | slice) -> Record | tuple[Record, ...]:
        return self.records[index]

    def __len__(self) -> int:
        return len(self.records)

    def __repr__(self) -> str:
        return f"\n{self.story('en')}\n"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: ANN401, FBT001 - as IPython's protocol has it
        """Be shown by Hypothesis as a story too, which would else take a class of attrs apart into its fields."""
        printer.text(repr(self))
