"""Compliance: holds histories and ledgers against the definition they ran under, and exchanges them as event logs."""

from yingshang_flow.compliance.audit import audit, audit_all
from yingshang_flow.compliance.finding import Audit, Finding, Outcome, Owed, Reason, Severity, Told, Verdict
from yingshang_flow.compliance.foreign_log import EventLedger, EventProblem, TraceRow, read_foreign_xes
from yingshang_flow.compliance.ledger import Ledger, LedgerAct, LedgerRow, RowProblem
from yingshang_flow.compliance.ledger_audit import LedgerAudit, RowFinding, audit_ledger
from yingshang_flow.compliance.mapping import Mapping
from yingshang_flow.compliance.ocel import write_ocel_json
from yingshang_flow.compliance.petri import PetriNet, petri_net, write_pnml
from yingshang_flow.compliance.reading import read_ledger
from yingshang_flow.compliance.tally import RuleCount
from yingshang_flow.compliance.xes import History, read_xes, write_xes

__all__ = [
    "Audit",
    "EventLedger",
    "EventProblem",
    "Finding",
    "History",
    "Ledger",
    "LedgerAct",
    "LedgerAudit",
    "LedgerRow",
    "Mapping",
    "Outcome",
    "Owed",
    "PetriNet",
    "Reason",
    "RowFinding",
    "RowProblem",
    "RuleCount",
    "Severity",
    "Told",
    "TraceRow",
    "Verdict",
    "audit",
    "audit_all",
    "audit_ledger",
    "petri_net",
    "read_foreign_xes",
    "read_ledger",
    "read_xes",
    "write_ocel_json",
    "write_pnml",
    "write_xes",
]
