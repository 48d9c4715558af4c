"""How one commit is written: what it locks and in which order, and what each refusal looks at first.

Locks are taken in one order: linked cases by the bytes of their ids, then the case itself, then its children. A parent
and an origin are there before the case, so nobody waits in a circle, and siblings wait only for whoever changes what
they count on.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

import attrs

from yingshang_flow.errors import ConflictError, KeyReusedError, ReferenceTakenError, StoreError
from yingshang_flow.ports import ChildrenAre, Commit, DeadlineRow, InState, TallyRow, VaultRow
from yingshang_flow.stores.refusals import counted_too_early
from yingshang_flow.stores.sqlalchemy.prepared import Prepared
from yingshang_flow.stores.sqlalchemy.rows import (
    children_of,
    deadline_values,
    definition_values,
    message_values,
    place_values,
    record_values,
    tally_values,
    units_of,
    vault_values,
)
from yingshang_flow.stores.sqlalchemy.runner import Runner
from yingshang_flow.stores.sqlalchemy.statements import PLACE, Statements

_COUNTED: Final = ("lifecycle", "state", "final", "parent")
"""What a parent counts of its children."""

_ESCAPED: Final = "\\'\"\n\r\0\x1a"
"""What a driver that puts texts into a statement writes as two characters."""

_BESIDES: Final = 2**16
"""Room for the names in a statement, and for the statement itself."""

_UNLEASED: Final = {"token": 0, "leased_until": 0}


@attrs.frozen
class _Stored:
    """What a case was before the commit.

    Attributes:
        revision: Its revision.
        token: The token of its last claim.
        place: The columns it is found by.
        deadlines: What can change of its deadlines, by limit, obligor and number; empty when nobody asked.
    """

    revision: int
    token: int
    place: Mapping[str, Any]
    deadlines: Mapping[tuple[Any, ...], tuple[Any, ...]]


def refuse_too_large(commit: Commit, largest: int) -> None:
    """Refuse a text that does not fit into one statement, which a server answers by hanging up.

    Args:
        commit: The commit.
        largest: How many bytes a statement may have.

    Raises:
        StoreError: A text is too large.
    """
    texts = [commit.record.text, commit.case.text]
    texts += [row.text for row in commit.vault]
    texts += [row.text for row in commit.messages]
    if commit.definition is not None:
        texts.append(commit.definition.text)
    for text in texts:
        if len(text) * 8 + _BESIDES <= largest:  # four bytes a character, each of them escaped
            continue
        size = len(text.encode(errors="surrogatepass")) + sum(map(text.count, _ESCAPED)) + _BESIDES
        if size > largest:
            raise StoreError(
                f"a text of {commit.case.case!r} takes a statement of {size} bytes, and the server takes {largest};"
                " raise max_allowed_packet on the server, or shorten the text"
            )


class Writing:
    """One commit on its way into the tables.

    Args:
        run: Runs its statements, in a transaction that is undone when ``write`` raises.
        say: The statements.
        commit: The commit, admitted.
    """

    def __init__(self, run: Runner, say: Statements, commit: Commit) -> None:
        self._run = run
        self._say = say
        self._commit = commit
        self._case = commit.case.case
        self._place = place_values(commit.case)
        self._token = None if commit.claim is None else commit.claim.token

    def write(self) -> None:
        """Write everything.

        Raises:
            ConflictError: The revision is stale, an expectation does not hold, or somebody else has claimed the case.
            KeyReusedError: The record's key is already kept.
            ReferenceTakenError: The reference belongs to another case of the lifecycle.
            StoreError: A commitment is already kept, or one to erase is not.
        """
        commit = self._commit
        if commit.record.revision == 1:
            self._open()
        elif not self._stay():
            self._move()
        self._run.each(self._say.add_message, [{**message_values(row), **_UNLEASED} for row in commit.messages])
        self._run.each(self._say.add_tally, map(tally_values, commit.tallies))
        for row in commit.vault:
            self._add_vault(row)
        for commitment in commit.erases:
            self._erase(commitment)
        if commit.definition is not None:
            self._run.added(self._say.add_definition, definition_values(commit.definition))

    # --- the three ways ---

    def _open(self) -> None:
        """Keep a new case."""
        if self._token is not None:
            self._refuse(f"{self._case!r} was claimed, but its first record is to be kept; open it without a claim")
        self._lock(None)
        self._refuse_other_children(None)
        self._add_record()
        if not self._run.added(self._say.add_case, {**self._snapshot(), **_UNLEASED}):
            self._refuse_taken_reference()
            raise ConflictError(f"{self._case!r} was opened by another at the same moment; read it and decide anew")
        self._write_units((), final=0)
        self._write_deadlines({})

    def _stay(self) -> bool:
        """Write an act that changes nothing the case is found by, if it is one: the UPDATE tells, without reading."""
        return self._commit.deadlines is None and not self._commit.expects and self._advance(moves=False)

    def _move(self) -> None:
        """Write an act that may change anything, and whatever it expects."""
        stored = self._stored()
        if stored is None or stored.revision != self._commit.record.revision - 1:
            self._refuse_stale(0 if stored is None else stored.revision)
        if self._token is not None and self._token != stored.token:
            self._refuse(f"{self._case!r} was claimed by another worker since; leave it to that one")
        self._lock(stored)
        before, place = stored.place, self._place
        if place["reference"] is not None and any(before[name] != place[name] for name in ("reference", "lifecycle")):
            self._refuse_taken_reference()
        if not self._advance(moves=before != place, stored=stored):
            self._refuse(f"{self._case!r} was written by another at the same moment; read it and decide anew")
        if any(before[name] != place[name] for name in ("units", "final")):
            self._write_units(units_of(before["units"]), final=before["final"])
        if self._commit.deadlines is not None:
            self._write_deadlines(stored.deadlines)

    # --- what they do ---

    def _stored(self) -> _Stored | None:
        asks = self._say.stored if self._commit.deadlines is None else self._say.stored_with_deadlines
        rows = self._run.rows(asks, {"case_id": self._case})
        if not rows:
            return None
        revision, token, *rest = rows[0]
        first = 2 + len(PLACE)
        deadlines = {
            tuple(row[first : first + 3]): tuple(row[first + 3 :]) for row in rows if row[first:][:1] != [None]
        }
        return _Stored(revision, token, dict(zip(PLACE, rest, strict=False)), deadlines)

    def _lock(self, stored: _Stored | None) -> None:
        """Lock what the commit counts on, and refuse it where that is not as expected."""
        locks = self._locks(stored)
        states = {} if stored is None else {self._case: stored.place["state"]}
        for case in sorted(locks, key=lambda case: (case == self._case, case.encode())):
            rows = self._run.rows(locks[case], {"case_id": case})
            if case == self._case:
                # Nobody can write it any more; if somebody has, the UPDATE finds no row of that revision.
                continue
            states.update((case, state) for _, state in rows)
        for expected in self._commit.expects:
            if isinstance(expected, InState) and states.get(expected.case) != expected.state:
                self._refuse(
                    f"{expected.case!r} was expected in state {expected.state!r} but is in"
                    f" {states.get(expected.case)!r}; read it again and decide anew"
                )

    def _locks(self, stored: _Stored | None) -> dict[str, Prepared]:
        """Return how each case has to be locked."""
        server, say, expects = self._say.server, self._say, self._commit.expects
        parents = {self._place["parent"]} if stored is None else {self._place["parent"], stored.place["parent"]}
        counts = stored is None or any(stored.place[name] != self._place[name] for name in _COUNTED)
        share = {one.case for one in expects if isinstance(one, InState)}
        if counts and server.share != "none":
            share |= parents - {None}
        hold = {one.parent for one in expects if isinstance(one, ChildrenAre)} if server.share != "none" else set()
        share.discard(self._case)  # its own revision says as much
        moves = stored is not None and stored.place["state"] != self._place["state"]
        match server.excludes:
            case "every update":
                hold.discard(self._case)
            case "updates of the state" if moves:
                hold.discard(self._case)
            case "no update" if moves:
                hold.add(self._case)
            case _:
                pass
        return {**dict.fromkeys(share, say.share), **dict.fromkeys(hold, say.hold)}

    def _advance(self, *, moves: bool, stored: _Stored | None = None) -> bool:
        """Replace the snapshot and keep the record; say no where the case is not as it has to be."""
        counts = any(isinstance(expected, ChildrenAre) for expected in self._commit.expects)
        at_once = self._say.server.chains and not counts
        case, record = self._commit.case, self._commit.record
        values = {
            "was_case_id": self._case,
            "was_revision": record.revision - 1,
            "was_token": self._token,
            "new_revision": case.revision,
            "new_head": case.head,
            "new_text": case.text,
            **{("new_" if moves else "was_") + name: value for name, value in self._place.items()},
        }
        if at_once:
            values |= {f"record_{name}": value for name, value in record_values(record).items()}
        statement = self._say.advance(moves=moves, claimed=self._token is not None, recorded=at_once)
        if self._run.count(statement, values) != 1:
            return False
        if not at_once:
            self._refuse_other_children(stored)
            self._add_record()
        return True

    def _snapshot(self) -> dict[str, Any]:
        case = self._commit.case
        return {"case_id": case.case, "revision": case.revision, **self._place, "head": case.head, "text": case.text}

    def _add_record(self) -> None:
        record = self._commit.record
        if self._run.added(self._say.add_record, record_values(record)):
            return
        self._refuse_kept_key()
        standing = self._run.rows(self._say.share, {"case_id": record.case}) if record.revision == 1 else ()
        if standing:
            self._refuse_stale(standing[0][0])
        raise StoreError(f"revision {record.revision} of {record.case!r} has a record but no case; restore a backup")

    def _write_units(self, before: tuple[str, ...], *, final: int) -> None:
        now = dict.fromkeys(self._commit.case.units)
        ended = self._place["final"]
        gone = [unit for unit in before if unit not in now]
        kept = [unit for unit in before if unit in now and final != ended]
        new = [unit for unit in now if unit not in before]
        self._run.each(self._say.remove_unit, [{"was_unit": unit, "was_case_id": self._case} for unit in gone])
        self._run.each(
            self._say.change_unit, [{"was_unit": unit, "was_case_id": self._case, "final": ended} for unit in kept]
        )
        self._run.each(self._say.add_unit, [{"unit": unit, "case_id": self._case, "final": ended} for unit in new])

    def _write_deadlines(self, before: Mapping[tuple[Any, ...], tuple[Any, ...]]) -> None:
        """Write only what differs, as most acts change few of a case's deadlines."""
        now = {(row.limit, row.obligor, row.number): row for row in self._commit.deadlines or ()}
        gone = [key for key in before if key not in now]
        changed = [row for key, row in now.items() if key in before and before[key] != _changeable(row)]
        new = [row for key, row in now.items() if key not in before]
        case = self._case
        self._run.each(
            self._say.remove_deadline,
            [
                {"was_case_id": case, "was_limit_key": limit, "was_obligor": obligor, "was_number": number}
                for limit, obligor, number in gone
            ],
        )
        self._run.each(
            self._say.change_deadline, [{**(values := deadline_values(row)), **_was(values)} for row in changed]
        )
        self._run.each(self._say.add_deadline, map(deadline_values, new))

    def _add_vault(self, row: VaultRow) -> None:
        if not self._run.added(self._say.add_vault, vault_values(row)):
            raise StoreError(f"the commitment {row.commitment!r} is already kept; draw a salt for each value")

    def _erase(self, commitment: str) -> None:
        erased = {"was_commitment": commitment, "was_case_id": self._case}
        if self._run.count(self._say.erase_vault, erased) != 1:
            raise StoreError(
                f"nothing is kept under {commitment!r} for {self._case!r}; read the vault again and erase what is in it"
            )

    # --- what stands against it ---

    def _refuse(self, why: str) -> NoReturn:
        """Refuse the commit: whoever repeats an act meets a conflict as well, and is better told of its outcome."""
        self._refuse_kept_key()
        raise ConflictError(why)

    def _refuse_stale(self, stored: int) -> NoReturn:
        record = self._commit.record
        self._refuse(
            f"revision {record.revision} of {record.case!r} does not follow revision {stored}, which is stored;"
            " read the case again and decide anew"
        )

    def _refuse_kept_key(self) -> None:
        key = self._commit.record.key
        for case, revision in () if key is None else self._run.rows(self._say.key_holder, {"record_key": key}):
            raise KeyReusedError(
                f"the key {key!r} stands for revision {revision} of {case!r}; read that outcome, or use a new key"
            )

    def _refuse_taken_reference(self) -> None:
        case = self._commit.case
        asked = {"reference": case.reference, "lifecycle": case.lifecycle}
        for (holder,) in self._run.rows(self._say.reference_holder, asked):
            if holder != case.case:
                raise ReferenceTakenError(
                    f"the reference {case.reference!r} of {case.lifecycle!r} belongs to {holder!r};"
                    f" use another for {case.case!r}, or act on that case"
                )

    def _refuse_other_children(self, stored: _Stored | None) -> None:
        """Refuse the commit where children are not as expected; its own case counts as it was before."""
        for expected in self._commit.expects:
            if not isinstance(expected, ChildrenAre):
                continue
            rows = self._run.rows(self._say.children_now, {"parent": expected.parent})
            others = [row for row in rows if row[0] != self._case]
            if stored is not None and stored.place["parent"] == expected.parent:
                others.append((self._case, *(stored.place[name] for name in ("lifecycle", "state", "final"))))
                others.sort(key=lambda row: row[0].encode())
            if children_of(others) != expected.children:
                self._refuse(f"the children of {expected.parent!r} have changed; read them again and decide anew")


def retally(run: Runner, say: Statements, case: str, revision: int, tallies: Iterable[TallyRow]) -> None:
    """Put these tallies of a case in the place of those that are kept.

    Args:
        run: Runs the statements, in a transaction that is undone when this raises.
        say: The statements.
        case: The id of the case.
        revision: The revision it was counted up to.
        tallies: The tallies, admitted.

    Raises:
        ConflictError: The case has another revision.
    """
    rows = run.rows(say.hold, {"case_id": case})
    if not rows or rows[0][0] != revision:
        raise counted_too_early(case, revision, rows[0][0] if rows else 0)
    run.count(say.remove_tallies, {"was_case_id": case})
    run.each(say.add_tally, map(tally_values, tallies))


def _was(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"was_{name}": value for name, value in values.items()}


def _changeable(row: DeadlineRow) -> tuple[Any, ...]:
    return row.status, row.due, int(row.owed), row.alarm
