"""Tables of other systems, whatever they are kept in, as streams of rows whose cells are texts, numbers and dates.

``tables.query``, which reads what a query on a database finds, needs SQLAlchemy and is imported by itself.
"""

from yingshang_flow.compliance.tables.cells import (
    DATE_ORDERS,
    Day,
    Unreadable,
    read_day,
    read_ordered_day,
    read_serial,
)
from yingshang_flow.compliance.tables.csv_file import separated_by
from yingshang_flow.compliance.tables.opening import open_table
from yingshang_flow.compliance.tables.table import (
    LONGEST_CELL,
    Cell,
    Merge,
    Row,
    Table,
    letters,
    listed,
    plain,
    short,
    text_of,
)

__all__ = [
    "DATE_ORDERS",
    "LONGEST_CELL",
    "Cell",
    "Day",
    "Merge",
    "Row",
    "Table",
    "Unreadable",
    "letters",
    "listed",
    "open_table",
    "plain",
    "read_day",
    "read_ordered_day",
    "read_serial",
    "separated_by",
    "short",
    "text_of",
]
