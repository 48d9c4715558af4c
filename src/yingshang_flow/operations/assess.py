"""Assesses units: asks the store for sums, never for a case, and has them compared."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from yingshang_flow.compliance.assessment import INDICATORS, Assessment, Indicator, Span, Sums, assessed, checked
from yingshang_flow.deadlines import china_date
from yingshang_flow.errors import StoreError, UnknownError
from yingshang_flow.ports import Store, Tallies

_NO_TALLIES: Final = (
    "a {} counts nothing that units could be assessed by; use a store that is Tallies, as the shipped ones are"
)


def assess(
    store: Store,
    span: Span,
    *,
    now: datetime,
    indicators: Iterable[Indicator] = INDICATORS,
    units: Iterable[str] | None = None,
) -> Assessment:
    """Return the units of a span, compared by what the store has counted of them.

    Args:
        store: Where the cases are kept.
        span: The days that are assessed.
        now: The current instant; while the span runs, only the days that are over count.
        indicators: By what they are compared.
        units: Who is compared; whoever has anything counted unless given.

    Raises:
        StoreError: The store counts nothing, or has cases that it has not counted from the beginning.
        UnknownError: The span has not begun, or the indicators or units are none.
    """
    counting = tallying(store)
    by = checked(indicators)
    names = None if units is None else _named(units)
    yesterday = china_date(now) - timedelta(days=1)
    if span.first > yesterday:
        message = f"nothing can be counted yet of {span.label.en}: its first day {span.first} is not over"
        raise UnknownError(message)
    counted_to = min(span.last, yesterday)
    before = None if span.before is None else _sums(counting, span.before.first, span.before.last, by)
    sums = _sums(counting, span.first, counted_to, by)
    return assessed(span, by, sums, before, counted_to=counted_to, units=names)


def span_of(period: str | Span | tuple[date, date]) -> Span:
    """Return a period, read strictly.

    Raises:
        UnknownError: It is none.
    """
    if isinstance(period, Span):
        return period
    if isinstance(period, tuple) and len(period) == 2 and all(type(day) is date for day in period):  # noqa: PLR2004  # from, to
        return Span.between(*period)
    return Span.read(period)  # type: ignore[arg-type]  # what is no text is refused there


def tallying(store: Store) -> Tallies:
    """Return a store as what counts.

    Raises:
        StoreError: It counts nothing.
    """
    if not isinstance(store, Tallies):
        raise StoreError(_NO_TALLIES.format(type(store).__name__))
    return store


def _sums(store: Tallies, first: date, last: date, indicators: Iterable[Indicator]) -> Sums:
    measures = dict.fromkeys(measure for one in indicators for measure in one.measures)
    sums: Counter[tuple[str, str]] = Counter()
    for one in store.tallied(first.isoformat(), last.isoformat(), measures=measures):
        sums[one.measure, one.unit] += one.count
    for (measure, unit), count in sums.items():
        if count < 0:
            raise StoreError(
                f"{measure} of {unit!r} is {count} from {first} to {last}: cases from before the store counted are not"
                " counted yet; run docket.retally(), or: yingshang-flow retally"
            )
    return sums


def _named(units: Iterable[str]) -> tuple[str, ...]:
    found = (units,) if isinstance(units, str) else tuple(units)
    wrong = [unit for unit in found if not isinstance(unit, str) or not unit.strip()]
    if wrong or not found:
        message = (
            f"units are names, one or more, not {wrong[0]!r:.60}"
            if wrong
            else "no units are given; leave units out to compare all"
        )
        raise UnknownError(message)
    return found
