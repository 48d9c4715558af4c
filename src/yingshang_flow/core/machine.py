"""The only door to `transitions`: one shared, unbound machine per lifecycle, which executes every move."""

from typing import Any, Final, cast

from transitions import EventData, Machine

from yingshang_flow.core.actor import against_delegation, not_in_role
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.requirement import Untold, View
from yingshang_flow.words import Label, Unmet

_UNOPENED: Final = "(unopened)"
_DONE: Final = Label("办理", "done")


class Cursor:
    """The object the shared machine moves: a state, and what the gates found on the way."""

    __slots__ = ("row", "state", "unmet", "view")

    def __init__(self, state: str, view: View[Any, Any]) -> None:
        self.state = state or _UNOPENED
        self.view = view
        self.row: Transition | None = None
        self.unmet: list[Unmet] = []


class _Gate:
    """The one condition of a row: tells whether the row is the one, and collects all that is unmet."""

    __slots__ = ("_roles", "_row")

    def __init__(self, row: Transition) -> None:
        self._row = row
        self._roles = {role.key: role for role in row.by}

    def __call__(self, event: EventData) -> bool:
        cursor = cast("Cursor", event.model)
        if cursor.row is not None:
            return False  # an earlier row applied and was refused; what chooses a row is never tried twice
        row, view = self._row, cursor.view
        for condition in row.when:
            try:
                if condition.against(view) is not None:
                    return False
            except Untold:
                continue  # what it saw of linked cases then led here
        cursor.row = row
        unmet = cursor.unmet
        actor = view.actor
        if actor.role not in self._roles:
            unmet.append(not_by(row, actor.role))
        elif actor.delegation is not None:
            unmet.extend(against_delegation(self._roles[actor.role], actor, None if view.at is None else view.at.date))
        for requirement in row.needs:
            try:
                found = requirement.against(view)
            except Untold:
                continue  # what it saw of linked cases then let it through
            if found is not None:
                unmet.append(requirement.unmet(found))
        return not unmet


def not_by(row: Transition, role: str) -> Unmet:
    """Build the refusal of an actor whose role may not do this."""
    return not_in_role(row.by, role, _DONE, tuple(citation for rule in row.rules for citation in rule.citations))


class Mover:
    """Executes the moves of one lifecycle; holds no case, so it is shared by all of them."""

    __slots__ = ("_events",)

    def __init__(self, lifecycle: Lifecycle) -> None:
        machine = Machine(
            model=None,
            states=[_UNOPENED, *lifecycle.by_state],
            initial=_UNOPENED,
            transitions=[
                {"trigger": row.trigger, "source": source, "dest": row.to, "conditions": _Gate(row)}
                for row in lifecycle.transitions
                for source in row.sources or (_UNOPENED,)
            ],
            auto_transitions=False,
            send_event=True,
        )
        self._events = machine.events

    def __call__(self, trigger: str, state: str, view: View[Any, Any]) -> Cursor:
        """Try a trigger from a state and return the cursor: moved and without anything unmet, or refused.

        Args:
            trigger: A trigger that has a row in that state; the caller has looked at the table.
            state: The state of the case; empty for an opening.
            view: What the gates may see.
        """
        cursor = Cursor(state, view)
        self._events[trigger].trigger(cursor)
        return cursor
