"""Labels in the language that Django speaks to whoever is looking."""

from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import get_language

from yingshang_flow.words import Label, Language


def language() -> Language:
    """Return the language of the request: Chinese for every kind of Chinese, else English."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


class _Said:
    """A label that becomes text when it is shown."""

    def __init__(self, label: Label) -> None:
        self._label = label

    def __str__(self) -> str:
        return self._label.text(language())


def said(zh: str, en: str) -> Any:  # noqa: ANN401 - a text to Django, made only when it is shown
    """Return a text that is said in the language of the request."""
    return lazystr(_Said(Label(zh, en)))
