"""A diagram as JSON, for pages and programs that draw it themselves."""

import json

import attrs

from yingshang_flow.diagrams.model import Diagram


def render(diagram: Diagram) -> str:
    """Write the model as it is, one object, with Chinese text unescaped."""
    text = json.dumps(attrs.asdict(diagram), ensure_ascii=False, indent=2)
    # A half character in a key cannot be written in UTF-8; Python's escape for it happens to be that of JSON.
    return text.encode(errors="backslashreplace").decode() + "\n"
