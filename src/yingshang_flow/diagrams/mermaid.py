"""x."""
from yingshang_flow.diagrams.model import Diagram
def render(diagram: Diagram) -> str:
    return ""
