"""A State Council notice or a local order, as data: which days it gives off, and which it turns into working days."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import combinations
from typing import Final

import attrs

from yingshang_flow.deadlines.clock import is_date
from yingshang_flow.errors import CalendarError
from yingshang_flow.words import Authority, Citation, Label, Source

NATIONAL: Final = "national"
"""The scope of a notice that holds everywhere."""

Days = Mapping[date, Label] | Iterable[tuple[date, Label]]
"""Days with what each one is called."""

_DECEMBER: Final = 12


def _days(days: Days) -> tuple[tuple[date, Label], ...]:
    return tuple(days.items()) if isinstance(days, Mapping) else tuple(days)


@attrs.frozen
class Notice:
    """Days off and make-up working days that were ordered together.

    A notice lists what differs from Monday to Friday and from the statutory holidays; only the State Council's yearly
    notice may repeat weekends and statutory holidays, because it prints whole spans.

    Attributes:
        key: The stable key, for example ``holiday-notice-2027``.
        title: The published title, without the book-title marks 《》.
        days_off: The days off; given as a mapping from date to label, kept as pairs.
        working_days: The days that become working days; likewise.
        scope: ``national``, or the name of the place a local order holds for.
        issued: The date of issue, if it is known.
        number: The document number (文号), if it has one.
        publishes: The year whose yearly notice this is; it moves a calendar's horizon to 28 December of that year.
    """

    key: str
    title: Label
    days_off: tuple[tuple[date, Label], ...] = attrs.field(default=(), converter=_days)
    working_days: tuple[tuple[date, Label], ...] = attrs.field(default=(), converter=_days)
    scope: str = attrs.field(default=NATIONAL, kw_only=True)
    issued: date | None = attrs.field(default=None, kw_only=True)
    number: str = attrs.field(default="", kw_only=True)
    publishes: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse a notice that contradicts itself; all of its problems are reported together."""
        entries = (*self.days_off, *self.working_days)
        if wrong := [day for day, label in entries if not is_date(day) or not isinstance(label, Label)]:
            raise CalendarError(f"notice {self.key!r}: each entry is a date with its Label; not so: {_listed(wrong)}")
        problems = []
        off, working = (frozenset(day for day, _ in days) for days in (self.days_off, self.working_days))
        if not entries:
            problems.append("it has no entry; name its days off and its working days")
        if both := off & working:
            problems.append(f"a day off and a working day at once: {_listed(both)}")
        if len(entries) - len(both) > len(off | working):
            problems.append("a day is listed twice; list each once")
        if (year := self.publishes) is not None:
            if self.scope != NATIONAL:
                problems.append(f"only a national notice publishes a year, not one for {self.scope}")
            if outside := [d for d in off | working if d.year != year and (d.year, d.month) != (year - 1, _DECEMBER)]:
                problems.append(
                    f"it publishes {year}, but these are not in {year} or the December before: {_listed(outside)}"
                )
        if problems:
            raise CalendarError(f"notice {self.key!r} contradicts itself: {'; '.join(problems)}")

    @property
    def citation(self) -> Citation:
        """The notice as a source: national ones bind like a statute, local ones as a document."""
        authority = Authority.STATUTE if self.scope == NATIONAL else Authority.DOCUMENT
        return Source(self.key, self.title, authority, self.number, self.issued)()


def issued_by(notices: Iterable[Notice], day: date) -> tuple[Notice, ...]:
    """Return the notices that were issued by a day, in their order.

    Raises:
        CalendarError: A notice has no date of issue, so that nobody can tell; all such are named.
    """
    notices = tuple(notices)
    if undated := [notice.key for notice in notices if notice.issued is None]:
        raise CalendarError(
            f"what was known on {day} cannot be told: {_listed(map(repr, undated))} has no date of issue; "
            "give the notice its issued="
        )
    return tuple(notice for notice in notices if notice.issued is not None and notice.issued <= day)


def for_places(notices: Iterable[Notice], *places: str) -> tuple[Notice, ...]:
    """Return the notices that hold in a place, in the order in which they are laid on a calendar.

    National ones come first, then those of each place named; within one scope the order is kept. An order of any other
    place is left out.

    Args:
        notices: Notices of any scope.
        places: The places from the widest to the narrowest, for example ``"辽宁省", "大连市"``.
    """
    notices = tuple(notices)
    return tuple(notice for scope in (NATIONAL, *places) for notice in notices if notice.scope == scope)


def contradictions(notices: Iterable[Notice]) -> list[str]:
    """Return how notices contradict one another: what no order between them can settle.

    That are two notices of one key, two that publish one year, and two of one scope and one day of issue that say
    opposite things of a day.
    """
    return [problem for one, other in combinations(notices, 2) for problem in _contradicting(one, other)]


def _contradicting(one: Notice, other: Notice) -> list[str]:
    if one.key == other.key:
        return [f"notice {one.key!r} is given twice"]
    names = f"notices {one.key!r} and {other.key!r}"
    if one.publishes is not None and one.publishes == other.publishes:
        return [f"{names} both publish {one.publishes}; a later change is a notice without publishes="]
    if one.scope == other.scope and one.issued is not None and one.issued == other.issued:
        opposite = [
            *({day for day, _ in one.days_off} & {day for day, _ in other.working_days}),
            *({day for day, _ in one.working_days} & {day for day, _ in other.days_off}),
        ]
        if opposite:
            return [f"{names} of one day of issue contradict each other: {_listed(opposite)} is off and worked"]
    return []


def _listed(days: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, days)))
