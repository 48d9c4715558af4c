"""``export``, and ``audit`` of event logs: ours says what the store does, another system's is read by its names."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from yingshang_flow.compliance import read_xes

Run = Callable[..., Result]
Refused = Callable[..., str]

NOW = ("--now", "2020-12-01T12:00:00+08:00")
AGAINST = ("--lifecycle", "complaint", "--policy", "bayuquan-2018", "--as-of", "2018-12-31")

FOREIGN = """<log><trace><string key="concept:name" value="A-1"/>
<event><string key="concept:name" value="收件"/><date key="time:timestamp" value="2018-09-10"/></event>
<event><string key="concept:name" value="答复"/><date key="time:timestamp" value="2018-09-28T10:00:00"/></event>
</trace><trace><string key="concept:name" value="A-2"/>
<event><string key="concept:name" value="打印"/><date key="time:timestamp" value="2018-09-10"/></event>
</trace></log>"""


@pytest.fixture
def exported(run: Run, interviews: Path, tmp_path: Path) -> Path:
    """The interviews as an event log."""
    path = tmp_path / "cases.xes"
    result = run("export", "--db", interviews, "--format", "xes", "-o", path)
    assert (result.exit_code, result.stdout) == (0, f"4 cases written to {path}\n")
    return path


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A made-up log of another system."""
    path = tmp_path / "other.xes"
    path.write_text(FOREIGN, "utf-8")
    return path


@pytest.fixture
def names(tmp_path: Path) -> Callable[[str], Path]:
    """Write a file of names."""

    def write(text: str) -> Path:
        path = tmp_path / "names.toml"
        path.write_text(text, "utf-8")
        return path

    return write


# --- export -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [(), ("--json",), ("--verdicts",)])
def test_the_audit_of_an_exported_log_says_what_the_stores_does(
    run: Run, interviews: Path, exported: Path, how: tuple[str, ...]
) -> None:
    store = run("audit", "--db", interviews, *NOW, *how)
    log = run("audit", exported, *NOW, *how)
    assert store.exit_code == log.exit_code == 1
    assert log.stdout == store.stdout


def test_an_exported_log_can_be_audited_as_of_a_day(run: Run, exported: Path) -> None:
    early = run("audit", exported, "--as-of", "2020-11-19")
    assert "due 2020-12-23, not done" not in early.stdout
    assert "due 2020-12-23, not done" in run("audit", exported, "--as-of", "2021-06-01").stdout


