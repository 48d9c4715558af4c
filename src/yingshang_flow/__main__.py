"""Runs the command line as ``python -m yingshang_flow``, and says what to install where its packages are missing."""

import sys

_EXTRA = {"click", "rich"}


def main() -> None:
    """Run the command line; without the extra ``cli``, say in one line how to install it and exit with 2."""
    try:
        from yingshang_flow.cli import main as run
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _EXTRA:
            raise
        sys.stderr.write(f'yingshang-flow: {package} is not installed; run: pip install "yingshang-flow[cli]"\n')
        sys.exit(2)
    run()


if __name__ == "__main__":
    main()
