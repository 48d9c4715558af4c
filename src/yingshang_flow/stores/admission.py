"""What a commit has to be before a store compares it with what it keeps."""

from operator import attrgetter
from typing import Final

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import Commit, DeadlineRow, TallyRow

NAME_BYTES: Final = 800
"""The length of a name in UTF-8 that every database can compare and index, three of them in one entry (S26)."""

DUE_CHARACTERS: Final = 10

MONTH: Final = 7
"""How many characters of a day name its month (S29)."""

_CASE: Final = attrgetter("case")
_DEADLINE: Final = attrgetter("limit", "obligor", "number")
_DEADLINE_NAMES: Final = attrgetter("limit", "obligor", "status", "due")
_NUMBER: Final = attrgetter("number")
_COMMITMENT: Final = attrgetter("commitment")
_TALLY: Final = attrgetter("revision", "measure", "unit", "day")
_TALLY_NAMES: Final = attrgetter("measure", "unit", "day")


def admit(commit: Commit) -> None:
    """Refuse a commit that contradicts itself, or holds text that databases cut off or refuse.

    Raises:
        StoreError: Its rows are of different cases or revisions, two of its rows are one, it erases what it adds, its
            claim is of another case, a name is longer than 800 bytes, or a text holds U+0000 or a lone surrogate.
    """
    record, case, deadlines, vault = commit.record, commit.case, commit.deadlines or (), commit.vault
    if record.case != case.case or record.revision != case.revision:
        raise StoreError(
            f"the record is revision {record.revision} of {record.case!r} but the snapshot is revision {case.revision}"
            f" of {case.case!r}; commit the snapshot that the record led to"
        )
    strangers: set[str] = set()
    # Most acts have none of these.
    if deadlines:
        strangers |= set(map(_CASE, deadlines))
        _admit_deadlines(case.case, deadlines)
    if vault or commit.erases:
        strangers |= set(map(_CASE, vault))
        _admit_vault(commit)
    if commit.messages:
        strangers |= set(map(_CASE, commit.messages))
        _admit_messages(commit)
    if commit.tallies:
        strangers |= set(map(_CASE, commit.tallies))
        _admit_tallies(case.case, commit.tallies)
        for row in commit.tallies:
            if row.revision != case.revision:
                raise StoreError(
                    f"a commit of revision {case.revision} of {case.case!r} holds a tally of revision {row.revision};"
                    " commit it with its own record"
                )
    if commit.claim is not None:
        strangers.add(commit.claim.case)
    strangers.discard(case.case)
    if strangers:
        raise StoreError(f"a commit to {case.case!r} holds rows of {min(strangers)!r}; commit them to their own case")
    _admit_texts(commit)


def admit_tallies(case: str, revision: int, tallies: tuple[TallyRow, ...]) -> None:
    """Refuse tallies that contradict themselves or their case, or hold text that databases cut off or refuse.

    Raises:
        StoreError: They are of another case, or of a revision it does not have; two of them are one; one counts
            nothing, or on no day; a name is longer than 800 bytes or holds U+0000 or a lone surrogate.
    """
    for row in tallies:
        if row.case != case:
            raise StoreError(f"among the tallies of {case!r} is one of {row.case!r}; keep them with their own case")
        if not 1 <= row.revision <= revision:
            raise StoreError(f"a tally of {case!r} is of revision {row.revision}, and the case has 1 to {revision}")
    _admit_tallies(case, tallies)
    for name in {name for row in tallies for name in _TALLY_NAMES(row)}:
        try:
            size = len(name.encode())
        except UnicodeEncodeError as error:
            raise surrogate_found(error) from None
        if size > NAME_BYTES:
            raise StoreError(
                f"a name in a tally of {case!r} has {size} bytes, {name[:40]!r}…; it has at most {NAME_BYTES}"
            )
        if "\0" in name:
            raise StoreError(f"a tally of {case!r} holds U+0000, which databases cut off or refuse; remove it")


def refuse_surrogates(commit: Commit) -> None:
    """Refuse a commit whose texts hold a lone surrogate, for a store without a driver that would.

    Raises:
        StoreError: A text holds a lone surrogate.
    """
    try:
        for text in _texts(commit):
            text.encode()
    except UnicodeEncodeError as error:
        raise surrogate_found(error) from None


def surrogate_found(error: UnicodeEncodeError) -> StoreError:
    """Return the error for a lone surrogate; not the cause, which would carry the whole text along."""
    return StoreError(f"a text holds {error.object[error.start]!r}, which is no character; remove it")


