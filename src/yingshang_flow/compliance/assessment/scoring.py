"""Units compared: exact rates, standard scores, a ranking in which ties are ties, and the change since before.

The standard score of a rate is 50 + 10 · (rate − mean) / deviation, over the units that are scored on it; the deviation
is that of the whole population. Where a lower rate is better the sign is turned. Without deviation everybody has 50. A
unit's total is the mean of its scores, weighted; both are rounded to hundredths, the total is ranked by what is shown.
Of equal totals all have the same place, and the places after them are left out: 1, 2, 2, 4. All of this is ours.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

import attrs

from yingshang_flow.compliance.assessment.indicator import Indicator
from yingshang_flow.compliance.assessment.span import Span

_MIDDLE: Final = 50
_STEP: Final = 10

Sums = Mapping[tuple[str, str], int]
"""What was counted, by measure and unit."""


@attrs.frozen
class Rate:
    """One indicator of one unit.

    Attributes:
        indicator: The key of the indicator.
        numerator: What was counted.
        denominator: Of how many; 0 where there was nothing to be assessed by.
        score: The standard score, in hundredths rounded; none where the unit is not scored on it.
        before: The rate of the span before; none where there was none.
    """

    indicator: str
    numerator: int
    denominator: int
    score: float | None = None
    before: Fraction | None = None

    @property
    def value(self) -> Fraction | None:
        """The rate, exactly; none where the denominator is 0."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def change(self) -> Fraction | None:
        """How the rate has changed since the span before, exactly; none where one of the two is missing."""
        return None if self.value is None or self.before is None else self.value - self.before


@attrs.frozen
class Standing:
    """How one unit stands.

    Attributes:
        unit: The unit.
        rates: One for each indicator, in their order.
        total: The weighted mean of its scores, in hundredths rounded; none where it has no score.
        place: Its place, from 1; none where it has no total.
        tied: How many other units have the same place.
        before: Its place in the span before; none where it had none.
    """

    unit: str
    rates: tuple[Rate, ...]
    total: float | None = None
    place: int | None = None
    tied: int = 0
    before: int | None = None


@attrs.frozen
class Assessment:
    """The units of a span, compared.

    Attributes:
        span: The days that are assessed.
        counted_to: The last day that was counted: that of the span, or the one before today while the span runs.
        before: The span it is compared with; none where there is none.
        indicators: By what they are compared.
        ranked: The units with a place, the best first, those of one place in order of their names.
        unranked: The units without a score, in order of their names.
    """

    span: Span
    counted_to: date
    before: Span | None
    indicators: tuple[Indicator, ...]
    ranked: tuple[Standing, ...]
    unranked: tuple[Standing, ...]


def assessed(
    span: Span,
    indicators: Sequence[Indicator],
    sums: Sums,
    before: Sums | None,
    *,
    counted_to: date,
    units: Iterable[str] | None = None,
) -> Assessment:
    """Return the units of a span, compared.

    Args:
        span: The days that are assessed.
        indicators: By what.
        sums: What was counted in the span.
        before: What was counted in the span before; none where there is none.
        counted_to: The last day that was counted.
        units: Who is compared; whoever has anything counted unless given.
    """
    names = sorted({unit for _, unit in sums} if units is None else set(units))
    places = {} if before is None else {one.unit: one for one in _ranking(_rated(names, indicators, before, {}))}
    earlier = {unit: {rate.indicator: rate.value for rate in one.rates} for unit, one in places.items()}
    standings = _ranking(_rated(names, indicators, sums, earlier))
    found = [attrs.evolve(one, before=places[one.unit].place if one.unit in places else None) for one in standings]
    return Assessment(
        span,
        counted_to,
        None if before is None else span.before,
        tuple(indicators),
        tuple(one for one in found if one.place is not None),
        tuple(one for one in found if one.place is None),
    )


def _rated(
    units: Sequence[str],
    indicators: Sequence[Indicator],
    sums: Sums,
    before: Mapping[str, Mapping[str, Fraction | None]],
) -> list[Standing]:
    """Return units with their rates and scores."""
    columns = []
    for indicator in indicators:
        rates = []
        for unit in units:
            above, below = (sum(sums.get((one, unit), 0) for one in of) for of in _sides(indicator))
            rates.append(Rate(indicator.key, above, below, before=before.get(unit, {}).get(indicator.key)))
        columns.append(_scored(indicator, rates))
    rows = zip(*columns, strict=True) if units else ()
    return [Standing(unit, rates, _total(indicators, rates)) for unit, rates in zip(units, rows, strict=True)]


def _sides(indicator: Indicator) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return indicator.numerator, indicator.denominator


def _scored(indicator: Indicator, rates: Sequence[Rate]) -> list[Rate]:
    """Return the rates of one indicator with their standard scores; what is divided is exact to the last step."""
    values = [_value(rate) for rate in rates if rate.denominator >= indicator.at_least]
    if not values:
        return list(rates)
    mean = sum(values, Fraction()) / len(values)
    deviation = math.sqrt(sum(((value - mean) ** 2 for value in values), Fraction()) / len(values))
    sign = 1 if indicator.higher_is_better else -1
    return [
        attrs.evolve(rate, score=round(_MIDDLE + sign * _STEP * float(_value(rate) - mean) / (deviation or 1), 2))
        if rate.denominator >= indicator.at_least
        else rate
        for rate in rates
    ]


def _value(rate: Rate) -> Fraction:
    return Fraction(rate.numerator, rate.denominator)


def _total(indicators: Sequence[Indicator], rates: Sequence[Rate]) -> float | None:
    """Return the weighted mean of the scores there are; from hundredths, so that equal scores make equal totals."""
    scored = [(one.weight, rate.score) for one, rate in zip(indicators, rates, strict=True) if rate.score is not None]
    if not scored:
        return None
    hundredths = sum((weight * Fraction(round(score * 100), 100) for weight, score in scored), Fraction())
    return float(round(hundredths / sum(weight for weight, _ in scored), 2))


def _ranking(standings: Iterable[Standing]) -> list[Standing]:
    """Return units in order of their totals, with their places, and those without one behind them."""
    found = list(standings)
    totals = [one.total for one in found if one.total is not None]
    placed = [
        one
        if one.total is None
        else attrs.evolve(
            one, place=1 + sum(total > one.total for total in totals), tied=sum(t == one.total for t in totals) - 1
        )
        for one in found
    ]
    return sorted(placed, key=lambda one: (one.place is None, one.place or 0, one.unit))
