"""What must or must not be found in a whole history: templates the audit reads, after declarative process mining."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import attrs

from yingshang_flow.core.case import Case
from yingshang_flow.core.limit import Obligors
from yingshang_flow.core.record import Record
from yingshang_flow.words import Label, Rule, rules_of, texts


@attrs.frozen
class Duty:
    """Something the audit looks for in a history.

    Attributes:
        rules: The rules it comes from.
        label: What is owed, in a few words.
    """

    rules: tuple[Rule, ...] = attrs.field(converter=rules_of, kw_only=True)
    label: Label = attrs.field(kw_only=True)

    @property
    def name(self) -> str:
        """What it is called among those of its lifecycle; the name of its kind where that says no more."""
        return type(self).__name__


@attrs.frozen
class Response(Duty):
    """After ``trigger`` one of ``answers`` follows before the case ends; until then it is unknown.

    With ``each``, one follows that counts for everybody of that group. After one of ``unless`` nothing is owed.
    """

    trigger: str
    answers: tuple[str, ...] = attrs.field(converter=texts)
    each: Obligors | None = attrs.field(default=None, kw_only=True)
    unless: tuple[str, ...] = attrs.field(default=(), converter=texts, kw_only=True)

    @property
    def name(self) -> str:
        """Its triggers, as ``Response(conclude, follow_up)``."""
        return f"Response({', '.join((self.trigger, *self.answers))})"


@attrs.frozen
class Precedence(Duty):
    """Before ``trigger`` one of ``earlier`` has happened."""

    trigger: str
    earlier: tuple[str, ...] = attrs.field(converter=texts)

    @property
    def name(self) -> str:
        """Its triggers, as ``Precedence(approve, ask)``."""
        return f"Precedence({', '.join((self.trigger, *self.earlier))})"


@attrs.frozen
class AtMost(Duty):
    """``trigger`` happens at most ``times`` times in a case."""

    trigger: str
    times: int

    @property
    def name(self) -> str:
        """Its trigger and number, as ``AtMost(extend, 1)``."""
        return f"AtMost({self.trigger}, {self.times})"


@attrs.frozen
class InTime(Duty):
    """``trigger`` happens while ``limit`` has not run out; one that comes later is recorded, and found here."""

    trigger: str
    limit: str

    @property
    def name(self) -> str:
        """Its trigger and limit, as ``InTime(extend, conclusion)``."""
        return f"InTime({self.trigger}, {self.limit})"


@attrs.frozen
class Holds(Duty):
    """The content of every ``trigger`` passes a module-level check; without content it is unknown."""

    trigger: str
    check: Callable[[Any], bool]
    edition: int = 1

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.check.__name__


@attrs.frozen
class Never(Duty):
    """Nothing in a history offends: a module-level function yields ``(revision, what was found)``.

    The function gets every act in order, the values and the instant as of which it is asked. It raises ``LookupError``
    with what is not on file when it cannot tell any further. It is the exception, for what no other template says.

    A source that does not tell of each trigger it is ``about`` cannot be judged by it. In a history without
    ``occasion``, where one is named, there is nothing to keep or to break.

    One that ``looks_at`` the acts sees who did what with which content, and no times. One that looks at deadlines, or
    at times, names in ``passed`` the limits without whose end having passed it finds nothing, if that is so, and can
    then tell the same of all cases with the same acts.
    """

    offences: Callable[[Sequence[Record], Any, datetime], Iterable[tuple[int, str]]]
    edition: int = 1
    about: tuple[str, ...] = attrs.field(default=(), converter=texts, kw_only=True)
    occasion: str = attrs.field(default="", kw_only=True)
    looks_at: Literal["acts", "deadlines"] = attrs.field(default="deadlines", kw_only=True)
    passed: tuple[str, ...] = attrs.field(default=(), converter=texts, kw_only=True)

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.offences.__name__


@attrs.frozen
class AcrossCases(Duty):
    """No pair or group of cases offends: a module-level function yields ``(case id, what was found)``.

    The function gets ``(case, records)`` of every audited case, of whatever lifecycle, and the values.
    """

    offenders: Callable[[Sequence[tuple[Case, Sequence[Record]]], Any], Iterable[tuple[str, str]]]
    edition: int = 1

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.offenders.__name__


@attrs.frozen
class Ground:
    """A reason found in one case to open another, which is always a person's act.

    Attributes:
        key: The stable key of the ground.
        rules: The rules it comes from.
        label: The reason.
        opens: The key of the lifecycle that is called for.
        codes: The grounds to cite in the new case, as that lifecycle codes them.
        acts: The triggers whose acts show it.
        where: A module-level function of such an act's record; only one of which it says so shows it.
        breaches: The rules a breach of which shows it, once the audit finds one.
        as_part: Whether what is opened is a part of the case, one for each unit it concerns, and no case of its own.
        edition: Raised whenever the function's meaning changes.
    """

    key: str
    rules: tuple[Rule, ...] = attrs.field(converter=rules_of)
    label: Label
    opens: str
    codes: tuple[str, ...] = ()
    acts: tuple[str, ...] = attrs.field(default=(), converter=texts, kw_only=True)
    where: Callable[[Record], bool] | None = attrs.field(default=None, kw_only=True)
    breaches: tuple[Rule, ...] = attrs.field(default=(), converter=rules_of, kw_only=True)
    as_part: bool = attrs.field(default=False, kw_only=True)
    edition: int = attrs.field(default=1, kw_only=True)
