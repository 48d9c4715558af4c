"""The quickstart runs as it is, and shows what it promises."""

import subprocess
import sys
from pathlib import Path

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart.py"


def test_it_shows_the_refusal_the_due_date_why_and_what_is_possible(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "utf8", str(QUICKSTART)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    for said in (
        "'hold' is refused in state 'notified'",
        "Y7 每个约谈对象都要表态 every subject makes a statement (青石区政府) [dalian-interview-2018 6(3)]",
        "held: a report is due from 青石区政府 on 2018-12-29",
        "2018-12-29 Saturday counted: make-up working day for Monday 2018-12-31",
        "possible now: sign_record 签字归档 Sign and archive",
    ):
        assert said in result.stdout
