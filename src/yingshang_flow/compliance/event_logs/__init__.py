"""Event logs, as tools of process mining exchange them: histories written and read again, other systems' logs read.

A procedure is written as the Petri net against which such tools replay a log.
"""

from yingshang_flow.compliance.event_logs.foreign import EventLedger, EventProblem, TraceRow, read_foreign_xes
from yingshang_flow.compliance.event_logs.ocel import write_ocel_json
from yingshang_flow.compliance.event_logs.petri import Ends, PetriNet, petri_net, write_pnml
from yingshang_flow.compliance.event_logs.stream import read_traces
from yingshang_flow.compliance.event_logs.xes import History, is_own, read_xes, write_xes

__all__ = [
    "Ends",
    "EventLedger",
    "EventProblem",
    "History",
    "PetriNet",
    "TraceRow",
    "is_own",
    "petri_net",
    "read_foreign_xes",
    "read_traces",
    "read_xes",
    "write_ocel_json",
    "write_pnml",
    "write_xes",
]
