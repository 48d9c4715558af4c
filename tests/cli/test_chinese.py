"""Under ``--lang zh`` a command says everything in Chinese: what is left in Latin letters is keys, ids and options."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import attrs
import click
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from yingshang_flow import lifecycles, policies
from yingshang_flow.cli import program
from yingshang_flow.cli.definitions import bound
from yingshang_flow.cli.demo import campaign, complaints
from yingshang_flow.cli.demo import interviews as story
from yingshang_flow.cli.output import Page, Said
from yingshang_flow.core.lifecycle import Lifecycle

Run = Callable[..., Result]

LEDGER: Final = Path(__file__).parent.parent.parent / "examples" / "data" / "complaints-2018.csv"
AT: Final = ("--now", "2022-01-01T00:00:00+08:00")
AGAINST: Final = ("--lifecycle", "complaint", "--policy", "bayuquan-2018", "--as-of", "2018-12-31")
DB: Final = "DB"
OUT: Final = "OUT"
"""Stand in a call for the demonstration's cases, and for a new file."""

CALLS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "lifecycles": ((),),
    "policies": ((), ("--on", "2019-05-01")),
    "diff-policies": (
        ("dalian-2018", "liaoning-2020"),
        ("dalian-2018", "dalian-2018"),
        ("bayuquan-2018", "hubei-2021"),
    ),
    "mapping": ((str(LEDGER), "--lifecycle", "complaint"),),
    "show": (
        *((one.key, "--policy", one.profile) for one in bound()),
        *((case, "--db", DB) for case in ("campaign-2021", "item-15", "item-27", "leader-2019", "complaint-2018")),
    ),
    "deadline": (
        ("7工作日", "--from", "2026-12-28"),
        ("7工作日", "--from", "2018-12-20", "--explain"),
        ("12个月", "--from", "2018-12-20", "--explain"),
        ("30日", "--from", "2021-09-20", "--explain", "--exclude", "2021-09-29..2021-09-30"),
    ),
    "calendar": (("2018",), ("2020", "--as-of", "2020-01-01"), ("2027",)),
    "audit": (
        ("--db", DB, *AT),
        ("--db", DB, *AT, "--verdicts"),
        (str(LEDGER), *AGAINST),
        (str(LEDGER), *AGAINST, "--format", "json", "-o", OUT),
    ),
    "verify": (("--db", DB),),
    "checkpoint": (("--db", DB),),
    "check": ((),),
    "diff-lifecycles": (("interview", "interview", "--policy", "dalian-2018", "--policy-b", "liaoning-2020"),),
    "rules": ((),),
    "sweep": (("--db", DB, *AT),),
    "reproject": (("--db", DB, "--dry-run"),),
    "migrate": (
        (
            *("--db", DB, "--lifecycle", "interview", "--to", "liaoning-2020", "--deadlines", "keep"),
            *("--ground", "试", "--by", "赵/局/office"),
        ),
    ),
    "ics": (("--db", DB, "--out", OUT), ("--db", DB, "--out", OUT, "--unit", "某单位")),
    "export": (
        ("--db", DB, "--format", "xes", "-o", OUT),
        ("--lifecycle", "complaint", "--policy", "bayuquan-2018", "--format", "pnml", "-o", OUT),
    ),
    "propose": (("--db", DB, "--answered", *AT), ("complaint-2018", "--db", DB, *AT)),
    "connections": (("campaign-2021", "--db", DB),),
    "assess": (("--db", DB, "--period", "2018", "--last", "2"),),
    "retally": (("--db", DB),),
    "db upgrade": (("--db", DB), ("--db", OUT)),
    "db check": (("--db", DB),),
    "demo": (("--out", OUT),),
}
"""What is run of each command."""

OTHERWISE: Final[Mapping[str, str]] = {
    "diagram": "its output is in the language of a drawing program; its labels are tested with the diagrams",
}
"""Commands with ``--lang`` that are not run here, and why."""

ALLOWED: Final[Mapping[str, str]] = {
    "UTF": "an encoding",
    "GB": "an encoding",
    "sha": "a hash function",
    "sm3": "a hash function",
    "json": "a value of --format",
    "origin": "the argument that a person opens a case with",
    "parent": "the argument that a person opens a case with",
    "lifecycle": "a key of a mapping file",
    "columns": "a key of a mapping file",
    "holidays": "a package",
    "when": "an argument of a transition",
    "open_ids: as they were then": "the text of an exception",
    "not": "a word of what a requirement found, which is no text of either language",
    "examples/data": "a folder of the project",
}
"""What else may stand in Latin letters, and why."""

_LATIN: Final = re.compile(r"[A-Za-z]{2,}")
_OPTION: Final = re.compile(r"--?[a-z][a-z-]*")
_RULE: Final = re.compile(r"\b[A-Z]{1,2}\d+\b")
_HASH: Final = re.compile(r"\b[0-9a-f]{16,64}\b")
_FILE: Final = re.compile(r"[\w./-]+\.(?:db|mmd|dot|csv)\b")
_COMMAND: Final = re.compile(r"(?m)^ +yingshang-flow .*$")
_TEST: Final = re.compile(r"\btest_\w+")
_ATOM: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:-[a-z0-9]+)*")


