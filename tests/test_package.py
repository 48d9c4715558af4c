"""The package as a whole: its public names, its version, what importing it costs, and what its READMEs promise."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import yingshang_flow

ROOT = Path(__file__).parent.parent
READMES = ["README.md", "README.zh-CN.md"]


def commands(readme: str) -> dict[str, str]:
    """Read the marked commands of a README, the way .ci/run does."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    return dict(re.findall(r"^<!-- command: (\w+) -->\n```sh\n(.+)\n```$", text, flags=re.MULTILINE))


def test_the_public_names_are_these() -> None:
    names = ["Actor", "Docket", "Ledger", "__version__", "due", "lifecycles", "policies"]
    assert sorted(yingshang_flow.__all__) == names


@pytest.mark.parametrize("name", yingshang_flow.__all__)
def test_a_public_name_is_there_and_listed(name: str) -> None:
    assert getattr(yingshang_flow, name) is not None
    assert name in dir(yingshang_flow)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = yingshang_flow.no_such_name  # type: ignore[attr-defined]


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert yingshang_flow.__version__ == project["version"]


def test_importing_the_package_loads_no_heavy_dependency() -> None:
    code = "import sys, yingshang_flow; print({'holidays', 'cattrs', 'transitions'} & set(sys.modules) or 'none')"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "none"


def test_the_package_tells_type_checkers_that_it_is_typed() -> None:
    assert Path(yingshang_flow.__file__).with_name("py.typed").is_file()


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_has_the_demo_and_the_test_command(readme: str) -> None:
    assert sorted(commands(readme)) == ["demo", "tests"]


def test_the_readmes_give_the_same_commands() -> None:
    english, chinese = (commands(readme) for readme in READMES)
    assert english == chinese
