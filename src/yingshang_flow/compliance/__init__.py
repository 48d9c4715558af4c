"""Compliance: holds histories and ledgers against the definition they ran under."""

from yingshang_flow.compliance.audit import audit, audit_all
from yingshang_flow.compliance.finding import Audit, Finding, Outcome, Owed, Reason, Severity, Told, Verdict
from yingshang_flow.compliance.ledger import Ledger, LedgerAct, LedgerRow, RowProblem, read_ledger
from yingshang_flow.compliance.ledger_audit import LedgerAudit, RowFinding, audit_ledger
from yingshang_flow.compliance.tally import RuleCount

__all__ = [
    "Audit",
    "Finding",
    "Ledger",
    "LedgerAct",
    "LedgerAudit",
    "LedgerRow",
    "Outcome",
    "Owed",
    "Reason",
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
