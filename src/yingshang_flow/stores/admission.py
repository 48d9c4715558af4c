"""What a commit has to be before a store compares it with what it keeps."""

from operator import attrgetter
from typing import Final

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import Commit

_CASE: Final = attrgetter("case")
_DEADLINE: Final = attrgetter("limit", "obligor", "number")
_COMMITMENT: Final = attrgetter("commitment")
_DEADLINE_TEXTS: Final = attrgetter("limit", "obligor", "status", "due")


def admit(commit: Commit) -> None:
    """Refuse a commit that contradicts itself or holds U+0000, which databases cut off or refuse.

    Lone surrogates are not looked for here, as a driver that writes UTF-8 fails on them by itself.

    Raises:
        StoreError: Its rows are of different cases or revisions, two of its deadlines or vault rows are one, or a text
            holds U+0000.
    """
    record, case, deadlines, vault = commit.record, commit.case, commit.deadlines or (), commit.vault
    if record.case != case.case or record.revision != case.revision:
        raise StoreError(
            f"the record is revision {record.revision} of {record.case!r} but the snapshot is revision {case.revision}"
            f" of {case.case!r}; commit the snapshot that the record led to"
        )
    strangers = {*map(_CASE, deadlines), *map(_CASE, vault)} - {case.case}
    if strangers:
        raise StoreError(f"a commit to {case.case!r} holds rows of {min(strangers)!r}; commit them to their own case")
    if len(set(map(_DEADLINE, deadlines))) != len(deadlines):
        raise StoreError(f"two deadlines of {case.case!r} have one limit, obligor and number; give each its own number")
    if len(set(map(_COMMITMENT, vault))) != len(vault):
        raise StoreError(f"two vault rows of {case.case!r} have one commitment; draw a salt for each")
    if "\0" in record.text or "\0" in case.text or "\0" in _other_texts(commit):
        raise StoreError(f"a text of {case.case!r} holds U+0000, which databases cut off or refuse; remove it")


def refuse_surrogates(commit: Commit) -> None:
    """Refuse a commit that holds a lone surrogate, for a store without a driver that would.

    Raises:
        StoreError: A text holds a lone surrogate.
    """
    try:
        f"{commit.record.text}{commit.case.text}{_other_texts(commit)}".encode()
    except UnicodeEncodeError as error:
        raise surrogate_found(error) from None


def surrogate_found(error: UnicodeEncodeError) -> StoreError:
    """Return the error for a lone surrogate; not the cause, which would carry the whole text along."""
    return StoreError(f"a text holds {error.object[error.start]!r}, which is no character; remove it")


def _other_texts(commit: Commit) -> str:
    """Return all short texts in one, as one look is cheaper than many and every act comes past here."""
    record, case, definition = commit.record, commit.case, commit.definition
    # What is missing reads "None" in here, which does no harm.
    columns = (
        f"{record.case}{record.kind}{record.key}{record.hash}{case.lifecycle}{case.fingerprint}{case.state}"
        f"{case.reference}{case.parent}{case.origin}{case.head}"
    )
    texts = [columns, *case.units]
    for deadline in commit.deadlines or ():
        texts += _DEADLINE_TEXTS(deadline)
    for row in commit.vault:
        texts += (row.commitment, row.salt, row.text)
    if definition is not None:
        texts += (definition.fingerprint, definition.lifecycle, definition.profile, definition.text)
    return "".join(texts)
