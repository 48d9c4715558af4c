"""Ledgers 台账: what the rows of a table tell of cases, read by a mapping of its columns, and why a row is refused."""

from yingshang_flow.compliance.ledgers.guessing import Guess, guess_table
from yingshang_flow.compliance.ledgers.headings import known_headings
from yingshang_flow.compliance.ledgers.ledger import Ledger, LedgerAct, LedgerRow, RowProblem
from yingshang_flow.compliance.ledgers.mapping import Mapping
from yingshang_flow.compliance.ledgers.reading import read_ledger

__all__ = [
    "Guess",
    "Ledger",
    "LedgerAct",
    "LedgerRow",
    "Mapping",
    "RowProblem",
    "guess_table",
    "known_headings",
    "read_ledger",
]
