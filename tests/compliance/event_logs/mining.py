"""pm4py as a peer: imported once, quietly; what it does with our files is what another tool would."""

import contextlib
import io
import os
import warnings
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar

R = TypeVar("R")


@cache
def pm4py() -> Any:  # noqa: ANN401 - it has no types
    """The package, without its banner, its bars of progress and its advice."""
    os.environ.setdefault("PM4PY_SHOW_PROGRESS_BAR", "False")
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        import pm4py as found  # noqa: PLC0415 - takes seconds, and only some tests need it
    return found


def quietly(do: Callable[..., R]) -> Callable[..., R]:
    """Let a function run whose warnings are about pm4py's own dependencies."""

    @wraps(do)
    def done(*args: Any, **options: Any) -> R:  # noqa: ANN401 - the function's own
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            return do(*args, **options)

    return done
