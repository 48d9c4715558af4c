"""The ground on which somebody amends or erases what a history says: a text that tells why, kept with the record."""

from typing import Final

from yingshang_flow.errors import ContentError

_MOST: Final = 2000


def check_ground(where: str, ground: object) -> str:
    """Return a ground as it was given.

    Args:
        where: What it is given for, as an error names it.
        ground: What was given.

    Raises:
        ContentError: It is no text, empty, or longer than 2000 characters.
    """
    if not isinstance(ground, str) or not ground.strip() or len(ground) > _MOST:
        raise ContentError(where, f"ground: say why in 1 to {_MOST} characters, not {ground!r:.60}")
    return ground
