"""Conformance checking: holds the history of a case against the definition it ran under, rule by rule."""

from yingshang_flow.compliance.conformance.auditor import audit, audit_all
from yingshang_flow.compliance.conformance.duties import Duties, breach_of, offences_of
from yingshang_flow.compliance.conformance.finding import (
    Audit,
    Finding,
    Outcome,
    Owed,
    Reason,
    Severity,
    Told,
    Verdict,
    severity_of,
)
from yingshang_flow.compliance.conformance.migrated import parts
from yingshang_flow.compliance.conformance.noting import Notes
from yingshang_flow.compliance.conformance.owing import days_late

__all__ = [
    "Audit",
    "Duties",
    "Finding",
    "Notes",
    "Outcome",
    "Owed",
    "Reason",
    "Severity",
    "Told",
    "Verdict",
    "audit",
    "audit_all",
    "breach_of",
    "days_late",
    "offences_of",
    "parts",
    "severity_of",
]
