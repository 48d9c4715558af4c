"""Linked cases as guards see them: read when a guard looks, and then expected unchanged by the commit."""

from collections.abc import Callable, Mapping

from yingshang_flow.core.case import Case
from yingshang_flow.core.record import Opening
from yingshang_flow.ports import Children, ChildrenAre, Expectation, InState


class Linked:
    """Linked cases as guards see them.

    Args:
        opening: Names the parent and the origin.
        case: The id of the case, whose children can be seen; none while it is opened.
        load: Reads a case.
        children: Reads what is known of the children of a case.
    """

    def __init__(
        self, opening: Opening, case: str | None, load: Callable[[str], Case], children: Callable[[str], Children]
    ) -> None:
        self._load = load
        self._read_children = children
        self._opening = opening
        self._case = case
        self._states: dict[str, InState] = {}
        self._known: Children | None = None

    @property
    def expects(self) -> tuple[Expectation, ...]:
        """What was read so far."""
        children = () if self._known is None or self._case is None else (ChildrenAre(self._case, self._known),)
        return (*self._states.values(), *children)

    def exist(self) -> None:
        """Look that the parent and the origin are there.

        Raises:
            CaseNotFoundError: One of them is not.
        """
        for linked in (self._opening.parent, self._opening.origin):
            if linked is not None:
                self._load(linked)

    @property
    def parent(self) -> Case | None:
        """The case this one is a part of."""
        return self._seen(self._opening.parent)

    @property
    def origin(self) -> Case | None:
        """The case that gave reason to open this one."""
        return self._seen(self._opening.origin)

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many children there are, by lifecycle and state."""
        return self._children().counts

    @property
    def open_ids(self) -> tuple[str, ...]:
        """The ids of the children that have not ended."""
        return self._children().open_ids

    def child(self, case: str) -> Case:
        """Return one of the children, expected to stay in its state; what it has done before stays done anyway."""
        found = self._load(case)
        self._states.setdefault(case, InState(case, found.state))
        return found

    def _seen(self, case: str | None) -> Case | None:
        return None if case is None else self.child(case)

    def _children(self) -> Children:
        if self._known is None:
            self._known = Children() if self._case is None else self._read_children(self._case)
        return self._known
