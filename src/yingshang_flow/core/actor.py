"""Who acts: a person of a unit, in a role that is the person's own or was delegated for a while."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import attrs

from yingshang_flow.errors import UnknownError
from yingshang_flow.sources import OURS
from yingshang_flow.words import Citation, Label, Unmet

_CITED: Final = (OURS("授权"),)


@attrs.frozen
class Role:
    """A part somebody can play in a procedure.

    Attributes:
        key: The stored key, for example ``office``.
        label: What people call it.
        private: Whether its holders are private persons, whose ids are sealed in the vault and who delegate nothing.
        delegable: Whether a holder can let somebody else act in it for a while.
    """

    key: str
    label: Label
    private: bool = False
    delegable: bool = True


def not_in_role(roles: Iterable[Role], role: str, done: Label, citations: tuple[Citation, ...]) -> Unmet:
    """Build the refusal of an actor who is in none of the roles that may do something.

    Args:
        roles: Those that may.
        role: The key of the actor's.
        done: What they may do, as in ``须由…办理`` and in "to be done by …".
        citations: What says so.
    """
    allowed = tuple(roles)
    zh, en = "或".join(one.label.zh for one in allowed), " or ".join(one.label.en for one in allowed)
    said = Label(f"须由{zh}{done.zh}，经办角色不符", f"to be {done.en} by {en}; not by somebody acting as")
    return Unmet("role", said, citations, (role,))


def _worded(_: object, attribute: "attrs.Attribute[str]", value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        message = f"an actor's {attribute.name} must be a non-empty text, not {value!r}"
        raise UnknownError(message)
    if attribute.name == "unit" and "/" in value:
        message = f"a unit has no slash in its name, as {value!r} has: an obligor is written group/unit"
        raise UnknownError(message)


def _a_day(_: object, attribute: "attrs.Attribute[date]", value: object) -> None:
    if type(value) is not date:
        message = f"a delegation's {attribute.name} must be a date such as 2018-12-31, not {value!r:.60}"
        raise UnknownError(message)


@attrs.frozen
class Delegation:
    """What lets a person act in a role that somebody else holds (授权委托).

    Attributes:
        by: The holder of the role, as the host system knows them.
        since: The first day, at UTC+8.
        until: The last day, inclusive, at UTC+8; every delegation has one.
        document: What it stands in, by its name or number.

    Raises:
        UnknownError: A text is empty, a day is no date, or the last day lies before the first.
    """

    by: str = attrs.field(validator=_worded, repr=False)
    since: date = attrs.field(validator=_a_day)
    until: date = attrs.field(validator=_a_day)
    document: str = attrs.field(validator=_worded)

    def __attrs_post_init__(self) -> None:
        if self.until < self.since:
            message = f"a delegation ends on {self.until}, before it begins on {self.since}; exchange since and until"
            raise UnknownError(message)


def _delegated(_: object, attribute: "attrs.Attribute[Delegation | None]", value: object) -> None:
    if value is not None and not isinstance(value, Delegation):
        message = f"an actor's {attribute.name} is a Delegation(by, since, until, document), not {value!r:.60}"
        raise UnknownError(message)


@attrs.frozen
class Actor:
    """A person of a unit acting in a role.

    Attributes:
        id: The person, as the host system knows them; left out of its repr, as it may be a private person's.
        unit: The unit (单位) the person acts for, by its published name.
        role: The key of the role.
        delegation: What lets the person act in it, where somebody else holds it.
    """

    id: str = attrs.field(validator=_worded, repr=False)
    unit: str = attrs.field(validator=_worded)
    role: str = attrs.field(validator=_worded)
    delegation: Delegation | None = attrs.field(default=None, validator=_delegated)

    def is_one_with(self, other: "Actor") -> bool:
        """Tell whether the same person stands behind both, itself or by a delegation.

        What one person may not do twice, such as asking and approving, that person cannot have somebody else do either.
        """
        return not self.persons.isdisjoint(other.persons)

    @property
    def persons(self) -> frozenset[str]:
        """The ids of whoever stands behind the act: the person, and whom it acts for."""
        return frozenset((self.id,) if self.delegation is None else (self.id, self.delegation.by))


def held(roles: Iterable[Role], actor: Actor) -> Role | None:
    """Return the one of some roles that an actor acts in; none when it is in none of them."""
    return next((role for role in roles if role.key == actor.role), None)


_PRIVATE: Final = Label("个人自行办理，不得以授权代行", "private persons act themselves, not by a delegation")
_PERSONAL: Final = Label("该角色须本人办理，不得授权", "acts of this role are its holder's own and not delegated")
_EXPIRED: Final = Label("授权已过期或尚未生效", "the delegation does not hold on that day")


def against_delegation(role: Role, actor: Actor, day: date | None) -> Iterator[Unmet]:
    """Yield what stands against an actor's delegation; nothing where the role is the actor's own.

    Args:
        role: The role.
        actor: Who acts in it.
        day: The day of the act at UTC+8; none where it is not known, and then the days are not looked at.
    """
    given = actor.delegation
    if given is None:
        return
    if role.private:
        yield Unmet("delegation", _PRIVATE, _CITED, (role.key,))
    elif not role.delegable:
        yield Unmet("delegation", _PERSONAL, _CITED, (role.key,))
    if day is not None and not given.since <= day <= given.until:
        yield Unmet("delegation", _EXPIRED, _CITED, (f"{given.since} – {given.until}", str(day)))
