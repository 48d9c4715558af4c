"""A diagram as JSON, for pages and programs that draw it themselves."""

import json

import attrs

from yingshang_flow.diagrams.model import Diagram


def render(diagram: Diagram) -> str:
    """Write the model as it is, one object, with Chinese text unescaped."""
    return json.dumps(attrs.asdict(diagram), ensure_ascii=False, indent=2) + "\n"
