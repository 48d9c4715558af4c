"""Assessment 考核: units compared by what was counted of them, a circular, and drafts of interviews for the bottom."""

from yingshang_flow.compliance.assessment.as_circular import circular
from yingshang_flow.compliance.assessment.as_json import assessment_json
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
    "assessment_json",
    "checked",
    "circular",
    "drafts",
]
