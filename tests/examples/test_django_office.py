"""The Django project of the examples does what its own tests say, on Django's test databases."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

COMMANDS = ("migrate", "sweep_cases")
PROJECT = Path(__file__).parents[2] / "examples" / "django_office"
PAGE = PROJECT.parents[1] / "docs" / "how-to" / "django.md"
BLOCK = re.compile(r"```(?P<language>python|sh)\n(?P<text>.*?)```", re.DOTALL)


def manage(*arguments: str, settings: str = "office.settings", path: Path | None = None) -> str:
    """Run ``manage.py`` in a process of its own, every warning an error; return what it says."""
    searched = [str(path or ""), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": os.pathsep.join(filter(None, searched)),
    }
    command = [sys.executable, "-X", "utf8", "-W", "error", "manage.py", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, cwd=PROJECT, encoding="utf-8", env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def on_postgresql(postgresql_url: str, tmp_path: Path) -> Path:
    """Return a folder with settings that put the project on PostgreSQL."""
    url = sa.make_url(postgresql_url)
    place = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "HOST": url.host or "",
        "PORT": str(url.port or ""),
        "USER": url.username or "",
        "PASSWORD": url.password or "",
    }
    text = f"from office.settings import *\nDATABASES = {{'default': {place!r}}}\n"
    (tmp_path / "on_postgresql.py").write_text(text, "utf-8")
    return tmp_path


def test_it_passes_djangos_checks_and_has_no_change_to_migrate() -> None:
    assert "no issues" in manage("check", "--fail-level", "WARNING")
    assert "No changes detected" in manage("makemigrations", "--check", "--dry-run")


def test_its_tests_pass_in_memory() -> None:
    assert "\nOK" in manage("test")


def test_its_tests_pass_on_postgresql(on_postgresql: Path) -> None:
    assert "\nOK" in manage("test", settings="on_postgresql", path=on_postgresql)


def test_its_commands_migrate_and_sweep_a_file(tmp_path: Path) -> None:
    place = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "office.db")}
    text = f"from office.settings import *\nDATABASES = {{'default': {place!r}}}\n"
    (tmp_path / "in_a_file.py").write_text(text, "utf-8")
    said = [manage(command, settings="in_a_file", path=tmp_path) for command in COMMANDS]
    assert "Applying yingshang_flow.0001_first... OK" in said[0]
    assert said[1] == "0 records written\n"


def test_the_how_to_shows_what_the_project_is_made_of() -> None:
    blocks = [(block["language"], block["text"]) for block in BLOCK.finditer(PAGE.read_text("utf-8"))]
    project = [path.read_text("utf-8") for path in PROJECT.rglob("*.py")]
    shown = [text.replace("  # noqa: ANN401 - Django's options", "") for text in project]
    assert [text for language, text in blocks if language == "python" and not any(text in file for file in shown)] == []
    commands = [text.strip() for language, text in blocks if language == "sh"]
    assert commands == ['pip install "yingshang-flow[django]"', *(f"python manage.py {name}" for name in COMMANDS)]