def at_least_one(number: int, what: str) -> None:
    """Refuse a page of less than one row, or a lease of less than a microsecond.

    Args:
        number: How many were asked for.
        what: What was asked for, such as ``a page of cases``.

    Raises:
        StoreError: It is less than 1.
    """
    if number < 1:
        raise StoreError(f"{what} of {number} was asked for; ask for at least 1")


def _admit_deadlines(case: str, deadlines: tuple[DeadlineRow, ...]) -> None:
    if len(set(map(_DEADLINE, deadlines))) != len(deadlines):
        raise StoreError(f"two deadlines of {case!r} have one limit, obligor and number; give each its own number")
    for deadline in deadlines:
        if len(deadline.due) > DUE_CHARACTERS:
            raise StoreError(f"{deadline.limit!r} is due on {deadline.due!r:.60}; give an ISO date, of ten characters")


def _admit_tallies(case: str, tallies: tuple[TallyRow, ...]) -> None:
    if len(set(map(_TALLY, tallies))) != len(tallies):
        raise StoreError(f"two tallies of {case!r} have one revision, measure, unit and day; add them up to one")
    for row in tallies:
        if len(row.day) != DUE_CHARACTERS:
            raise StoreError(f"{row.measure!r} counts on {row.day!r:.60}; give an ISO date, of ten characters")
        if not row.count:
            raise StoreError(f"{row.measure!r} counts 0 for {row.unit!r:.60} on {row.day}; leave it out")


def _admit_vault(commit: Commit) -> None:
    case, added, erased = commit.case.case, set(map(_COMMITMENT, commit.vault)), set(commit.erases)
    if len(added) != len(commit.vault):
        raise StoreError(f"two vault rows of {case!r} have one commitment; draw a salt for each")
    if len(erased) != len(commit.erases):
        raise StoreError(f"a commit to {case!r} erases one value twice; name each commitment once")
    if added & erased:
        raise StoreError(f"a commit to {case!r} erases the value that it adds, {min(added & erased)!r}; leave it out")


def _admit_messages(commit: Commit) -> None:
    case, revision = commit.case.case, commit.case.revision
    for message in commit.messages:
        if message.revision != revision:
            raise StoreError(
                f"a commit of revision {revision} of {case!r} holds a message of revision {message.revision};"
                " commit it with its own record"
            )
    if len(set(map(_NUMBER, commit.messages))) != len(commit.messages):
        raise StoreError(f"two messages of revision {revision} of {case!r} have one number; give each its own")


def _admit_texts(commit: Commit) -> None:
    # One look at all names together is cheaper than many, and every act comes past here.
    names = _names(commit)
    together = "".join(names)
    try:
        size = len(together.encode())
    except UnicodeEncodeError as error:
        raise surrogate_found(error) from None
    if size > NAME_BYTES:
        _refuse_long(names, commit)
    if "\0" in together or any("\0" in text for text in _texts(commit)):
        raise StoreError(f"a text of {commit.case.case!r} holds U+0000, which databases cut off or refuse; remove it")


def _refuse_long(names: list[str], commit: Commit) -> None:
    size, name = max((len(name.encode()), name) for name in names)
    if size > NAME_BYTES:
        raise StoreError(
            f"a name in a commit to {commit.case.case[:40]!r} has {size} bytes, {name[:40]!r}…;"
            f" a name has at most {NAME_BYTES}"
        )


def _names(commit: Commit) -> list[str]:
    record, case, definition = commit.record, commit.case, commit.definition
    names = [record.case, record.kind, record.key or "", record.hash, case.lifecycle, case.fingerprint, case.state]
    names += (case.reference or "", case.parent or "", case.origin or "", case.head, *case.units)
    for deadline in commit.deadlines or ():
        names += _DEADLINE_NAMES(deadline)
    for row in commit.vault:
        names += (row.commitment, row.salt)
    if definition is not None:
        names += (definition.fingerprint, definition.lifecycle, definition.profile)
    for message in commit.messages:
        names.append(message.topic)
    for tally in commit.tallies:
        names += _TALLY_NAMES(tally)
    names += commit.erases
    return names


def _texts(commit: Commit) -> list[str]:
    texts = [commit.record.text, commit.case.text]
    texts += [row.text for row in commit.vault]
    if commit.definition is not None:
        texts.append(commit.definition.text)
    texts += [message.text for message in commit.messages]
    return texts
