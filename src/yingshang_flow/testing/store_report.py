"""``pytest --store-report``: what a store's contract tests have found, as a report that a vendor can attach.

A plugin of pytest. It also takes those tests of a contract out of the run that hold a store to what it does not claim:
they count as deselected, and the end of the run and the report name them.
"""

import importlib.metadata
import json
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from _pytest.runner import runtestprotocol

_PASSED: Final = "passed"
_FAILED: Final = "failed"
_NOT_CLAIMED: Final = "not claimed"
_LEVELS: Final = ("core", "due work", "outbox", "host transactions", "tallies")
_TERMINAL: Final = "-"
_OF_A_CLAUSE: Final = re.compile(r"test_s(\d+)_")


class NotClaimedError(Exception):
    """A store does not claim what a test of the contract is about; raised while the test is set up."""


@attrs.frozen
class Finding:
    """What one test of a contract has found.

    Attributes:
        contract: The node id of the class of tests.
        test: The test's name in it, with its parameters.
        level: The level it belongs to, such as ``core``.
        clause: The number of its clause, such as ``S3``; empty for a test of all of them.
        outcome: ``passed``, ``failed`` or ``not claimed``.
        store: The class of the store; empty where none could be made.
        server: What the store says keeps its data.
    """

    contract: str
    test: str
    level: str
    clause: str
    outcome: str
    store: str
    server: str


_FINDINGS: Final = pytest.StashKey[list[Finding]]()
_STORE: Final = pytest.StashKey[tuple[str, str]]()
_UNCLAIMED: Final = pytest.StashKey[bool]()


