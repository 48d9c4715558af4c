"""The quickstart runs as it is, shows what it promises, and is the one the READMEs print."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "examples" / "quickstart.py"


def test_it_shows_the_refusal_what_is_possible_and_a_due_date_with_its_reasons(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "utf8", str(QUICKSTART)]
    subprocess.run(command, capture_output=True, check=True, cwd=tmp_path)  # it may be repeated
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    for said in (
        "'approve' is refused in state 'awaiting_approval':\n  - Y6 报批人不得自行同意 who asks never approves",
        "possible now: cancel 取消约谈 Cancel",
        "7 working days from 2018-12-20: due 2018-12-29 Saturday",
        "2018-12-29 Saturday counted: make-up working day for Monday 2018-12-31",
    ):
        assert said in result.stdout


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_prints_it(readme: str) -> None:
    assert f"```python\n{QUICKSTART.read_text('utf-8')}```" in (ROOT / readme).read_text("utf-8")
