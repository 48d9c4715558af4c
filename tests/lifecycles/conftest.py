"""Holds the markers of rules to what the tests really see: the verdicts of audits and the refusals of acts."""

from collections.abc import Iterator
from typing import Any, TypeVar

import pytest

from yingshang_flow.compliance import Audit, Outcome, Verdict
from yingshang_flow.errors import RefusedError
from yingshang_flow.words import RuleKind

T = TypeVar("T")

MARKERS = {
    "keeps": "keeps(*rules): an audit of the test says that these rules are kept",
    "breaks": "breaks(*rules): an act is refused under these rules, or an audit of the test finds them broken",
    "holds": "holds(*rules): the test holds these properties",
}


def pytest_configure(config: pytest.Config) -> None:
    for said in MARKERS.values():
        config.addinivalue_line("markers", said)


@pytest.fixture(autouse=True)
def shown(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """See every verdict and every refusal there is during a marked test, and hold them against its markers."""
    claimed = {(name, rule) for name in ("keeps", "breaks") for mark in _marks(request, name) for rule in mark.args}
    if not claimed:
        yield
        return
    seen: set[tuple[str, str]] = set()

    def verdict(made: Verdict) -> None:
        if made.outcome is not Outcome.UNKNOWN:
            seen.add(("keeps" if made.outcome is Outcome.KEPT else "breaks", made.rule.id))

    def refusal(made: RefusedError) -> None:
        seen.update(("breaks", unmet.code) for unmet in made.unmet)

    def audit(made: Audit) -> None:
        found = {rule for reason in made.reasons for rule in reason.rules}
        for rule in (said.rule for said in made.verdicts if said.rule.kinds == (RuleKind.GROUND,)):
            seen.add(("breaks" if rule in found else "keeps", rule.id))

    _watch(monkeypatch, Audit, audit)
    _watch(monkeypatch, Verdict, verdict)
    _watch(monkeypatch, RefusedError, refusal)
    yield
    missing = ", ".join(f"{name} {rule}" for name, rule in sorted(claimed - seen))
    assert not missing, f"the test is marked so and does not show it: {missing}"


def _marks(request: pytest.FixtureRequest, name: str) -> Iterator[pytest.Mark]:
    yield from request.node.iter_markers(name)


def _watch(monkeypatch: pytest.MonkeyPatch, of: type[T], see: Any) -> None:  # noqa: ANN401  # Callable[[T], None]
    made = of.__init__

    def watched(self: T, *args: Any, **named: Any) -> None:  # noqa: ANN401  # those of the class
        made(self, *args, **named)
        see(self)

    monkeypatch.setattr(of, "__init__", watched)
