"""Static checks of a lifecycle: what can be seen of a definition before any case is opened, all of it together."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from yingshang_flow.core.analysis import amounts, branches, owing, parts, persons, reach, standing, table, wording
from yingshang_flow.core.analysis.homes import homes, with_rules
from yingshang_flow.core.analysis.issue import Issue, Kind, Severity
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import DefinitionError

__all__ = ["KINDS", "Issue", "Kind", "Severity", "analysed", "checked", "homes", "problems", "with_rules"]

Check = Callable[[Lifecycle], Iterator[Issue]]

_FIRST: Final[tuple[Check, ...]] = (
    *(table.keys, table.rows, table.reached_rows, table.graph),
    *(parts.requirements, parts.limits, parts.duties, parts.tallies),
    *(wording.rules, wording.labels, wording.functions),
)
"""What has to hold before a case can be opened: all of them find errors, and only they do."""

_THEN: Final[tuple[Check, ...]] = (
    *(wording.values, branches.branches, reach.reach, reach.needs, reach.concerned),
    *(owing.owing, amounts.amounts, standing.standing, standing.kinds_of_rules, persons.persons),
)
"""What looks at a definition that can run, and finds warnings and notes."""

KINDS: Final[tuple[Kind, ...]] = (
    *(*table.KINDS, *parts.KINDS, *wording.KINDS, *branches.KINDS, *reach.KINDS),
    *(*owing.KINDS, *amounts.KINDS, *standing.KINDS, *persons.KINDS),
)
"""Every kind of issue there is."""


def analysed(lifecycle: Lifecycle, *, since: date | None = None) -> tuple[Issue, ...]:
    """Return everything the static checks find in a lifecycle, errors first.

    Where there are errors nothing else is looked for: what a case can do can be told only of a definition that runs.
    Guards are run on stand-ins for what they look at, in every combination of what has few values.

    Args:
        lifecycle: The definition, bound to a locality's values.
        since: The date from which these values hold, where fixed dates are to be compared with it.
    """
    errors = tuple(issue for check in _FIRST for issue in check(lifecycle))
    if errors:
        return errors
    found = dict.fromkeys(issue for check in _THEN for issue in check(lifecycle))
    if since is not None:
        found.update(dict.fromkeys(amounts.held_since(lifecycle, since)))
    return tuple(sorted(found, key=_gravity))


def _gravity(issue: Issue) -> int:
    return list(Severity).index(issue.severity)


def checked(lifecycle: Lifecycle) -> Lifecycle:
    """Return a lifecycle in which no problem was found.

    Raises:
        DefinitionError: There are problems, all of them reported together.
    """
    found = tuple(problems(lifecycle))
    if found:
        raise DefinitionError(f"lifecycle {lifecycle.key!r}", found)
    return lifecycle


def problems(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield everything for which a lifecycle cannot run, in words; nothing else locks a stored case out."""
    for check in _FIRST:
        for issue in check(lifecycle):
            yield issue.text()