def commands(group: click.Group = program, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def strings(value: Any) -> Iterator[str]:  # noqa: ANN401  # whatever a profile or a content class has
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield name
            yield from strings(item)
    elif isinstance(value, Iterable):
        for item in value:
            yield from strings(item)


def keys_of(one: Lifecycle) -> Iterator[str]:
    """Yield what a definition calls its parts in code."""
    yield from (one.key, *one.by_state, *one.by_trigger, *one.by_limit, *one.roles)
    yield from (ground.key for ground in one.grounds)
    yield from (duty.name for duty in one.duties)
    for row in one.transitions:
        yield from (need.name for need in (*row.needs, *row.when))
    for trigger in one.triggers:
        if trigger.content is not None:
            yield from codes_of(trigger.content)


def codes_of(kind: Any) -> Iterator[str]:  # noqa: ANN401  # whatever a field is declared as
    """Yield the names of the fields of a content class, and the codes that may stand in them."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        yield from (str(member.value) for member in kind)
    elif isinstance(kind, type) and attrs.has(kind):
        for name, hint in get_type_hints(kind).items():
            yield name
            yield from codes_of(hint)
    elif get_origin(kind) is Literal:
        yield from get_args(kind)
    else:
        for inner in get_args(kind):
            yield from codes_of(inner)


@pytest.fixture(scope="module")
def keys() -> frozenset[str]:
    """Every key, id and code that may stand in an output."""
    found = {*complaints.CASES, *story.CASES, *campaign.CASES, *lifecycles.SHIPPED, *policies.keys()}
    for one in bound():
        found.update(keys_of(one))
    for key in policies.keys():  # noqa: SIM118  # a function, no mapping
        profile = policies.get(key)
        found.add(profile.place)
        for path, entry in profile.entries.items():
            found.update((*path.split("."), *strings(entry.value)))
    return frozenset(atom for text in found for atom in (text, *_ATOM.findall(text)))


def left_over(output: str, keys: frozenset[str], arguments: Iterable[str]) -> list[str]:
    """Return what is in Latin letters without being a key, an id, an option, or what the command was given."""
    for known in (_COMMAND, _FILE):
        output = known.sub(" ", output)
    for text in sorted((*arguments, *ALLOWED, str(LEDGER)), key=len, reverse=True):
        if _LATIN.search(text):
            output = re.sub(rf"(?<![A-Za-z_]){re.escape(text)}(?![A-Za-z_])", " ", output)
    for known in (_OPTION, _HASH, _RULE, _TEST):
        output = known.sub(" ", output)
    atoms = _ATOM.findall(output)
    return [atom for atom in atoms if _LATIN.search(atom) and atom not in keys]


@pytest.fixture
def given(told: Path, tmp_path: Path) -> Callable[[str, Iterable[str]], list[str]]:
    """Return a call with files in it."""
    files = count()
    copy = tmp_path / "cases.db"
    copy.write_bytes((told / "cases.db").read_bytes())

    def call(name: str, arguments: Iterable[str]) -> list[str]:
        places = {DB: str(copy), OUT: str(tmp_path / f"new-{next(files)}")}
        return [*name.split(), *(places.get(argument, argument) for argument in arguments)]

    return call


def test_every_command_can_speak_chinese_and_is_run_here() -> None:
    there = dict(commands())
    speaking = {name for name, one in there.items() if any("--lang" in option.opts for option in one.params)}
    assert speaking == set(there)
    assert speaking == {*CALLS, *OTHERWISE}


@pytest.mark.parametrize("name", CALLS)
def test_everything_is_said_in_chinese(
    run: Run, keys: frozenset[str], given: Callable[[str, Iterable[str]], list[str]], name: str
) -> None:
    for arguments in CALLS[name]:
        call = given(name, arguments)
        result = run(*call, "--lang", "zh")
        assert result.exit_code in {0, 1}, result.stderr
        said = result.stdout + result.stderr
        assert re.search(r"[\u4e00-\u9fff]", said), call
        assert left_over(said, keys, call) == [], call


@pytest.mark.parametrize("name", CALLS)
def test_every_column_and_heading_has_a_chinese_name(
    run: Run,
    keys: frozenset[str],
    given: Callable[[str, Iterable[str]], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """A key can be an English word, such as ``rate``, so that the test above may not see one that heads a column."""
    heads: list[str] = []
    table, heading = Page.table, Page.heading

    def noted_table(page: Page, columns: Sequence[Said], rows: Iterable[Sequence[object]]) -> None:
        heads.extend(map(page.said, columns))
        table(page, columns, rows)

    def noted_heading(page: Page, text: Said) -> None:
        if page.said(text) not in keys:
            heads.append(page.said(text))
        heading(page, text)

    monkeypatch.setattr(Page, "table", noted_table)
    monkeypatch.setattr(Page, "heading", noted_heading)
    for arguments in CALLS[name]:
        run(*given(name, arguments), "--lang", "zh")
    assert [head for head in heads if head and not re.search(r"[\u4e00-\u9fff]", head)] == []


@pytest.mark.parametrize("name", CALLS)
def test_the_same_in_english_would_be_noticed(
    run: Run, keys: frozenset[str], given: Callable[[str, Iterable[str]], list[str]], name: str
) -> None:
    call = given(name, CALLS[name][0])
    result = run(*call, "--lang", "en")
    assert left_over(result.stdout + result.stderr, keys, call), result.stdout


def test_the_variable_makes_every_command_speak_chinese(interviews: Path) -> None:
    result = CliRunner().invoke(program, ["verify", "--db", str(interviews)], env={"YINGSHANG_FLOW_LANG": "zh"})
    assert result.stdout.splitlines()[0].split() == ["案件", "办理记录", "记录数"]


def test_columns_stand_under_their_chinese_heads(run: Run, told: Path) -> None:
    head, *rows = run("verify", "--db", told / "cases.db", "--lang", "zh").stdout.splitlines()
    at = cell_len(head[: head.index("记录数")])
    assert {cell_len(row[: row.rindex("  ") + 2]) for row in rows} == {at}
