"""Holds what the library tells people in a test to the letter against what was approved.

In every test of the core and the audit that always does the same (not those that Hypothesis drives), all that is
said in words is kept: errors, refusals, refused rows, notes, findings, verdicts, issues of definitions, guesses. All
of it has to stand in the file of that module under ``approved/`` beside it. To write these files anew, for each module
of which anything ran: ``pytest tests/core tests/compliance --approve``; look at the difference before you keep it.
"""

import gc
import hashlib
import inspect
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import _lru_cache_wrapper, cache, wraps
from pathlib import Path
from typing import Any, Final

import pytest

from yingshang_flow.compliance.bulk.ledger_audit import LedgerAudit
from yingshang_flow.compliance.conformance.finding import Audit, Finding
from yingshang_flow.compliance.ledgers.guessing import Guess
from yingshang_flow.compliance.ledgers.ledger import Ledger, RowProblem
from yingshang_flow.compliance.tracing import Trace
from yingshang_flow.core.analysis.issue import Issue
from yingshang_flow.errors import YingshangFlowError
from yingshang_flow.words import Label, Unmet

HERE: Final = Path(__file__).parent
HELD: Final = ("core", "compliance")
"""Below which folders texts are held."""
NOT_HELD: Final = frozenset(
    {"test_approved_exports.py", "test_approved_reports.py", "test_log_audit.py", "test_page.py", "test_petri.py"}
)
"""Modules that go through what others tell, at length or in a browser, or hold it themselves."""
SERVERS: Final = frozenset({"postgresql_url", "mariadb_url"})
"""Fixtures of what has words of its own."""

_LONGEST: Final = 1_000
_MOST: Final = 20
_MOST_MADE: Final = 5_000
_FEW: Final = 20
_CHANGING: Final = re.compile(
    rf"[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|0x[0-9a-f]{{6,}}|{re.escape(tempfile.gettempdir())}/\w+"
    r"|(?<=it grows from )[\d,]+"
)
"""What is another in every run: ids, addresses, folders, and how small a workbook was packed."""
_PYTHON: Final = (3, 11)
"""Under which Python texts are held: a few pass on what it says itself, which others say in other words."""


def _both(label: Label) -> str:
    return f"{label.zh} | {label.en}"


def _twice(text: Callable[[Any], str]) -> str:
    return f"{text('zh')} | {text('en')}"


def _finding(one: Finding) -> str:
    shown = f"{one.revision} {one.happened} {one.days_late} {one.place}"
    return f"{one.severity.value} {_twice(one.text)} @{shown} [{_twice(one.cited)}]"


def _audit(one: Audit) -> Iterator[str]:
    yield f"{one.case}: {one.lifecycle} {one.profile} {one.state}"
    for verdict in one.verdicts:
        yield f"{verdict.rule.id} {verdict.outcome.value}: {'; '.join(map(_both, verdict.shown))}"
    yield from map(_finding, one.findings)
    yield from map(_both, one.amended)
    for owed in one.owed:
        days = f"{owed.start} {owed.due} {owed.happened} {owed.days_late}"
        yield f"{owed.limit}#{owed.number} {owed.unit}: {days} {owed.outcome.value} running={owed.running}"
    yield " → ".join(f"{act.at} {act.trigger} {act.unit}" for act in one.acts)
    yield from (f"{one.ground} {_twice(one.text)}" for one in one.reasons)


def _ledger(one: Ledger) -> Iterator[str]:
    yield f"{one.name} {one.encoding} {one.sheet}: {one.read} {one.ignored} {one.told} {one.blank} {dict(one.headings)}"
    yield from map(_both, one.notes)
    yield from (_twice(problem.text) for problem in one.problems[:_FEW])
    for row in one.rows[:_FEW]:
        acts = (f"{act.at} {act.trigger} {act.unit} {'' if act.content is None else act.content}" for act in row.acts)
        yield f"{row.line} {row.reference}: {' → '.join(acts)}"


def _ledger_audit(one: LedgerAudit) -> Iterator[str]:
    yield " ".join(f"{count.rule.id}={count.kept}/{count.broken}/{count.unknown}" for count in one.counts)
    yield from (f"{found.row.line}: {_finding(found.finding)}" for found in one.findings[:_FEW])
    yield from (_twice(problem.text) for problem in one.problems[:_FEW])


