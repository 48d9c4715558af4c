"""What the tests of the command line share: running it, and the demonstration's cases to look at."""

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yingshang_flow import Docket, lifecycles
from yingshang_flow.cli import program
from yingshang_flow.cli.demo import interviews as story
from yingshang_flow.cli.demo.playing import Player
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    return lambda *arguments: CliRunner().invoke(program, [str(argument) for argument in arguments])


@pytest.fixture
def refused(run: Run) -> Callable[..., str]:
    """Run what must be refused: exit code 2, one line on standard error, nothing on standard output."""

    def refuse(*arguments: object) -> str:
        result = run(*arguments)
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.output
        assert result.stderr.startswith("yingshang-flow: ")
        return result.stderr

    return refuse


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration that was told; not to be changed."""
    out = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(program, ["demo", "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="session")
def interviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's interviews as of the day on which it looks ahead; not to be changed."""
    path = tmp_path_factory.mktemp("interviews") / "cases.db"
    with closing(SQLiteStore(path)) as store:
        player = Player(store, story.OFFICE_TIER.parts[0][0].day)
        for tale in (story.OFFICE_TIER, story.LEADER_TIER, story.FAILED):
            first, *steps = tale.parts[0] if tale is story.FAILED else (step for part in tale.parts for step in part)
            player.open(lifecycles.interview(tale.profile), tale.case, first)
            player.play(tale.case, steps)
        player.open(lifecycles.interview(story.FAILED.profile), story.SECOND_CASE, story.SECOND_PLAN)
    return path


@pytest.fixture
def db(interviews: Path, tmp_path: Path) -> Path:
    """Those interviews, to be changed at will."""
    return Path(shutil.copy(interviews, tmp_path / "cases.db"))


@pytest.fixture
def changed_profile(tmp_path: Path) -> Path:
    """A copy of a shipped profile with one number changed."""
    text = resources.files("yingshang_flow.policies").joinpath("dalian-2018.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace('"dalian-2018"', '"mine-2018"', 1).replace("7工作日", "5工作日"), encoding="utf-8")
    return path


@pytest.fixture
def interviewed(tmp_path: Path) -> Callable[[str | Path], Path]:
    """Run the story's first interview under any profile, its report sent on 29 December."""

    def interview(profile: str | Path) -> Path:
        path = tmp_path / "interviewed.db"
        clock = FixedClock(date(2019, 2, 1))
        first, *steps = (step for part in story.OFFICE_TIER.parts for step in part)
        with closing(SQLiteStore(path)) as store:
            docket = Docket(store, clock=clock, new_id=lambda: "mine")
            docket.open(lifecycles.interview(profile), first.content, by=first.actor, at=first.day)
            for step in steps:
                docket.act("mine", step.trigger, step.content, by=step.actor, at=step.day)
        return path

    return interview
