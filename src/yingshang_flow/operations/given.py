"""What a host gives with an act, besides its content: an actor, a key, an expected revision; refused if it is none."""

from collections.abc import Iterable

from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case
from yingshang_flow.errors import ConflictError, KeyReusedError, UnknownError


def actor(by: object) -> Actor:
    """Return who acts.

    Raises:
        UnknownError: It is no actor.
    """
    if not isinstance(by, Actor):
        message = f"`by` is an Actor(id, unit, role), not {by!r:.60}"
        raise UnknownError(message)
    return by


def key(text: object) -> str | None:
    """Return an idempotency key, or none.

    Raises:
        KeyReusedError: It is no text, or an empty one.
    """
    if text is not None and (not isinstance(text, str) or not text):
        message = f"a key is a non-empty text, not {text!r}"
        raise KeyReusedError(message)
    return text


def expected_revision(number: object) -> int | None:
    """Return the revision that somebody has seen, or none.

    Raises:
        ConflictError: It is no whole number.
    """
    if number is not None and type(number) is not int:
        message = f"expected_revision is a whole number, not {number!r:.60}"
        raise ConflictError(message)
    return number


def ids(cases: object) -> tuple[str, ...]:
    """Return the ids of cases.

    Raises:
        UnknownError: They are no texts, or there are none.
    """
    found = tuple(cases) if isinstance(cases, Iterable) and not isinstance(cases, str) else ()
    if not found or not all(isinstance(case, str) for case in found):
        message = f"say which cases by Which(lifecycle=…) or by a list of their ids, not {cases!r:.60}"
        raise UnknownError(message)
    return found


def check_expected(case: Case, revision: int | None) -> None:
    """Refuse a case on which somebody has acted since the revision that was seen; the clock may have gone on.

    Raises:
        ConflictError: Somebody has, or the case has not come so far.
    """
    if revision is not None and not case.acted <= revision <= case.revision:
        message = (
            f"case {case.id} has moved on: revision {revision} was expected, it is at {case.revision} and was last "
            f"acted on at {case.acted}; load it again"
        )
        raise ConflictError(message)
