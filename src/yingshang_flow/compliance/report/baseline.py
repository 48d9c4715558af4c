"""The findings that somebody has accepted, kept in a file by their fingerprints, so that only new ones fail."""

import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import attrs

from yingshang_flow.compliance.conformance import Finding
from yingshang_flow.errors import BaselineError

_FORM: Final = 1
_HEAD: Final = f"""# 已接受的审计发现 Findings of an audit that were accepted, by whom and why.
# An entry may be deleted; it stands for the finding of its fingerprint, whatever else it says.
form = {_FORM}
"""
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)
_TEXTS: Final = ("fingerprint", "case", "rule", "unit", "by", "why")
_MAY_BE_EMPTY: Final = frozenset({"unit"})
_LARGEST: Final = 64 * 1024 * 1024


@attrs.frozen
class Acceptance:
    """One finding that was accepted.

    Attributes:
        fingerprint: What the finding is known by; see ``Finding.fingerprint``.
        case: The id of the case, or the reference of the row.
        rule: The id of the rule.
        unit: The unit that broke it; empty where it is the case.
        by: Who accepted it.
        on: When.
        why: Why.
    """

    fingerprint: str
    case: str
    rule: str
    unit: str
    by: str
    on: date
    why: str

    @classmethod
    def of(cls, finding: Finding, *, by: str, on: date, why: str) -> "Acceptance":
        """Return the acceptance of a finding."""
        return cls(finding.fingerprint, finding.case, finding.code, finding.unit, by, on, why)

    def toml(self) -> str:
        """Return it as a table of a TOML file."""
        said = "".join(f"{name} = {_quoted(getattr(self, name))}\n" for name in _TEXTS)
        return f"\n[[accepted]]\n{said}on = {self.on.isoformat()}\n"


@attrs.frozen
class Baseline:
    """Every acceptance of a file.

    Attributes:
        name: The file, or what it is called.
        accepted: The acceptances by fingerprint, in the order of the file.
    """

    name: str = ""
    accepted: Mapping[str, Acceptance] = attrs.field(factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Baseline":
        """Read a file.

        Raises:
            BaselineError: It is no baseline; every problem is told with its line or its entry.
            OSError: It cannot be read.
        """
        if path.stat().st_size > _LARGEST:
            raise BaselineError(str(path), f"it is larger than {_LARGEST:,} bytes; no baseline is, so check the name")
        try:
            return cls.from_text(path.read_text("utf-8-sig"), str(path))
        except UnicodeDecodeError as exc:
            raise BaselineError(str(path), f"it is no UTF-8 at byte {exc.start}; save it as UTF-8") from None

    @classmethod
    def from_text(cls, text: str, name: str = "baseline") -> "Baseline":
        """Read the text of a file.

        Raises:
            BaselineError: It is no baseline; every problem is told with its line or its entry.
        """
        try:
            found = tomllib.loads(text)
        except ValueError as exc:  # the parser's own, or a number of too many digits
            raise BaselineError(name, f"it is no TOML: {exc}") from None
        except RecursionError:
            raise BaselineError(name, "it is no TOML that can be read: it is nested too deeply") from None
        problems: list[str] = []
        if found.get("form") != _FORM or isinstance(found.get("form"), bool):
            problems.append(f"form is {found.get('form', 'missing')!r}; write form = {_FORM}")
        problems += [
            f"{key} is not known; known are form and accepted" for key in sorted(found.keys() - {"form", "accepted"})
        ]
        entries = found.get("accepted", [])
        accepted: dict[str, Acceptance] = {}
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            problems.append("accepted is no list of tables; write each as [[accepted]]")
        else:
            for number, entry in enumerate(entries, 1):
                wrong = [f"accepted {number}: {problem}" for problem in _wrong(entry)]
                if not wrong and entry["fingerprint"] in accepted:
                    wrong = [f"accepted {number}: {entry['fingerprint']} stands in an entry above; keep one"]
                if not wrong:
                    accepted[entry["fingerprint"]] = Acceptance(**{"unit": "", **entry})
                problems += wrong
        if problems:
            raise BaselineError(name, problems)
        return cls(name, accepted)

    def of(self, finding: Finding) -> Acceptance | None:
        """Return the acceptance of a finding; none where it is new."""
        return self.accepted.get(finding.fingerprint) if self.accepted else None

    def stale(self, findings: Iterable[Finding]) -> tuple[Acceptance, ...]:
        """Return the acceptances that stand for none of these findings any more, in the order of the file."""
        if not self.accepted:
            return ()
        there = {finding.fingerprint for finding in findings}
        return tuple(one for fingerprint, one in self.accepted.items() if fingerprint not in there)


def accept(path: Path, findings: Iterable[Finding], *, by: str, on: date, why: str) -> Baseline:
    """Add findings to a file, which is made where there is none; those that it has already stay as they are.

    What stands in the file is kept to the letter, comments included. It is replaced as a whole, so that a crash leaves
    the old one.

    Args:
        path: The file.
        findings: What is accepted.
        by: Who accepts it.
        on: The day.
        why: Why.

    Returns:
        Everything the file holds now.

    Raises:
        BaselineError: Nobody, or no reason, is named; or the file that is there is no baseline.
        OSError: The file cannot be read or written.
    """
    asked = {"by": (by, "who accepts"), "why": (why, "the reason")}
    problems = [f"{name} is empty; say {what}" for name, (said, what) in asked.items() if not said.strip()]
    if problems:
        raise BaselineError(str(path), problems)
    there = path.read_text("utf-8-sig") if path.exists() else _HEAD
    known = Baseline.read(path) if path.exists() else Baseline(str(path))
    accepted = dict(known.accepted)
    added = []
    for finding in findings:
        if finding.fingerprint not in accepted:
            one = accepted[finding.fingerprint] = Acceptance.of(finding, by=by, on=on, why=why)
            added.append(one.toml())
    if added or not path.exists():
        text = "".join((there if there.endswith("\n") else f"{there}\n", *added))
        Baseline.from_text(text, str(path))  # nothing can be added to what is written as accepted = [...]
        begun = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            begun.write_text(text, "utf-8")
            begun.replace(path)
        finally:
            begun.unlink(missing_ok=True)
    return Baseline(str(path), accepted)


def _wrong(entry: Mapping[str, object]) -> Iterator[str]:
    """Yield what is wrong with one entry."""
    for name in _TEXTS:
        value = entry.get(name, "" if name in _MAY_BE_EMPTY else None)
        if value is None:
            yield f"{name} is missing"
        elif not isinstance(value, str):
            yield f"{name} is {value!r}; write a text in quotation marks"
        elif not value.strip() and name not in _MAY_BE_EMPTY:
            yield f"{name} is empty; fill it in"
        elif name == "fingerprint" and not _FINGERPRINT.fullmatch(value):
            yield f"fingerprint is {value[:40]!r}; it has 16 digits of 0-9 and a-f"
    on = entry.get("on")
    if type(on) is not date:
        yield "on is missing" if on is None else f"on is {on!r}; write a date without quotation marks, as 2019-04-01"
    known = (*_TEXTS, "on")
    yield from (f"{name} is not known; known are {', '.join(known)}" for name in sorted(entry.keys() - set(known)))


def _quoted(text: str) -> str:
    """Return a text as TOML writes it: as JSON does, and without what no UTF-8 has or TOML wants escaped."""
    plain = text.encode(errors="replace").decode()
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")
