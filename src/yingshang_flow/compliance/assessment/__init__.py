"""Assessment 考核: units compared by what was counted of them, told as a circular, its bottom as drafts of interviews."""

from yingshang_flow.compliance.assessment.circular import circular
from yingshang_flow.compliance.assessment.drafts import Draft, drafts
from yingshang_flow.compliance.assessment.indicator import INDICATORS, Indicator, checked
from yingshang_flow.compliance.assessment.scoring import Assessment, Rate, Standing, Sums, assessed
from yingshang_flow.compliance.assessment.span import Span

__all__ = [
    "INDICATORS",
    "Assessment",
    "Draft",
    "Indicator",
    "Rate",
    "Span",
    "Standing",
    "Sums",
    "assessed",
    "checked",
    "circular",
    "drafts",
]
