"""What a project can set: ``YINGSHANG_FLOW_PREFIX`` and ``YINGSHANG_FLOW_DOCKET``."""

import functools
from collections.abc import Mapping
from typing import Final, Protocol, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import StoreError
from yingshang_flow.stores.sqlalchemy.tables import PREFIX, admitted_prefix

_LONGEST: Final = 15
"""So many characters leave room for the longest name of an index in the 30 that Django gives it."""


def prefix() -> str:
    """Return what the names of the tables begin with: ``YINGSHANG_FLOW_PREFIX``, ``ysf_`` unless set.

    Raises:
        StoreError: It cannot begin the names of tables.
    """
    found = admitted_prefix(getattr(settings, "YINGSHANG_FLOW_PREFIX", PREFIX))
    if len(found) > _LONGEST:
        raise StoreError(
            f"the setting YINGSHANG_FLOW_PREFIX is {found!r}, and Django has no room for the names of its indexes;"
            f" give at most {_LONGEST} characters"
        )
    return found


class Docket(Protocol):
    """What the admin needs of the project's docket."""

    @property
    def calendar(self) -> WorkingCalendar:
        """The working days."""

    def lifecycle(self, case: str) -> Lifecycle:
        """Return the lifecycle a case is under."""

    def definitions(self, case: str) -> Mapping[str, Lifecycle]:
        """Return the definitions that a case has been under by their fingerprints."""


def docket() -> Docket:
    """Return the project's docket: what the function returns that ``YINGSHANG_FLOW_DOCKET`` names.

    Raises:
        ImproperlyConfigured: It is not set, or names nothing that can be called.
    """
    return _made_by(getattr(settings, "YINGSHANG_FLOW_DOCKET", None))


@functools.cache
def _made_by(named: str | None) -> Docket:
    if named is None:
        raise ImproperlyConfigured(
            "the setting YINGSHANG_FLOW_DOCKET is missing; name the function that returns the project's Docket,"
            " such as 'office.cases.docket'"
        )
    try:
        found = import_string(named)
    except (ImportError, AttributeError) as error:
        raise ImproperlyConfigured(
            f"the setting YINGSHANG_FLOW_DOCKET names {named!r}, which cannot be imported ({error}); name the function"
            " that returns the project's Docket"
        ) from error
    if not callable(found):
        raise ImproperlyConfigured(
            f"the setting YINGSHANG_FLOW_DOCKET names {named!r}, which is {found!r:.60}; name the function that"
            " returns the project's Docket"
        )
    return cast("Docket", found())
