"""Who acts: a person of a unit, in a role."""

from collections.abc import Iterable

import attrs

from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Citation, Label, Unmet


@attrs.frozen
class Role:
    """A part somebody can play in a procedure.

    Attributes:
        key: The stored key, for example ``office``.
        label: What people call it.
        private: Whether its holders are private persons, whose ids are sealed in the vault.
    """

    key: str
    label: Label
    private: bool = False


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


@attrs.frozen
class Actor:
    """A person of a unit acting in a role.

    Attributes:
        id: The person, as the host system knows them; left out of its repr, as it may be a private person's.
        unit: The unit (单位) the person acts for, by its published name.
        role: The key of the role.
    """

    id: str = attrs.field(validator=_worded, repr=False)
    unit: str = attrs.field(validator=_worded)
    role: str = attrs.field(validator=_worded)
