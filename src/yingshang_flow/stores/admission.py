"""What a commit has to be before a store compares it with what it keeps."""

from collections.abc import Iterator

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import Commit


def admit(commit: Commit) -> None:
    """Refuse a commit that contradicts itself or holds text that no database keeps.

    Raises:
        StoreError: Its rows are of different cases or revisions, two of its deadlines or vault rows are one, or a text
            holds U+0000 or a lone surrogate.
    """
    record, case = commit.record, commit.case
    if record.case != case.case or record.revision != case.revision:
        raise StoreError(
            f"the record is revision {record.revision} of {record.case!r} but the snapshot is revision {case.revision}"
            f" of {case.case!r}; commit the snapshot that the record led to"
        )
    for kind, rows in (("deadline", commit.deadlines), ("vault row", commit.vault)):
        for row in rows:
            if row.case != case.case:
                raise StoreError(f"a {kind} of {row.case!r} came with a commit to {case.case!r}; commit it to its own")
    if len({(row.limit, row.obligor, row.number) for row in commit.deadlines}) != len(commit.deadlines):
        raise StoreError(f"two deadlines of {case.case!r} have one limit, obligor and number; give each its own number")
    if len({row.commitment for row in commit.vault}) != len(commit.vault):
        raise StoreError(f"two vault rows of {case.case!r} have one commitment; draw a salt for each")
    # Looked at together, since this is on the path of every act and nearly always finds nothing.
    together = "".join(_texts(commit))
    if "\0" in together:
        raise StoreError(f"a text of {case.case!r} holds U+0000, which databases cut off or refuse; remove it")
    try:
        together.encode()
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        raise StoreError(
            f"a text of {case.case!r} holds the lone surrogate {character!r}, which is no character; remove it"
        ) from None  # the error would carry the text along, confidential values and all


def _texts(commit: Commit) -> Iterator[str]:
    record, case, definition = commit.record, commit.case, commit.definition
    yield from (record.case, record.kind, record.key or "", record.text, record.hash)
    yield from (case.lifecycle, case.fingerprint, case.state, case.head, case.text)
    yield from (case.reference or "", case.parent or "", case.origin or "")
    yield from case.units
    for deadline in commit.deadlines:
        yield from (deadline.limit, deadline.obligor, deadline.status, deadline.due)
    for row in commit.vault:
        yield from (row.commitment, row.salt, row.text)
    if definition is not None:
        yield from (definition.fingerprint, definition.lifecycle, definition.profile, definition.text)
