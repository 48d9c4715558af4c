"""Reports of audits: one model, shown as JSON, as a page for people, or as a workbook (``report.workbook``)."""

from yingshang_flow.compliance.report.as_json import report_json, schema
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
    "LedgerSource",
    "Rate",
    "RefusedRow",
    "Report",
    "ReportedCase",
    "ReportedFinding",
    "RuleTotal",
    "report_json",
    "report_of",
    "schema",
]
