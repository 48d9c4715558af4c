"""What several commands are given: dates, a profile, a store, a language."""

import functools
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import attrs
import click

from yingshang_flow import policies
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.docket import Docket, system_clock
from yingshang_flow.errors import UnknownError
from yingshang_flow.lifecycles import SHIPPED, Procedure
from yingshang_flow.policies import Profile
from yingshang_flow.ports import Query, Store
from yingshang_flow.stores.places import Place

F = TypeVar("F", bound=Callable[..., Any])

_PAGE: Final = 200


def read_day(text: str) -> date:
    """Read a date strictly: the other ISO forms are more often a slip than meant.

    Raises:
        ValueError: It is no date of the form 2018-12-20.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if found.isoformat() != text:
        raise ValueError(f"{text!r} is no date such as 2018-12-20")
    return found


class Day(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4 only
    """A date such as 2018-12-20."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401  # whatever click hands in
        """Read the date."""
        try:
            return read_day(value)
        except ValueError as exc:
            self.fail(str(exc), param, ctx)


class Instant(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4 only
    """An instant with its time zone, such as 2018-12-31T00:00:00+08:00."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401  # whatever click hands in
        """Read the instant; one without a time zone could mean any of several."""
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            self.fail(f"{value!r} is no instant with a time zone such as 2018-12-31T00:00:00+08:00", param, ctx)
        if found > system_clock():
            self.fail(f"{value} lies in the future; the clock records only what has happened", param, ctx)
        return found


def as_json() -> Callable[[F], F]:
    """Offer ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def language(default: str = "en") -> Callable[[F], F]:
    """Offer ``--lang``."""
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default=default,
        show_default=True,
        envvar="YINGSHANG_FLOW_LANG",
        help="The language of texts.",
    )


def policy(*, required: bool = False) -> Callable[[F], F]:
    """Offer ``--policy``."""
    return click.option(
        "--policy", metavar="KEY|FILE", required=required, help="A shipped profile, or the file of another one."
    )


class _Where(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4 only
    """A file, or the URL of a database."""

    name = "file|url"

    def __init__(self, *, exists: bool) -> None:
        self._file = click.Path(exists=exists, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:  # noqa: ANN401  # whatever click hands in
        """Read the place; a URL is looked at when it is opened."""
        place = Place(value)
        if not place.is_url:
            self._file.convert(value, param, ctx)
        return place


def database(*, required: bool = True, exists: bool = True) -> Callable[[F], F]:
    """Offer ``--db``, a file or a URL, and the ``--prefix`` of the tables there; the command is given one place.

    Args:
        required: Whether it has to be given.
        exists: Whether a file has to be there already.
    """

    def offer(command: F) -> F:
        @functools.wraps(command)
        def given(*args: Any, db: Place | None, prefix: str | None, **options: Any) -> object:  # noqa: ANN401  # the command's own
            if prefix is not None and (db is None or not db.is_url):
                raise click.UsageError("--prefix is for the tables of a database with a URL, given by --db")
            return command(*args, db=db and attrs.evolve(db, prefix=prefix), **options)

        where = click.option(
            "--db",
            type=_Where(exists=exists),
            required=required,
            help="What holds the cases: a file, or a URL such as postgresql://name@host/database.",
        )
        prefix = click.option(
            "--prefix", metavar="TEXT", help="What the names of the tables of a URL begin with; ysf_ unless given."
        )
        return cast("F", where(prefix(given)))

    return offer


def now() -> Callable[[F], F]:
    """Offer ``--now``."""
    return click.option("--now", type=Instant(), help="An earlier instant to take for now, with its time zone.")


def as_of() -> Callable[[F], F]:
    """Offer ``--as-of``."""
    return click.option("--as-of", type=Day(), help="The last day to look at, such as 2018-12-31; today unless given.")


def shipped(key: str) -> Procedure[Any]:
    """Return a shipped procedure.

    Raises:
        UnknownError: None has that key.
    """
    if key not in SHIPPED:
        raise UnknownError(f"there is no lifecycle {key!r}; there are {', '.join(SHIPPED)}")
    return SHIPPED[key]


def rules(key: str, of: Profile, version: int | None) -> Lifecycle:
    """Return a shipped procedure under a profile, in a version or the newest one.

    Raises:
        UnknownError: None has that key, or there is no such version of it.
        ProfileError: The profile has wrong or missing values for it.
    """
    procedure = shipped(key)
    found = (procedure if version is None else procedure.version_of(version))(of)
    if version not in {None, found.version}:
        raise UnknownError(f"there is no version {version} of {key!r} here; there is {found.version}")
    return found


def profile(key_or_file: str) -> Profile:
    """Return a profile by its key, or from a file.

    Raises:
        UnknownError: No such profile is shipped, and there is no such file.
        ProfileError: The file cannot be read, or has wrong or missing values.
    """
    if key_or_file in policies.keys():  # noqa: SIM118  # a function, no mapping
        return policies.get(key_or_file)
    if key_or_file.endswith(".toml") or Path(key_or_file).exists():
        return policies.load(key_or_file)
    return policies.get(key_or_file)


def docket(place: Place, calendar: WorkingCalendar | None = None) -> Docket:
    """Return a docket on the cases of a place, closed with the command; all but the demonstration open theirs here.

    Args:
        place: The file or the database.
        calendar: The working days; ``china()`` unless given.

    Raises:
        StoreError: It cannot be opened, or holds no cases of this library.
    """
    if not place.is_url and Path(place.text).stat().st_size == 0:
        raise click.UsageError(f"{place.text!r} is empty and holds no cases")
    store = place.open()
    click.get_current_context().call_on_close(store.close)
    return Docket(store, calendar=calendar)


def case_ids(store: Store, named: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the cases that are named, or all of a store in order of id.

    Read from the store itself, as a snapshot that was tampered with can no longer be read as a case.
    """
    if named:
        return tuple(dict.fromkeys(named))
    found: list[str] = []
    while page := store.find(Query(after=found[-1] if found else "", limit=_PAGE)):
        found += [row.case for row in page]
    return tuple(found)
