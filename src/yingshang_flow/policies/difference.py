"""What two profiles set differently, value by value."""

from typing import Literal

import attrs

from yingshang_flow.codec import canonical_text
from yingshang_flow.policies.profile import Entry, Profile, plain


@attrs.frozen
class Difference:
    """One value that two profiles do not have in common, or do not cite alike.

    Attributes:
        path: Its key path, for example ``interview.report``.
        before: What the first profile has; none where it has no such value.
        after: What the second has.
    """

    path: str
    before: Entry | None
    after: Entry | None

    @property
    def section(self) -> str:
        """The procedure it is a value of."""
        return self.path.partition(".")[0]

    @property
    def kind(self) -> Literal["changed", "cited", "only_before", "only_after"]:
        """Whether the value differs or is the same and cited differently, or only one of the two has it."""
        if self.before is None:
            return "only_after"
        if self.after is None:
            return "only_before"
        return "cited" if _same(self.before.value, self.after.value) else "changed"

    @property
    def mirrored(self) -> "Difference":
        """The same difference seen from the second profile."""
        return Difference(self.path, self.after, self.before)


def differences(before: Profile, after: Profile) -> tuple[Difference, ...]:
    """Return what two profiles set differently, in order of key path; what is inherited counts as if it were their own.

    Where a value is written, in a profile or in the one it extends, makes no difference; where it is cited from does.

    Args:
        before: The first profile.
        after: The second.
    """
    found = (
        Difference(path, before.entries.get(path), after.entries.get(path))
        for path in sorted({*before.entries, *after.entries})
    )
    return tuple(one for one in found if not _alike(one.before, one.after))


def _alike(before: Entry | None, after: Entry | None) -> bool:
    """Tell whether two entries say the same with the same citation."""
    if before is None or after is None:
        return False
    return before.citation == after.citation and _same(before.value, after.value)


def _same(before: object, after: object) -> bool:
    """Tell whether two values are stored as the same text: 1 is not true, and tables have no order."""
    return canonical_text(plain(before)) == canonical_text(plain(after))
