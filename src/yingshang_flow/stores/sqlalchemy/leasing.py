"""How due work and messages are given to one worker at a time: read, then compared with what is there and set.

Each claim raises a token, and everything that is done under it names the token, so that whoever comes too late finds no
row. Where the server passes over locked rows, workers do not wait for each other; elsewhere the comparison alone
decides, and rows are taken in one order so that nobody waits in a circle.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import TypeVar

import attrs

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import Claim, Delivery, MessageRow
from yingshang_flow.stores.sqlalchemy.prepared import Prepared, Values
from yingshang_flow.stores.sqlalchemy.runner import Runner
from yingshang_flow.stores.sqlalchemy.statements import Statements

Leased = TypeVar("Leased", Claim, Delivery)


@attrs.frozen
class Leasing:
    """Claims, deliveries and what becomes of them.

    Attributes:
        run: Runs the statements, in a transaction that is kept at the end.
        say: The statements.
    """

    run: Runner
    say: Statements

    def claim(self, before: int, lease: int, limit: int) -> tuple[Claim, ...]:
        """Lease cases with an alarm up to a moment, the earliest first."""
        until = self._until(lease)
        tokens: dict[str, int] = {}
        asked = limit
        while len(tokens) < limit:
            rows = self.run.rows(self.say.claimable, {"before": before, "now": until - lease, "limit": asked})
            tokens = {case: token for case, token in rows}  # noqa: C416 - rows, not pairs
            if len(rows) < asked:
                break
            asked *= 4  # several of the deadlines were of one case
        found = [Claim(case, token + 1, until) for case, token in itertools.islice(tokens.items(), limit)]
        return self._taken(self.say.claim_case, found)

    def let_go(self, claims: Iterable[Claim]) -> None:
        """End leases of cases."""
        self._give_back(self.say.let_case_go, claims)

    def outgoing(self, lease: int, limit: int) -> tuple[Delivery, ...]:
        """Lease messages, the oldest of their cases."""
        until = self._until(lease)
        rows = self.run.rows(self.say.outgoing, {"now": until - lease, "limit": limit})
        found = [Delivery(MessageRow(*row), token + 1, until) for *row, token in rows]
        return self._taken(self.say.lease_message, found)

    def acknowledge(self, deliveries: Sequence[Delivery]) -> tuple[Delivery, ...]:
        """Remove messages, and return those that are not held any more."""
        lost = [
            delivery
            for delivery in sorted(deliveries, key=_place)
            if self.run.count(self.say.remove_message, {**_was(delivery), "was_token": delivery.token}) != 1
        ]
        return tuple(delivery for delivery in deliveries if delivery in lost)

    def put_back(self, deliveries: Iterable[Delivery]) -> None:
        """End leases of messages."""
        self._give_back(self.say.put_message_back, deliveries)

    def _until(self, lease: int) -> int:
        """Return when a lease ends that begins now, by the server's clock."""
        return int(self.run.rows(self.say.now, {})[0][0]) + lease

    def _taken(self, statement: Prepared, found: Sequence[Leased]) -> tuple[Leased, ...]:
        """Write the leases of what was found, and return those that nobody else was faster with."""
        values = {
            one: {"token": one.token, "leased_until": one.until, **_was(one), "was_token": one.token - 1}
            for one in sorted(found, key=_place)
        }
        if self.say.server.skips_locked or self.say.server.one_writer:  # what was found is locked
            self.run.each(statement, values.values())
            return tuple(found)
        ours = {one for one, value in values.items() if self.run.count(statement, value) == 1}
        return tuple(one for one in found if one in ours)

    def _give_back(self, statement: Prepared, leased: Iterable[Leased]) -> None:
        values = [{"leased_until": 0, **_was(one), "was_token": one.token} for one in sorted(leased, key=_place)]
        self.run.each(statement, values)


def _was(leased: Claim | Delivery) -> Values:
    """Return what names the row."""
    if isinstance(leased, Claim):
        return {"was_case_id": leased.case}
    message = leased.message
    return {"was_case_id": message.case, "was_revision": message.revision, "was_number": message.number}


def _place(leased: Claim | Delivery) -> tuple[bytes, int, int]:
    if isinstance(leased, Claim):
        return leased.case.encode(), 0, 0
    return leased.message.case.encode(), leased.message.revision, leased.message.number


def refuse_no_lease(lease: int, limit: int) -> None:
    """Refuse a lease or a page of nothing.

    Raises:
        StoreError: The lease or the page is not at least 1.
    """
    if lease < 1:
        raise StoreError(f"a lease of {lease} microseconds was asked for; ask for at least 1")
    if limit < 1:
        raise StoreError(f"{limit} were asked for; ask for at least 1")
