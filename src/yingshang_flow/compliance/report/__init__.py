"""Reports of audits: one model, shown as JSON, as a page for people, or as a workbook; findings that were accepted.

``report.workbook`` needs openpyxl (the extra ``excel``) and is imported by itself.
"""

from yingshang_flow.compliance.report.as_json import report_json, schema
from yingshang_flow.compliance.report.baseline import Acceptance, Baseline, accept
from yingshang_flow.compliance.report.making import report_of
from yingshang_flow.compliance.report.model import (
    LedgerSource,
    Rate,
    RefusedRow,
    Report,
    ReportedCase,
    ReportedFinding,
    RuleTotal,
)

__all__ = [
    "Acceptance",
    "Baseline",
    "LedgerSource",
    "Rate",
    "RefusedRow",
    "Report",
    "ReportedCase",
    "ReportedFinding",
    "RuleTotal",
    "accept",
    "report_json",
    "report_of",
    "schema",
]
