"""The index of what shows each rule: the tests that are marked ``keeps``, ``breaks`` or ``holds``, or named after it.

A test says by its marker what it shows, and fails when it does not (see ``conftest.py``):

    @pytest.mark.keeps("Y8")     an audit says that Y8 is kept
    @pytest.mark.breaks("Y8")    an act is refused under Y8, or an audit finds it broken
    @pytest.mark.holds("Y13")    holds a property of the library

The index is part of the package, so that ``yingshang-flow rules`` tells it where no tests are installed:

    python -m tests.lifecycles.rule_tests            writes it anew
"""

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
ROOT: Final = FOLDER.parent.parent
INDEX: Final = ROOT / "src" / "yingshang_flow" / "compliance" / "rule_tests.json"
_MARKERS: Final = {"keeps": "kept", "breaks": "broken", "holds": "held"}
_NAMED: Final = re.compile(r"(?<=_)[YTZHLAS]\d+(?=_)")

Index = Mapping[str, Mapping[str, list[str]]]


def current(folder: Path = FOLDER, root: Path = ROOT) -> Index:
    """Return which tests of a folder show which rule, read from their source."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
                node = f"{path.relative_to(root).as_posix()}::{function.name}"
                for how, rule in dict.fromkeys((*_marked(function), *_named(function))):
                    found.setdefault(rule, {name: [] for name in (*_MARKERS.values(), "named")})[how].append(node)
    return {rule: found[rule] for rule in sorted(found, key=lambda rule: (rule[0], int(rule[1:])))}


def _marked(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Yield what the markers say, those of single parameters included."""
    for decorator in function.decorator_list:
        for node in ast.walk(decorator):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MARKERS:
                for rule in node.args:
                    assert isinstance(rule, ast.Constant), f"{function.name}: name the rules of a marker as texts"
                    yield _MARKERS[node.func.attr], str(rule.value)


def _named(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for rule in (*_NAMED.findall(function.name), *(rule for _, rule in _marked(function))):
        yield "named", rule


def text(index: Index) -> str:
    """Return an index as it is written."""
    return json.dumps(index, indent=1) + "\n"


if __name__ == "__main__":
    INDEX.write_text(text(current()), encoding="utf-8")
    sys.stdout.write(f"{INDEX.name}: {len(current())} rules\n")
