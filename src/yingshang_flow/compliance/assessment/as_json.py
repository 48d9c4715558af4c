"""An assessment as plain JSON values, with every count, so that each rate can be worked out again exactly."""

from typing import Any

from yingshang_flow.compliance.assessment.as_circular import why_unranked
from yingshang_flow.compliance.assessment.drafts import Draft
from yingshang_flow.compliance.assessment.scoring import Assessment, Rate, Standing
from yingshang_flow.compliance.assessment.span import Span
from yingshang_flow.words import Label


def assessment_json(assessment: Assessment, drafts: tuple[Draft, ...] = ()) -> dict[str, Any]:
    """Return an assessment as JSON values.

    Args:
        assessment: The assessment.
        drafts: Drafts of interview plans to go with it.
    """
    return {
        "period": _span(assessment.span),
        "counted_to": assessment.counted_to.isoformat(),
        "before": None if assessment.before is None else _span(assessment.before),
        "indicators": [
            {
                "key": one.key,
                "label": _both(one.label),
                "numerator": list(one.numerator),
                "denominator": list(one.denominator),
                "higher_is_better": one.higher_is_better,
                "weight": one.weight,
                "at_least": one.at_least,
            }
            for one in assessment.indicators
        ],
        "ranked": [_standing(one) for one in assessment.ranked],
        "unranked": [{**_standing(one), "why": _both(why_unranked(assessment, one))} for one in assessment.unranked],
        "drafts": [
            {"unit": one.unit, "place": one.place, "content": one.content, "missing": list(one.missing)}
            for one in drafts
        ],
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "unit": standing.unit,
        "place": standing.place,
        "tied": standing.tied,
        "total": standing.total,
        "place_before": standing.before,
        "rates": {rate.indicator: _rate(rate) for rate in standing.rates},
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "score": rate.score,
        "before": None if rate.before is None else str(rate.before),
        "change": None if rate.change is None else str(rate.change),
    }


def _span(span: Span) -> dict[str, Any]:
    return {"label": _both(span.label), "first": span.first.isoformat(), "last": span.last.isoformat()}


def _both(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}
