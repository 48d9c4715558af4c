"""How a database is named in a message: without anything that lets others in."""

import re
from typing import Final

# Greedy, as a password that was not percent-encoded may hold any of these characters: rather too much is hidden.
_AFTER_USER: Final = re.compile(r"(?<=://)([^:/@?]*):.*@", re.DOTALL)
_OPTION: Final = re.compile(r"([?&][^=&]*(?:pass|pwd|secret|token)[^=&]*=)[^&]*", re.IGNORECASE)


def without_password(url: str) -> str:
    """Return a URL as it can be shown: its password, and every option that sounds like one, as asterisks."""
    return _OPTION.sub(r"\1***", _AFTER_USER.sub(r"\1:***@", url))
