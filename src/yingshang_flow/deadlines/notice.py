"""A State Council notice or a local order, as data: which days it gives off, and which it turns into working days."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
    try:
        return tuple(days.items()) if isinstance(days, Mapping) else tuple(map(_entry, days))
    except (TypeError, ValueError) as exc:
        raise CalendarError(
            f"a notice's days are a mapping from date to Label, or pairs of both, not {days!r}"
        ) from exc


def _entry(pair: tuple[date, Label]) -> tuple[date, Label]:
    day, label = pair
    return day, label


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
        issued: The day of issue, if it is known: that of its release (发布日期), from which on it counts as known, and
            not the date of signature under its text (成文日期), which can be some days earlier.
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
        """Refuse a notice that is misshapen or contradicts itself; all of its problems are reported together."""
        if problems := list(self._misshapen()):
            raise CalendarError(f"notice {self.key!r}: {'; '.join(problems)}")
        if problems := contradictions_within(
            [day for day, _ in self.days_off],
            [day for day, _ in self.working_days],
            scope=self.scope,
            issued=self.issued,
            publishes=self.publishes,
        ):
            raise CalendarError(f"notice {self.key!r} contradicts itself: {'; '.join(problems)}")

    def _misshapen(self) -> Iterator[str]:
        for name, text in (("key", self.key), ("scope", self.scope)):
            if not isinstance(text, str) or not text.strip():
                yield f"{name} is a text, not {text!r}"
        if not isinstance(self.title, Label):
            yield f"title is a Label, not {self.title!r}"
        if not isinstance(self.number, str):
            yield f"number is a text, not {self.number!r}"
        if self.issued is not None and not is_date(self.issued):
            yield f"issued is a date, not {self.issued!r}"
        if self.publishes is not None and (isinstance(self.publishes, bool) or not isinstance(self.publishes, int)):
            yield f"publishes is a year, not {self.publishes!r}"
        entries = (*self.days_off, *self.working_days)
        if wrong := [day for day, label in entries if not is_date(day) or not isinstance(label, Label)]:
            yield f"each entry is a date with its Label; not so: {_listed(wrong)}"

    @property
    def citation(self) -> Citation:
        """The notice as a source: national ones bind like a statute, local ones as a document."""
        authority = Authority.STATUTE if self.scope == NATIONAL else Authority.DOCUMENT
        return Source(self.key, self.title, authority, self.number, self.issued)()


def contradictions_within(
    off: Iterable[date], work: Iterable[date], *, scope: str, issued: date | None, publishes: int | None
) -> list[str]:
    """Return how one notice contradicts itself, every problem with the days it is about.

    Args:
        off: Its days off.
        work: The days that become working days.
        scope: The place it holds for, or ``national``.
        issued: Its day of issue, if it is known.
        publishes: The year whose yearly notice it is, if it is one.
    """
    off, work = Counter(off), Counter(work)
    named = off.keys() | work.keys()
    problems = []
    if not named:
        problems.append("it has no entry; name its days off and its working days")
    if both := off.keys() & work.keys():
        problems.append(f"a day off and a working day at once: {_listed(both)}")
    if repeated := [day for days in (off, work) for day, times in days.items() if times > 1]:
        problems.append(f"a day is listed twice: {_listed(repeated)}; list each once")
    if publishes is not None:
        if scope != NATIONAL:
            problems.append(f"only a national notice publishes a year, not one for {scope}")
        if outside := [d for d in named if d.year != publishes and (d.year, d.month) != (publishes - 1, _DECEMBER)]:
            problems.append(
                f"it publishes {publishes}, but these are not in {publishes} or the December before: {_listed(outside)}"
            )
        if issued is not None and issued.year not in {publishes - 1, publishes}:
            problems.append(f"it publishes {publishes}, but is issued on {issued}, neither in that year nor before it")
    return problems


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
    notices, scopes = tuple(notices), dict.fromkeys((NATIONAL, *places))
    return tuple(notice for scope in scopes for notice in notices if notice.scope == scope)


def contradictions(notices: Iterable[Notice]) -> list[str]:
    """Return how notices contradict one another in the order in which they are laid on a calendar.

    That are two notices of one key, two that publish one year, and two of one scope that say opposite things of a day
    though they were issued on the same day, or though the earlier one is laid on top.
    """
    return [problem for one, other in combinations(notices, 2) for problem in _contradicting(one, other)]


def _contradicting(below: Notice, above: Notice) -> list[str]:
    if below.key == above.key:
        return [f"notice {below.key!r} is given twice"]
    names = f"notices {below.key!r} and {above.key!r}"
    if below.publishes is not None and below.publishes == above.publishes:
        return [f"{names} both publish {below.publishes}; a later change is a notice without publishes="]
    if below.scope != above.scope or below.issued is None or above.issued is None or below.issued < above.issued:
        return []
    opposite = [
        *({day for day, _ in below.days_off} & {day for day, _ in above.working_days}),
        *({day for day, _ in below.working_days} & {day for day, _ in above.days_off}),
    ]
    if not opposite:
        return []
    if below.issued == above.issued:
        return [f"{names} of one day of issue contradict each other: {_listed(opposite)} is off and worked"]
    laid = f"notice {above.key!r} of {above.issued} is laid over {below.key!r} of {below.issued}"
    return [f"{laid} and says the opposite of {_listed(opposite)}; give notices in the order of their issue"]


def _listed(days: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, days)))