SAID: Final[Mapping[type, Callable[[Any], Iterable[str]]]] = {
    YingshangFlowError: lambda one: [f"{type(one).__name__}: {one}"],
    Unmet: lambda one: [f"{_twice(one.text)}"],
    Issue: lambda one: [f"{one.code} {one.severity.value}: {_twice(one.text)}"],
    Ledger: _ledger,
    RowProblem: lambda one: [_twice(one.text)],
    LedgerAudit: _ledger_audit,
    Audit: _audit,
    Trace: lambda one: map(_both, one.gaps),
    Guess: lambda one: [one.text("zh"), one.text("en")],
}
"""What is told by each kind of thing that a test makes."""


def texts_of(one: object) -> Iterable[str]:
    """Return what is told by a thing."""
    return next(SAID[kind] for kind in SAID if isinstance(one, kind))(one)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes what is told."""
    parser.addoption("--approve", action="store_true", help="write what the library tells people as approved")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run only what is held when it is to be written."""
    if config.getoption("--approve"):
        items[:] = [item for item in items if _held(item)]


def _path(node: pytest.Item) -> Path:
    return node.path.parent / "approved" / f"{node.path.stem}.txt"


@cache
def _approved(path: Path) -> frozenset[str]:
    """Return what was approved for a module."""
    return frozenset(path.read_text("utf-8").split("\n")) if path.exists() else frozenset()


def _text(said: str, node: pytest.Item) -> str:
    """Return a text as one line: without what is another in every run, and shortened where it is very long."""
    folder = getattr(node, "funcargs", {}).get("tmp_path")
    plain = _CHANGING.sub("…", said if folder is None else said.replace(str(folder), "…"))
    if len(plain) > _LONGEST:
        plain = f"{plain[:_LONGEST]}… {hashlib.sha256(plain.encode(errors='replace')).hexdigest()[:16]}"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in plain)


def _held(node: pytest.Item) -> bool:
    """Tell whether what a test tells is held: it is one of the core or the audit, and leaves nothing to chance."""
    if not node.path.is_relative_to(HERE) or node.path.relative_to(HERE).parts[0] not in HELD:
        return False
    function = getattr(node, "function", None)
    if function is None or hasattr(function, "hypothesis") or node.path.name in NOT_HELD:
        return False
    if sys.version_info[:2] != _PYTHON or SERVERS & set(getattr(node, "fixturenames", ())):
        return False
    return not {"run_state_machine_as_test", "find"} & set(inspect.unwrap(function).__code__.co_names)


_MADE: Final[dict[Path, set[str]]] = {}
"""What is told in this run, by the file it is to be written to."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what was told, of every module of which anything ran."""
    if session.config.getoption("--approve"):
        for path, texts in _MADE.items():
            path.unlink(missing_ok=True)
            if texts:
                path.parent.mkdir(exist_ok=True)
                path.write_bytes("\n".join((*sorted(texts), "")).encode())


@cache
def _caches() -> tuple[Any, ...]:
    """Return what keeps results of functions of ours: what was told for them would be told in one test only."""
    return tuple(
        one
        for one in gc.get_objects()
        if type(one) is _lru_cache_wrapper and one.__module__.startswith(("tests.", "yingshang_flow."))
    )


@pytest.fixture(autouse=True)
def _told(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep all that is told while a test runs, and hold it against what was approved."""
    node = request.node
    if not _held(node):
        yield
        return
    approving = node.config.getoption("--approve")
    for kept in _caches() if approving else ():
        kept.cache_clear()
    made: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        for kind in SAID:
            if kind is YingshangFlowError:
                patch.setattr(kind, "__new__", _noticed(made), raising=False)
            else:
                patch.setattr(kind, "__init__", _kept(kind.__init__, made))  # type: ignore[misc]  # its own
        yield
    said = (text for one in made for text in texts_of(one))
    texts = dict.fromkeys(_text(text, node) for text in said)
    path = _path(node)
    if approving:
        _MADE.setdefault(path, set()).update(texts)
    elif new := [text for text in texts if text not in _approved(path)]:
        shown = "\n".join(new[:_MOST])
        message = f"not what was approved; if that is wanted, run pytest --approve on its module\n{shown}"
        pytest.fail(message, pytrace=False)


def _noticed(made: list[Any]) -> Any:  # noqa: ANN401  # as object's own
    def new(cls: type[YingshangFlowError], *args: object, **_: object) -> YingshangFlowError:
        one = Exception.__new__(cls, *args)
        if len(made) < _MOST_MADE:
            made.append(one)
        return one

    return staticmethod(new)


def _kept(begin: Callable[..., None], made: list[Any]) -> Callable[..., None]:
    @wraps(begin)
    def init(self: object, *args: object, **options: object) -> None:
        begin(self, *args, **options)
        if len(made) < _MOST_MADE:
            made.append(self)

    return init
