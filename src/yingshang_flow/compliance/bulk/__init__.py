"""Audits many cases at once: the rows of a ledger, or a log as columns.

``bulk.log`` and ``bulk.log_audit`` work on columns, need numpy (the extra ``bulk``) and are imported by themselves; a
ledger is audited through them where numpy is installed, else row by row.
"""

from yingshang_flow.compliance.bulk.ledger_audit import LedgerAudit, RowFinding, audit_ledger
from yingshang_flow.compliance.bulk.tally import RuleCount

__all__ = [
    "LedgerAudit",
    "RowFinding",
    "RuleCount",
    "audit_ledger",
]
