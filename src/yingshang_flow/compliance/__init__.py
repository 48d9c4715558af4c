"""Compliance: holds histories and ledgers against the definition they ran under, and tells what came of it.

Each package knows only those below it:

- ``report``: what an audit says, as JSON, a page or a workbook; which findings were accepted.
- ``bulk``: audits many cases at once, the rows of a ledger or a log as columns.
- ``event_logs``: histories as event logs and back, other systems' logs as ledgers, procedures as Petri nets.
- ``conformance``: audits the history of one case.
- ``ledgers``: what the rows of a table tell of cases, by a mapping of its columns.
- ``tables``: files and queries of other systems as streams of rows.
- ``assessment``: compares units by what was counted of them.
- ``tracing``: where each rule of a procedure stands, and which tests show it.
"""

from yingshang_flow.compliance.bulk import LedgerAudit, RowFinding, RuleCount, audit_ledger
from yingshang_flow.compliance.conformance import (
    Audit,
    Finding,
    Outcome,
    Owed,
    Reason,
    Severity,
    Told,
    Verdict,
    audit,
    audit_all,
)
from yingshang_flow.compliance.event_logs import (
    EventLedger,
    EventProblem,
    History,
    PetriNet,
    TraceRow,
    petri_net,
    read_foreign_xes,
    read_xes,
    write_ocel_json,
    write_pnml,
    write_xes,
)
from yingshang_flow.compliance.ledgers import Ledger, LedgerAct, LedgerRow, Mapping, RowProblem, read_ledger

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
