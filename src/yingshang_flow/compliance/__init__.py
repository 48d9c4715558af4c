"""Compliance: holds histories and ledgers against the definition they ran under."""

from yingshang_flow.compliance.audit import audit, audit_all
from yingshang_flow.compliance.finding import Audit, Finding, Outcome, Owed, Severity, Told, Verdict
from yingshang_flow.compliance.ledger import Ledger, LedgerAct, LedgerRow, RowProblem
from yingshang_flow.compliance.ledger_audit import LedgerAudit, RowFinding, RuleCount, audit_ledger
from yingshang_flow.compliance.mapping import Mapping
from yingshang_flow.compliance.reading import read_ledger

__all__ = [
    "Audit",
    "Finding",
    "Ledger",
    "LedgerAct",
    "LedgerAudit",
    "LedgerRow",
    "Mapping",
    "Outcome",
    "Owed",
    "RowFinding",
    "RowProblem",
    "RuleCount",
    "Severity",
    "Told",
    "Verdict",
    "audit",
    "audit_all",
    "audit_ledger",
    "read_ledger",
]