def test_some_cases_are_exported_packed_and_told_as_json(run: Run, interviews: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.xes.gz"
    result = run("export", "office-2018", "--db", interviews, "--format", "xes", "--out", path, "--json")
    assert json.loads(result.stdout) == {"file": str(path), "format": "xes", "cases": 1}
    assert [records[0].case for records, _ in read_xes(path)] == ["office-2018"]
    assert run("audit", path).exit_code == 0
    again = tmp_path / "again.xes.gz"
    run("export", "office-2018", "--db", interviews, "--format", "xes", "--out", again)
    assert again.read_bytes() == path.read_bytes()


def test_an_object_centric_log_is_exported_too(run: Run, interviews: Path, tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    assert run("export", "--db", interviews, "--format", "ocel-json", "-o", path).exit_code == 0
    assert sum(one["type"] == "interview" for one in json.loads(path.read_text("utf-8"))["objects"]) == 4


def test_a_net_is_exported_of_a_procedure_and_may_go_to_the_output(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "net.pnml"
    given = ("export", "--format", "pnml", *AGAINST[:4])
    result = run(*given, "-o", path)
    assert (result.exit_code, result.stdout) == (0, f"13 places written to {path}\n")
    shown = run(*given, "-o", "-")
    assert shown.stdout_bytes == path.read_bytes()
    assert run(*given, "-o", "-", "--ends", "any").stdout.count("invisible") == 11
    assert json.loads(run(*given, "-o", tmp_path / "b.pnml", "--json").stdout)["places"] == 13


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "xes", "-o", "x"), "xes is of stored cases: say --db"),
        (("--format", "ocel-json", "-o", "x", *AGAINST[:4]), "ocel-json is of stored cases: say --db"),
        (("--format", "pnml", "-o", "x"), "pnml is of a procedure: say --lifecycle and --policy"),
        (("--format", "pnml", "-o", "x", "c-1", *AGAINST[:4]), "pnml is of a procedure: say --lifecycle and --policy"),
        (("--format", "csv", "-o", "x"), "'csv' is not one of 'xes', 'ocel-json', 'pnml'"),
        (("--format", "pnml", *AGAINST[:4]), "Missing option '-o'"),
    ],
)
def test_what_does_not_go_together_is_refused(refused: Refused, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused("export", *arguments)


def test_a_file_that_is_there_is_never_written_over(refused: Refused, db: Path) -> None:
    before = db.read_bytes()
    assert "File exists" in refused("export", "--db", db, "--format", "xes", "-o", db)
    assert db.read_bytes() == before


def test_a_log_that_cannot_be_finished_is_removed(refused: Refused, interviews: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.xes"
    assert "there is no case 'nobody'" in refused("export", "nobody", "--db", interviews, "--format", "xes", "-o", path)
    assert not path.exists()


# --- audit ------------------------------------------------------------------------------------------------------------


def test_a_log_of_another_system_is_audited_by_its_names(run: Run, foreign: Path, names: Callable[[str], Path]) -> None:
    said = '"收件" = "receive"\n"答复" = "reply"\n"不予受理" = "refuse"\n"办结" = "conclude"\n"打印" = ""\n'
    result = run("audit", foreign, *AGAINST, "--names", names(said))
    assert result.exit_code == 1
    assert "1 times without a zone, read at UTC+8; the first in trace 1, event 2" in result.stdout
    assert "Traces not audited" in result.stdout
    assert "trace 2: it has no completed events; complete it, or leave it out" in result.stdout
    line = next(line for line in result.stdout.splitlines() if " A-1 " in line)
    assert line.split()[:5] == ["T1", "1", "A-1", "2018-09-19", "2018-09-28"]
    assert result.stdout.endswith("2 traces = 1 audited + 1 refused; 2 findings\n")
    chinese = run("audit", foreign, *AGAINST, "--names", names(said), "--lang", "zh").stdout
    assert "\n未审计的轨迹\n" in chinese
    assert "\n  规则  轨迹  案件  到期日 " in chinese
    assert chinese.endswith("共2条，已审计1条，未审计1条；审计发现2项\n")


def test_without_names_every_unknown_activity_is_told_and_the_json_says_the_same(run: Run, foreign: Path) -> None:
    found = json.loads(run("audit", foreign, *AGAINST, "--json").stdout)
    assert found["rows"] == {"total": 2, "audited": 0, "refused": 2, "blank": 0}
    assert [(one["line"], one["column"], one["value"]) for one in found["refused"]] == [
        (1, "concept:name", "收件"),
        (1, "concept:name", "答复"),
        (2, "concept:name", "打印"),
    ]


def test_a_packed_log_of_another_system_is_read_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "OTHER.XES.GZ"
    path.write_bytes(gzip.compress(FOREIGN.encode()))
    assert "2 traces = 0 audited + 2 refused" in run("audit", path, *AGAINST).stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("收件 = ", "it is no TOML in UTF-8"),
        ('"收件" = 5', "the trigger of '收件' is 5, which is no text"),
        ('"收件" = "recieve"', "complaint has no trigger 'recieve'"),
    ],
)
def test_names_that_cannot_be_read_are_refused(
    refused: Refused, foreign: Path, names: Callable[[str], Path], text: str, said: str
) -> None:
    assert said in refused("audit", foreign, *AGAINST, "--names", names(text))


def test_a_log_has_to_say_whose_it_is_or_be_told(
    refused: Refused, foreign: Path, exported: Path, names: Callable[[str], Path]
) -> None:
    assert "is of another system: say --lifecycle and --policy" in refused("audit", foreign)
    assert "says its procedures: leave out --lifecycle" in refused("audit", exported, *AGAINST)
    assert "--now and --as-of contradict" in refused("audit", exported, *NOW, "--as-of", "2020-01-01")
    assert "say --db for stored cases" in refused("audit", "a.csv", *AGAINST, "--names", names(""))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b"<html/>", "it is no event log"),
        (b'<!DOCTYPE log [<!ENTITY a "b">]><log/>', "it declares a document type"),
        (b"\x1f\x8bno", "it is packed by gzip and broken"),
        (FOREIGN[:90].encode(), "it is no well-formed XML"),
        (b"<log/>", "it has no traces"),
    ],
)
def test_a_file_that_is_no_log_is_refused_in_one_line(refused: Refused, tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "log.xes"
    path.write_bytes(data)
    assert said in refused("audit", path, *AGAINST)


def test_a_log_that_is_not_there_is_told(refused: Refused) -> None:
    assert "nowhere.xes" in refused("audit", "nowhere.xes", *AGAINST)
