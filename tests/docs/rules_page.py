"""The page that lists every rule, written from what ``yingshang-flow rules --json`` tells.

python -m tests.docs.rules_page            writes it anew
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner

from yingshang_flow import lifecycles, sources
from yingshang_flow.cli import program
from yingshang_flow.words import Authority, RuleKind, Source

PAGE: Final = Path(__file__).parent.parent.parent / "docs" / "reference" / "rules.md"

_HEAD: Final = """\
# Rules

Every rule of the shipped procedures, with the article it comes from and where it stands in the definition. This page is
written from `yingshang-flow rules --json`, which also names the tests that show each rule kept and broken; `rules
interview --policy dalian-2018` lists those of one procedure under one profile.

Kind, and what becomes of a breach:

| kind | 类别 | a breach |
| --- | --- | --- |
{kinds}

A rule stands in a *row* of the transition table, a *need* of a row, a *limit*, a *duty* that the audit looks for, a
*ground*, or in the *tests*; each is named by its trigger, key or function.
"""

_BREACHES: Final = {
    RuleKind.GUARD: "is refused; one that stands in a history all the same is found",
    RuleKind.LIMIT: "is never refused: it is recorded as late and found",
    RuleKind.DUTY: "is found, once it is certain that nothing follows",
    RuleKind.BAN: "is found",
    RuleKind.GROUND: "gives reason to open another case, which a person decides",
    RuleKind.PROPERTY: "cannot be: tests hold it",
}


def text() -> str:
    """Return the page as it has to be."""
    rules: list[dict[str, Any]] = json.loads(CliRunner().invoke(program, ["rules", "--json"]).stdout)
    kinds = (f"| {kind.label.en} | {kind.label.zh} | {_BREACHES[kind]} |" for kind in RuleKind)
    parts = [_HEAD.format(kinds="\n".join(kinds))]
    for key in lifecycles.SHIPPED:
        listed = [rule for rule in rules if rule["lifecycle"] == key]
        title = listed[0]["title"]
        parts.append(f"\n## {key} {title['zh']} {title['en']}\n\n" + "\n".join(_table(listed)) + "\n")
    parts.append("\n## Sources\n\n" + "\n".join(_sources(rules)) + "\n")
    return "".join(parts)


def _table(rules: list[dict[str, Any]]) -> Iterator[str]:
    yield "| rule | kind | 要求 | what it asks for | article | stands in | profiles |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for rule in rules:
        cells = (
            rule["rule"],
            ", ".join(rule["kinds"]),
            rule["label"]["zh"],
            rule["label"]["en"],
            "<br>".join(f"{cited['source']} {cited['article']}" for cited in rule["citations"]),
            "<br>".join(_places(rule["homes"])),
            "<br>".join(rule["profiles"]),
        )
        yield f"| {' | '.join(cells)} |"


def _places(homes: list[dict[str, Any]]) -> Iterator[str]:
    keys: dict[str, dict[str, None]] = {}
    for home in homes:
        keys.setdefault(home["place"], {})[f"`{home['key']}`"] = None
    for place, named in keys.items():
        yield f"{place} {', '.join(named)}"


def _sources(rules: list[dict[str, Any]]) -> Iterator[str]:
    known = {source.key: source for source in vars(sources).values() if isinstance(source, Source)}
    yield "| key | 文件 | document |"
    yield "| --- | --- | --- |"
    for key in dict.fromkeys(cited["source"] for rule in rules for cited in rule["citations"]):
        source = known[key]
        english = source.title.en + (
            "" if source.authority is not Authority.OURS else ": where the documents are silent"
        )
        yield f"| {key} | {source().text('zh')} | {english} |"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} written\n")
