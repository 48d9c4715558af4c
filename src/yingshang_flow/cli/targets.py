"""The definition that a command is given: a shipped one by its key, somebody's own by MODULE:NAME, under a profile."""

import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from yingshang_flow import policies
from yingshang_flow.cli import options
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import UnknownError, YingshangFlowError
from yingshang_flow.lifecycles import Procedure


def definition(target: str) -> Lifecycle | Procedure[Any]:
    """Return what is named: a shipped procedure, or a lifecycle or procedure that is imported or built.

    Raises:
        UnknownError: There is nothing of that name, it cannot be imported, or it is something else.
    """
    return _imported(target) if ":" in target else options.shipped(target)


def under(target: str, found: Lifecycle | Procedure[Any], policy: str | None, option: str = "--policy") -> Lifecycle:
    """Return a definition under a profile, whatever its static analysis says; one that is bound stays as it is.

    Args:
        target: What it was named as.
        found: What was found by that name.
        policy: The key or the file of the profile.
        option: What that is given with.

    Raises:
        UsageError: It needs a profile and there is none.
        UnknownError: There is no such profile.
        DefinitionError: The profile does not fit it, or it cannot be built.
    """
    if isinstance(found, Lifecycle):
        return found
    if policy is None:
        raise click.UsageError(f"say under which profile {target} is: {option} {'|'.join(policies.keys())} or a file")
    return found.unchecked(options.profile(policy))


def single(target: str, policy: str | None, version: int | None = None) -> Lifecycle:
    """Return the one definition that a command is given, in a version or the newest one.

    Raises:
        UsageError: It needs a profile and there is none, or it is bound and there is one.
        UnknownError: There is no such definition, version or profile.
        DefinitionError: The profile does not fit it, or it cannot be built.
    """
    found = definition(target)
    if isinstance(found, Lifecycle) and policy is not None:
        raise click.UsageError(f"{target} is bound already: leave out --policy")
    if isinstance(found, Procedure) and version is not None:
        found = found.version_of(version)
    bound = under(target, found, policy)
    if version not in {None, bound.version}:
        raise UnknownError(f"there is no version {version} of {bound.key!r} here; there is {bound.version}")
    return bound


def pair(first: str, second: str, policy: str | None, other_policy: str | None = None) -> tuple[Lifecycle, Lifecycle]:
    """Return two definitions that are to be compared.

    Args:
        first: The one.
        second: The other.
        policy: The profile of whichever of them is not bound yet.
        other_policy: Another one for the second.

    Raises:
        UsageError: One needs a profile and there is none, or there is one that none needs.
        UnknownError: There is no such definition or profile.
        DefinitionError: A profile does not fit, or a definition cannot be built.
    """
    found, other = definition(first), definition(second)
    if other_policy is not None and isinstance(other, Lifecycle):
        raise click.UsageError(f"{second} is bound already: leave out --policy-b")
    asking = isinstance(found, Procedure) or (isinstance(other, Procedure) and other_policy is None)
    if policy is not None and not asking:
        raise click.UsageError(f"nothing here is without a profile that --policy could be for: {first}, {second}")
    own = policy if other_policy is None else other_policy
    return under(first, found, policy), under(second, other, own, "--policy-b" if policy is not None else "--policy")


def _imported(target: str) -> Lifecycle | Procedure[Any]:
    """Import somebody's lifecycle or procedure, from the current directory too, or build it."""
    module, _, name = target.partition(":")
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        thing: object = importlib.import_module(module)
        for part in name.split("."):
            thing = getattr(thing, part)
        if callable(thing) and not isinstance(thing, Procedure | type):
            thing = _built(target, thing)
    except (click.UsageError, YingshangFlowError):
        raise
    except (Exception, SystemExit) as exc:  # whatever somebody's module raises
        said = " ".join(str(exc).split())
        raise UnknownError(
            f"{target} cannot be imported, with {here} looked in first: {type(exc).__name__}: {said}"
        ) from exc
    finally:
        if here in sys.path:
            sys.path.remove(here)
    if not isinstance(thing, Lifecycle | Procedure):
        raise UnknownError(
            f"{target} is a {type(thing).__name__}, neither a Lifecycle nor a Procedure, nor a function that builds one"
        )
    return thing


def _built(target: str, build: Callable[..., object]) -> object:
    """Call a builder, if it can be called without anything."""
    try:
        inspect.signature(build).bind()
    except TypeError as exc:
        raise UnknownError(f"{target} is a function that asks for values: decorate it with @procedure") from exc
    return build()
