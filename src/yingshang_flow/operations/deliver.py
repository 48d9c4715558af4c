"""Delivers what records have sent: claims messages, hands them over in order, and lets go of what was taken."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from yingshang_flow.errors import DeliveryError, UnknownError
from yingshang_flow.operations.messages import Message
from yingshang_flow.ports import Delivery, Outbox

_PAGE: Final = 100
_MICROSECOND: Final = timedelta(microseconds=1)


def deliver(store: Outbox, handle: Callable[[Message], object], *, lease: timedelta, limit: int | None = None) -> int:
    """Hand over messages until none is left, and return how many were.

    A message is let go of when its handler has returned. One whose handler raised comes again, and holds back what its
    case sent after it; the others go on.

    Args:
        store: Where they are kept.
        handle: Takes one message; at least once, so it has to bear one that comes twice.
        lease: How long a handler may take before another worker is given the message.
        limit: The largest number of messages to hand over; all unless given.

    Raises:
        DeliveryError: Some handlers raised; all the others were delivered, and these are named.
        UnknownError: The lease or the limit is impossible.
    """
    if not isinstance(lease, timedelta) or lease < _MICROSECOND:
        raise UnknownError(f"a lease is a timedelta above nothing, for example timedelta(minutes=5), not {lease!r}")
    if limit is not None and (type(limit) is not int or limit < 1):
        raise UnknownError(f"at least 1 message is handed over, not {limit!r}; leave limit out for all")
    delivered = 0
    failed: list[Delivery] = []
    problems: list[str] = []
    try:
        while limit is None or delivered < limit:
            most = _PAGE if limit is None else min(_PAGE, limit - delivered)
            page = store.outgoing(lease=lease // _MICROSECOND, limit=most)
            if not page:
                break
            for delivery in page:
                try:
                    handle(Message.of(delivery.message))
                except Exception as exc:  # noqa: BLE001  # whatever a handler raises, the other messages go on
                    row = delivery.message
                    problems.append(f"message {row.case}/{row.revision}/{row.number} ({row.topic}): {exc!r}")
                    failed.append(delivery)  # held until the end, so that this run does not come back to it
                    continue
                store.acknowledge((delivery,))
                delivered += 1
    finally:
        if failed:
            store.put_back(failed)
    if problems:
        raise DeliveryError(f"{delivered} messages were delivered, but some handlers raised", problems)
    return delivered
