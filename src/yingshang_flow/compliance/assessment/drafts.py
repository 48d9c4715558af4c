"""The bottom of a ranking as drafts of interview plans (末位约谈), for a person to complete and to open."""

from fractions import Fraction
from typing import Any, Final

import attrs

from yingshang_flow.compliance.assessment.scoring import Assessment, Standing
from yingshang_flow.errors import UnknownError
from yingshang_flow.lifecycles.interview import BOTTOM_RANK

MISSING: Final = ("matter", "gravity", "tier", "subjects[0].person", "subjects[0].rank")
"""What only a person can say: on which matter, how grave it is, who is asked to come."""


@attrs.frozen
class Draft:
    """A plan of an interview as far as a ranking can write it.

    Attributes:
        unit: The unit at the bottom.
        place: Its place.
        content: The content of ``plan``, a plain mapping, without what is missing.
        missing: What a person has to add, by path.
    """

    unit: str
    place: int
    content: dict[str, Any]
    missing: tuple[str, ...] = MISSING


def drafts(
    assessment: Assessment, *, last: int | None = None, share: Fraction | float | None = None
) -> tuple[Draft, ...]:
    """Return a draft for each unit at the bottom of a ranking, the last one first; nothing is opened.

    Units of one place are all in it or all out: with the place of the last one that is asked for come all that share
    it. Where all have one place there is no bottom.

    Args:
        assessment: The ranking.
        last: How many of the last places; give this or ``share``.
        share: Which share of the ranked units, above 0 and at most 1; rounded up.

    Raises:
        UnknownError: Neither or both are given, or one that makes no sense.
    """
    number = _number(assessment, last, share)
    ranked = assessment.ranked
    if not ranked or ranked[0].place == ranked[-1].place:
        return ()
    edge = ranked[-min(number, len(ranked))].place
    bottom = [one for one in reversed(ranked) if one.place is not None and edge is not None and one.place >= edge]
    return tuple(_draft(assessment, one) for one in bottom)


def _number(assessment: Assessment, last: int | None, share: Fraction | float | None) -> int:
    if (last is None) == (share is None):
        message = "say which units are the bottom: give last= or share=, and one of them only"
        raise UnknownError(message)
    if last is not None:
        if type(last) is not int or last < 1:
            message = f"last is {last!r:.20}; give a whole number of places from 1"
            raise UnknownError(message)
        return last
    if isinstance(share, bool) or not isinstance(share, Fraction | float | int) or not 0 < share <= 1:
        message = f"share is {share!r:.20}; give a share above 0 and at most 1"
        raise UnknownError(message)
    whole = Fraction(share).limit_denominator(10**6) * len(assessment.ranked)
    return -(-whole.numerator // whole.denominator)


def _draft(assessment: Assessment, standing: Standing) -> Draft:
    review = f"{assessment.span.label.zh}营商环境考核"
    rates = "；".join(
        f"{indicator.label.zh}{rate.numerator}/{rate.denominator}"
        for indicator, rate in zip(assessment.indicators, standing.rates, strict=True)
        if rate.denominator
    )
    place = standing.place or 0
    tied = f"（与另外{standing.tied}个单位并列）" if standing.tied else ""
    return Draft(
        standing.unit,
        place,
        {
            "grounds": list(BOTTOM_RANK.codes),
            "because": BOTTOM_RANK.key,
            "facts": f"{review}排名第{place}{tied}，参加排名{len(assessment.ranked)}个单位；{rates}",
            "review": review,
            "mode": "individual",
            "subjects": [{"unit": standing.unit}],
        },
    )
