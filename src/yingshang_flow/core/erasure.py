"""Erasing personal data: what was confidential goes from the vault on a legal ground, and a record of it stays.

The records that hold the commitments are not touched, so the history stays whole: it goes on proving that something was
said, and no longer what. Nothing else of the case changes by it, neither its state nor its deadlines.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from yingshang_flow.core.actor import Actor, against_delegation, held, not_in_role
from yingshang_flow.core.case import Case
from yingshang_flow.core.ground import check_ground
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.errors import ContentError, RefusedError, UnknownError
from yingshang_flow.sources import OURS
from yingshang_flow.words import Label, Unmet

_CITED: Final = (OURS(),)
_NOTHING: Final = Label("没有可删除的个人信息", "no personal data is left to erase there")
_ERASED: Final = Label("删除个人信息", "erased")
_NOBODY: Final = Label("本流程未规定由谁删除个人信息", "the procedure says nobody who may erase personal data")


@attrs.frozen
class Erasure(Record):
    """A record by which a person had personal data erased; what was erased stands in the records as commitments.

    Of the fields of every record, ``trigger`` is empty, ``content`` none, ``before`` and ``after`` are the state of the
    case, and ``occurred_at`` is when it was erased.

    Attributes:
        ground: The legal ground; a text of at most 2000 characters.
        revisions: The records it was asked for, in order; none for the whole case.
        erased: The commitments of what was erased, in the order of the records.
    """

    ground: str = ""
    revisions: tuple[int, ...] = ()
    erased: tuple[str, ...] = ()

    @property
    def named(self) -> Label:
        """What it does, in a few words."""
        of = "".join(f" {revision}" for revision in self.revisions)
        zh, en = (f"（第{of[1:].replace(' ', '、')}号记录）", f" of records{of}") if of else ("", "")
        return Label(f"删除个人信息{len(self.erased)}项{zh}", f"erases {len(self.erased)} personal values{en}")

    def about(self, act: str) -> tuple[str, ...]:  # noqa: ARG002  # it is about values, of whatever act
        """Return the ground."""
        return (self.ground,)


@attrs.frozen
class Erasing:
    """What somebody wants erased.

    Attributes:
        ground: The legal ground.
        actor: Who erases it.
        revisions: The records whose personal data goes, with that of their corrections; the whole case unless given.
        key: An idempotency key.
    """

    ground: str
    actor: Actor
    revisions: tuple[int, ...] = ()
    key: str | None = None

    @classmethod
    def of(cls, ground: object, actor: Actor, revisions: object, key: str | None) -> "Erasing":
        """Read what was given, and refuse what is no ground or no list of records.

        Raises:
            ContentError: The ground is missing or too long, or the revisions are no whole numbers.
        """
        ground = check_ground("erase", ground)
        if revisions is None:
            return cls(ground, actor, (), key)
        numbers = tuple(revisions) if isinstance(revisions, list | tuple | set | frozenset) else ()
        if not numbers or any(type(number) is not int for number in numbers):
            what = f"revisions: a list of record numbers, or left out for the whole case, not {revisions!r:.60}"
            raise ContentError("erase", what)
        return cls(ground, actor, tuple(sorted(set(numbers))), key)


def erase(
    lifecycle: Lifecycle, case: Case, kept: Mapping[int, tuple[str, ...]], erasing: Erasing, *, now: Moment
) -> Erasure:
    """Return the record of an erasure, or refuse it.

    Args:
        lifecycle: The procedure.
        case: Where the case stands.
        kept: Of every record the commitments whose values the vault still has, those of its corrections among them.
        erasing: What is wanted.
        now: When it is entered.

    Raises:
        UnknownError: There is no such record, or no such role.
        RefusedError: The role may not, or nothing is left to erase.
    """
    lifecycle.role(erasing.actor.role)
    for revision in erasing.revisions:
        if revision not in kept:
            message = f"case {case.id} has no record {revision}; its records are 1 to {case.revision}"
            raise UnknownError(message)
    wanted = erasing.revisions or tuple(kept)
    erased = tuple(dict.fromkeys(commitment for revision in wanted for commitment in kept[revision]))
    unmet: list[Unmet] = []
    role = held(lifecycle.erased_by, erasing.actor)
    if role is None:
        unmet.append(not_erased_by(lifecycle, erasing.actor.role))
    else:
        unmet.extend(against_delegation(role, erasing.actor, now.date))
    if not erased:
        unmet.append(Unmet("nothing", _NOTHING, _CITED, tuple(map(str, erasing.revisions))))
    if unmet:
        raise RefusedError(case.id, "erase", case.state, tuple(unmet))
    return Erasure(
        case.id,
        case.revision + 1,
        Kind.ERASURE,
        "",
        case.state,
        case.state,
        erasing.actor,
        (),
        None,
        now,
        now.instant,
        key=erasing.key,
        ground=erasing.ground,
        revisions=erasing.revisions,
        erased=erased,
    )


def not_erased_by(lifecycle: Lifecycle, role: str) -> Unmet:
    """Build the refusal of an actor whose role may not erase."""
    if not lifecycle.erased_by:
        return Unmet("role", _NOBODY, _CITED, (role,))
    return not_in_role(lifecycle.erased_by, role, _ERASED, _CITED)
