"""The lock of editions: what every function in a shipped definition says, so that its meaning cannot change unseen.

A stored case is under the fingerprint of its definition, in which a function counts by its name and edition. So a
function whose meaning changes has to get a new edition, or old cases would silently run under new rules.

    python -m tests.lifecycles.editions               adds what is new and removes what is gone
    python -m tests.lifecycles.editions --tidied      also takes changed functions that mean the same as before
"""

import ast
import hashlib
import inspect
import json
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FunctionType
from typing import Any, Final

from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles
from yingshang_flow.core.duty import AcrossCases, Holds, Never
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.requirement import Forbids, Needs

LOCK: Final = Path(__file__).with_name("editions.lock")
_HEAD: Final = "# Written by `python -m tests.lifecycles.editions`: function@edition and the hash of what it says.\n"
_TOLD: Final = (
    "{names} changed without a new edition. If the meaning changed, raise edition= where it is defined, then run "
    "`python -m tests.lifecycles.editions`. If it was only tidied, run that with --tidied."
)


def functions(lifecycle: Lifecycle) -> Iterator[tuple[Callable[..., Any], int]]:
    """Yield every function in a definition with its edition."""
    for row in lifecycle.transitions:
        for need in (*row.needs, *row.when):
            if isinstance(need, Needs | Forbids):
                yield from ((function, need.edition) for function in (need.check, need.where) if function is not None)
    groups = (*(trigger.each for trigger in lifecycle.triggers), *(limit.each for limit in lifecycle.limits))
    yield from ((group.members, group.edition) for group in groups if group is not None)
    for duty in lifecycle.duties:
        if isinstance(duty, Holds):
            yield duty.check, duty.edition
        if isinstance(duty, Never):
            yield duty.offences, duty.edition
        if isinstance(duty, AcrossCases):
            yield duty.offenders, duty.edition
    yield from ((ground.where, ground.edition) for ground in lifecycle.grounds if ground.where is not None)
    for limit in lifecycle.limits:
        yield from ((function, limit.edition) for function in (limit.where, limit.meets) if function is not None)


def current() -> dict[str, str]:
    """Return the hash of every function of every shipped lifecycle, by ``module.name@edition``."""
    found = [pair for key, profile in SHIPPED_PAIRS for pair in functions(lifecycles.SHIPPED[key](profile))]
    named = {f"{function.__module__}.{function.__qualname__}@{edition}": function for function, edition in found}
    return {name: digest(named[name]) for name in sorted(named)}


def digest(function: Callable[..., Any]) -> str:
    """Return the hash of what a function and the helpers it calls in its own module say."""
    said = {helper.__qualname__: _said(helper) for helper in _helpers(function, {})}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _helpers(function: Callable[..., Any], found: dict[str, Callable[..., Any]]) -> list[Callable[..., Any]]:
    """Return a function and every function of its module that it leads to."""
    found[function.__qualname__] = function
    for node in ast.walk(_tree(function)):
        other = getattr(inspect.getmodule(function), node.id, None) if isinstance(node, ast.Name) else None
        if not isinstance(other, FunctionType) or other.__module__ != function.__module__:
            continue
        if other.__qualname__ not in found:
            _helpers(other, found)
    return list(found.values())


def _tree(function: Callable[..., Any]) -> ast.FunctionDef:
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef)
    return tree


def _said(function: Callable[..., Any]) -> object:
    """Return a function's arguments and body as plain values: no decorator, docstring, annotation or place."""
    tree = _tree(function)
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    return [[argument.arg for argument in ast.walk(tree.args) if isinstance(argument, ast.arg)], *map(_plain, body)]


def _plain(node: object) -> object:
    """Return a syntax tree as plain values.

    Written out here because ``ast.dump`` differs between versions of Python: what is empty is left out, and with it
    the fields that later versions added.
    """
    if isinstance(node, ast.AST):
        fields = {name: _plain(value) for name, value in ast.iter_fields(node)}
        kept = {name: value for name, value in fields.items() if value not in (None, []) and name != "annotation"}
        return [type(node).__name__, kept]
    if isinstance(node, list):
        return [_plain(item) for item in node]
    return node if isinstance(node, str | int | bool | None) else repr(node)


def read(path: Path = LOCK) -> dict[str, str]:
    """Read the lock."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


def problems(locked: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Return what stands against a lock, in words."""
    said = []
    changed = sorted(name for name in found if locked.get(name, found[name]) != found[name])
    if changed:
        said.append(_TOLD.format(names=", ".join(changed)))
    differing = sorted(set(found) ^ set(locked))
    if differing:
        said.append(f"{', '.join(differing)}: new or gone; run `python -m tests.lifecycles.editions`.")
    return said


def update(*, tidied: bool, path: Path = LOCK) -> str:
    """Bring the lock up to date; changed functions are taken only when they were tidied.

    Raises:
        SystemExit: A function changed, and nobody said that it means the same.
    """
    locked, found = read(path), current()
    changed = sorted(name for name in found if locked.get(name, found[name]) != found[name])
    if changed and not tidied:
        raise SystemExit(_TOLD.format(names=", ".join(changed)))
    path.write_text(_HEAD + "".join(f"{name} {value}\n" for name, value in found.items()), encoding="utf-8")
    return f"{len(found)} functions locked in {path.name}"


if __name__ == "__main__":
    sys.stdout.write(update(tidied="--tidied" in sys.argv[1:]) + "\n")
