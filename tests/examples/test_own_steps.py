"""The example of a locality's own steps runs as it is and shows what it says."""

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_steps.py"


def test_it_tells_the_differences_refuses_under_the_own_rule_and_files_the_complaint(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "utf8", str(EXAMPLE)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    for said in (
        "state suspended (Suspended): removed\n",
        "requirement close/concluded/platform_was_told (told to the platform before it is filed): added\n",
        "'close' is refused in state 'concluded':\n  - P1 归档前须告知平台 told to the platform before it is filed",
    ):
        assert said in result.stdout
    assert result.stdout.endswith("\nclosed\n")
