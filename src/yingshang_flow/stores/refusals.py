"""What a store says when what it keeps stands against a commit: the same words from every store."""

from yingshang_flow.errors import ConflictError, KeyReusedError, ReferenceTakenError, StoreError
from yingshang_flow.ports import CaseRow, Claim, InState, RecordRow


def stale_revision(record: RecordRow, stored: int) -> ConflictError:
    """Return the error for a record that does not follow the stored revision (S3)."""
    return ConflictError(
        f"revision {record.revision} of {record.case!r} does not follow revision {stored}, which is stored;"
        " read the case again and decide anew"
    )


def counted_too_early(case: str, revision: int, stored: int) -> ConflictError:
    """Return the error for tallies that were counted up to another revision than the stored one (S30)."""
    return ConflictError(
        f"the tallies of {case!r} were counted up to revision {revision}, and {stored} is stored;"
        " read its history again and count anew"
    )


def broken_state(expected: InState, found: str | None) -> ConflictError:
    """Return the error for a linked case that is in another state, or not there (S4)."""
    return ConflictError(
        f"{expected.case!r} was expected in state {expected.state!r} but is in {found!r}; read it again and decide anew"
    )


def changed_children(parent: str) -> ConflictError:
    """Return the error for children that are no longer as they were read (S4)."""
    return ConflictError(f"the children of {parent!r} have changed; read them again and decide anew")


def kept_key(key: str | None, case: str, revision: int) -> KeyReusedError:
    """Return the error for a key that stands for a revision of a case (S5)."""
    return KeyReusedError(
        f"the key {key!r} stands for revision {revision} of {case!r}; read that outcome, or use a new key"
    )


def taken_reference(case: CaseRow, holder: str) -> ReferenceTakenError:
    """Return the error for a reference that belongs to another case (S6)."""
    return ReferenceTakenError(
        f"the reference {case.reference!r} of {case.lifecycle!r} belongs to {holder!r};"
        f" use another for {case.case!r}, or act on that case"
    )


def kept_commitment(commitment: str) -> StoreError:
    """Return the error for a commitment that is already kept (S13)."""
    return StoreError(f"the commitment {commitment!r} is already kept; draw a salt for each value")


def nothing_to_erase(case: str, commitment: str) -> StoreError:
    """Return the error for a value that is not kept for the case (S17)."""
    return StoreError(
        f"nothing is kept under {commitment!r} for {case!r}; read the vault again and erase what is in it"
    )


def lost_claim(claim: Claim, token: int) -> ConflictError:
    """Return the error for a claim that is not the last of its case (S20)."""
    return ConflictError(
        f"the claim of {claim.case!r} under token {claim.token} is not the last, which is {token};"
        " leave the case to whoever has it now"
    )
