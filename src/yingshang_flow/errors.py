"""Every exception of the library, in one tree.

::

    YingshangFlowError
    ├── DeadlineError              a period, a date or a calendar that cannot give an answer
    │   ├── PeriodError              a period that cannot be read
    │   ├── CalendarError            a notice or table that contradicts itself
    │   ├── CalendarRangeError       a day before or after everything the calendar knows
    │   └── CalendarHorizonError     a day past the last published notice, where the caller refuses guesses
    ├── TimeError                  a naive, impossible or out-of-order moment
    ├── DefinitionError            a lifecycle that fails its static analysis; every problem at once
    │   └── ProfileError             a profile with wrong or missing values; every problem by file and key path
    ├── UnknownError               a lifecycle, profile, trigger, state, role or case that does not exist
    │   ├── CaseNotFoundError
    │   └── UnknownFingerprintError  a case whose definition cannot be rebuilt by this code
    ├── ContentError               missing, surplus or wrongly typed content; every problem by field path
    ├── BaselineError              a file of accepted findings that cannot be used; every problem at once
    ├── HistoryError               a history that a test asks for and that cannot be, with the reason
    ├── LedgerError                a spreadsheet that cannot be read as a ledger of cases; every problem at once
    │   ├── HeadingsError            a table whose headings are not those that are looked for; a mapping may help
    │   └── MappingError             a mapping of columns that is wrong; every problem by file and key path
    ├── EventLogError              a file that cannot be read as an event log, or a log that was changed
    ├── RefusedError               an act the procedure does not have here, or whose requirements are unmet
    ├── MigrationError             cases that cannot go on under another definition; every problem of every case
    ├── SweepError                 cases the clock could not be run over; every one is named, the others were swept
    ├── DeliveryError              messages whose handler raised; every one is named, the others were delivered
    ├── CodecError                 a value that cannot be written canonically, or a text that cannot be read
    ├── HashingError               a hash algorithm that this machine does not have, or that nobody knows
    └── StoreError                 everything a store raises
        ├── ConflictError            a stale revision or a broken expectation; nothing was changed
        ├── KeyReusedError           a key that already stands for another act
        ├── ReferenceTakenError      a reference that already belongs to another case
        ├── SchemaError              a database that is newer, older, someone else's or not a database
        ├── StoreUnavailableError    a store that cannot be reached, read or written
        ├── UncountedError           a case that its store has not counted from its first record on
        └── TamperedError            a history that does not fit its hashes, or what is kept beside it

Each is an attrs class with positional fields, so that it survives pickling, and a message that says what is wrong,
the value that was found and the next step.
"""

from collections.abc import Iterable

import attrs

from yingshang_flow.words import Unmet


class YingshangFlowError(Exception):
    """The base of every exception raised on purpose by this library."""


@attrs.define
class _MessageError(YingshangFlowError):
    """An error that is told by one sentence."""

    message: str

    def __str__(self) -> str:
        return self.message


def _tuple(problems: str | Iterable[str]) -> tuple[str, ...]:
    return (problems,) if isinstance(problems, str) else tuple(problems)


@attrs.define
class _ProblemsError(YingshangFlowError):
    """An error that reports all of its problems together."""

    subject: str
    problems: tuple[str, ...] = attrs.field(converter=_tuple)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return f"{self.subject}: {self.problems[0]}"
        listed = "".join(f"\n  - {problem}" for problem in self.problems)
        return f"{self.subject}: {len(self.problems)} problems{listed}"


class DeadlineError(_MessageError):
    """A period, a date or a calendar that cannot give an answer."""


class PeriodError(DeadlineError):
    """A period that cannot be read or has an absurd length."""


class CalendarError(DeadlineError):
    """A notice or a table of days that contradicts itself."""


class CalendarRangeError(DeadlineError):
    """A day outside everything the calendar knows."""


class CalendarHorizonError(DeadlineError):
    """A day past the last published notice, where the caller refuses a provisional answer."""


class TimeError(_MessageError):
    """A naive, impossible or out-of-order moment."""


class DefinitionError(_ProblemsError):
    """A lifecycle that fails its static analysis; all problems are reported together."""


class ProfileError(DefinitionError):
    """A profile with wrong, missing or surplus values, each named by file and key path."""


class HistoryError(_MessageError):
    """A history that a test asks for and that cannot be made, with the reason."""


class UnknownError(_MessageError):
    """A lifecycle, profile, trigger, state or role that does not exist."""


class CaseNotFoundError(UnknownError):
    """No case has that id."""


class UnknownFingerprintError(UnknownError):
    """A case whose definition this code cannot rebuild."""


class ContentError(_ProblemsError):
    """Missing, surplus or wrongly typed content; every problem is named by its path."""


class BaselineError(_ProblemsError):
    """A file of accepted findings that cannot be used; all problems of the file are reported together."""


class LedgerError(_ProblemsError):
    """A spreadsheet that cannot be read as a ledger of cases; all problems of the file are reported together."""


class EventLogError(_ProblemsError):
    """A file that cannot be read as an event log, or one of this library's that says what does not fit together."""


class HeadingsError(LedgerError):
    """A table whose headings are not those that are looked for; a mapping may say which they are."""


class MappingError(LedgerError):
    """A mapping of a table's columns that is wrong; every problem is named by file and key path."""


@attrs.define
class RefusedError(YingshangFlowError):
    """An act that the procedure does not have here, or whose requirements are unmet.

    Attributes:
        case: The id of the case; empty for an opening.
        trigger: What was tried.
        state: The state the case is in; empty for an opening.
        unmet: Everything that stands against it.
        possible: The triggers the procedure has in this state, whoever may do them.
    """

    case: str
    trigger: str
    state: str
    unmet: tuple[Unmet, ...]
    possible: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" in state {self.state!r}" if self.state else ""
        listed = "".join(f"\n  - {unmet}" for unmet in self.unmet)
        possible = f"\n  acts of this state: {', '.join(self.possible)}" if self.possible else ""
        return f"{self.trigger!r} is refused{where}:{listed}{possible}"


class SweepError(_ProblemsError):
    """Cases the clock could not be run over; the others were swept."""


class MigrationError(_ProblemsError):
    """Cases that cannot go on under another definition; every problem of every case, and what was moved is said."""


class DeliveryError(_ProblemsError):
    """Messages whose handler raised; the others were delivered."""


class CodecError(_MessageError):
    """A value that cannot be written canonically, or a stored text that cannot be read."""


class HashingError(_MessageError):
    """A hash algorithm that this machine does not have, or that nobody knows; nothing was found to be wrong."""


class StoreError(_MessageError):
    """Everything a store raises; no driver exception escapes."""


class ConflictError(StoreError):
    """A stale revision or a broken expectation; nothing was changed."""


class KeyReusedError(StoreError):
    """A key that already stands for another act."""


class ReferenceTakenError(StoreError):
    """A reference that already belongs to another case of that lifecycle."""


class SchemaError(StoreError):
    """A database that is newer, older, someone else's or not a database."""


class StoreUnavailableError(StoreError):
    """A store that cannot be reached, read or written."""


class UncountedError(StoreError):
    """A case that its store has not counted from its first record on; nothing else of it was found to be wrong."""


class TamperedError(StoreError):
    """A history that does not fit its hashes, or something kept beside it that does not follow from it."""