def tell_store(node: pytest.Item, store: object) -> None:
    """Note the store that a test of a contract is about."""
    kind = type(store)
    node.stash[_STORE] = f"{kind.__module__}.{kind.__qualname__}", str(getattr(store, "server", None) or "")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("yingshang-flow").addoption(
        "--store-report",
        nargs="?",
        const=_TERMINAL,
        metavar="FILE",
        help="report what the store contract's tests have found; write --store-report=FILE for a file, JSON if it is"
        " named *.json",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a test that stands where the file should."""
    target = _target(config)
    if target is not None and ("::" in target or Path(target).is_dir() or target.endswith(".py")):
        message = f"--store-report has taken {target!r} for its file; put it behind the tests, or name a file with ="
        raise pytest.UsageError(message)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test of a contract, and leave it out of every report where its store does not claim what it is about."""
    level = _level(item)
    if level is None:
        return None
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    unclaimed = item.stash.get(_UNCLAIMED, False)
    if unclaimed:
        item.config.hook.pytest_deselected(items=[item])
    else:
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    failed = any(report.failed for report in reports)
    clause = _OF_A_CLAUSE.match(item.name)
    _findings(item.config).append(
        Finding(
            "" if item.parent is None else item.parent.nodeid,
            item.name,
            level,
            f"S{int(clause[1])}" if clause else "",
            _NOT_CLAIMED if unclaimed else _FAILED if failed else _PASSED,
            *item.stash.get(_STORE, ("", "")),
        )
    )
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Note a test that its store does not claim."""
    yield
    if call.excinfo is not None and call.excinfo.errisinstance(NotClaimedError):
        item.stash[_UNCLAIMED] = True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a process of pytest-xdist has found to the one that reports."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["store_findings"] = [attrs.astuple(finding) for finding in _findings(session.config)]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - of pytest-xdist, which may not be there
    """Take what a process of pytest-xdist has found."""
    found = getattr(node, "workeroutput", {}).get("store_findings", ())
    _findings(node.config).extend(Finding(*values) for values in found)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write the report, and say what was not claimed in any case."""
    target, findings = _target(config), _findings(config)
    if target is not None:
        terminalreporter.section("store report")
        report = report_of(findings)
        terminalreporter.write_line(as_text(report))
        if target != _TERMINAL:
            text = json.dumps(report, ensure_ascii=False, indent=2) if target.endswith(".json") else as_text(report)
            Path(target).write_text(f"{text}\n", encoding="utf-8")
            terminalreporter.write_line(f"written to {target}")
        return
    for contract, of_contract in _grouped(findings, "contract").items():
        not_claimed = [finding for finding in of_contract if finding.outcome == _NOT_CLAIMED]
        if not_claimed:
            levels = ", ".join(dict.fromkeys(finding.level for finding in not_claimed))
            terminalreporter.write_line(f"{contract}: {len(not_claimed)} tests deselected, not claimed: {levels}")


def report_of(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the report of some findings, as what JSON can hold."""
    return {
        "library": f"yingshang-flow {importlib.metadata.version('yingshang-flow')}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(),
        "stores": [_store(contract, found) for contract, found in _grouped(findings, "contract").items()],
    }


def as_text(report: dict[str, Any]) -> str:
    """Return a report as text."""
    lines = [report["library"], report["python"], report["platform"]]
    for store in report["stores"]:
        lines += ["", f"{store['store'] or 'a store that could not be made'}, tests {store['contract']}"]
        lines += [f"server: {store['server']}"] if store["server"] else []
        for level in store["levels"]:
            lines.append(f"  {level['level']}: {_counted(level)}")
            for clause in level["clauses"]:
                lines.append(f"    {clause['clause'] or 'all':<4} {_counted(clause):<40} {clause['title']}".rstrip())
                lines += [f"         failed: {test}" for test in clause["failures"]]
    return "\n".join(lines)


def _store(contract: str, findings: list[Finding]) -> dict[str, Any]:
    known = next((finding for finding in findings if finding.store), findings[0])
    return {
        "contract": contract,
        "store": known.store,
        "server": known.server,
        "levels": [
            {
                "level": level,
                **_counts(of_level),
                "clauses": [_clause(name, found) for name, found in _by_clause(of_level)],
            }
            for level, of_level in sorted(_grouped(findings, "level").items(), key=lambda pair: _LEVELS.index(pair[0]))
        ],
    }


def _clause(name: str, findings: list[Finding]) -> dict[str, Any]:
    return {
        "clause": name,
        "title": _titles().get(name, "every clause through any sequence of acts"),
        **_counts(findings),
        "failures": [finding.test for finding in findings if finding.outcome == _FAILED],
    }


def _counts(findings: list[Finding]) -> dict[str, int]:
    counts = Counter(finding.outcome for finding in findings)
    return {name.replace(" ", "_"): counts[name] for name in (_PASSED, _FAILED, _NOT_CLAIMED)}


def _counted(counts: dict[str, Any]) -> str:
    return ", ".join(
        f"{counts[name.replace(' ', '_')]} {name}"
        for name in (_PASSED, _FAILED, _NOT_CLAIMED)
        if counts[name.replace(" ", "_")]
    )


def _by_clause(findings: list[Finding]) -> list[tuple[str, list[Finding]]]:
    return sorted(_grouped(findings, "clause").items(), key=lambda pair: int(pair[0][1:] or 1_000))


def _grouped(findings: Iterable[Finding], name: str) -> dict[str, list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(getattr(finding, name), []).append(finding)
    return groups


def _titles() -> dict[str, str]:
    """Return what each clause is called, in the words of the ports that own them."""
    from yingshang_flow import ports  # noqa: PLC0415 - a plugin is loaded on every run, and needed on few

    clauses = re.findall(r"^(S\d+) +([^.:]+)", ports.__doc__ or "", flags=re.MULTILINE)
    return {number: " ".join(title.split()) for number, title in clauses}


def _level(item: pytest.Item) -> str | None:
    """Return the level a test of a contract belongs to; none for any other test."""
    if not isinstance(item, pytest.Function) or not hasattr(item.cls, "store_contract_level"):
        return None
    levels = [vars(kind).get("store_contract_level") for kind in item.cls.__mro__ if item.originalname in vars(kind)]
    level: str = next(filter(None, levels), item.cls.store_contract_level)
    return level


def _target(config: pytest.Config) -> str | None:
    target: str | None = config.getoption("store_report", None)
    return target


def _findings(config: pytest.Config) -> list[Finding]:
    return config.stash.setdefault(_FINDINGS, [])
