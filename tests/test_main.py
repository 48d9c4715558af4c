"""``python -m yingshang_flow``: it runs the command line, or says what to install."""

import subprocess
import sys

import pytest

from yingshang_flow import __main__

# None in sys.modules makes an import fail as if the package were not installed.
WITHOUT = "import sys; sys.modules[{missing!r}] = None; from yingshang_flow.__main__ import main; main()"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def test_it_runs_the_command_line() -> None:
    result = run("-m", "yingshang_flow", "--help")
    assert result.returncode == 0
    assert "Usage: " in result.stdout


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_the_extra_it_says_in_one_line_what_to_install(missing: str) -> None:
    result = run("-c", WITHOUT.format(missing=missing))
    expected = f'yingshang-flow: {missing} is not installed; run: pip install "yingshang-flow[cli]"\n'
    assert (result.returncode, result.stderr) == (2, expected)


def test_another_missing_package_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("yingshang_flow.cli", raising=False)
    monkeypatch.setitem(sys.modules, "yingshang_flow.cli", None)
    with pytest.raises(ModuleNotFoundError, match="cli"):
        __main__.main()
