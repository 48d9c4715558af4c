"""What a static check finds: how grave it is, what it is, and the shortest way of a case that leads there."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import attrs

from yingshang_flow.words import Label, Language


class Severity(StrEnum):
    """How grave it is."""

    ERROR = "error"
    """The definition cannot run as it is written; no profile is bound to it."""
    WARNING = "warning"
    """It runs, but part of it can never do what it says."""
    NOTE = "note"
    """Worth a look: what the table makes sure of by itself, what one person can do alone, what could not be checked."""

    @property
    def label(self) -> Label:
        """What people call it."""
        return _SEVERITIES[self]


_SEVERITIES: Final = {
    Severity.ERROR: Label("错误", "error"),
    Severity.WARNING: Label("警告", "warning"),
    Severity.NOTE: Label("提示", "note"),
}

ERROR, WARNING, NOTE = Severity


@attrs.frozen
class Issue:
    """One thing that a check found in a definition.

    Attributes:
        code: What kind of thing it is, a stable key.
        severity: How grave it is.
        label: What was found, and what to do where that is not plain.
        way: The triggers of the shortest way of a case that shows it, the opening first; empty where none is needed.
    """

    code: str
    severity: Severity
    label: Label
    way: tuple[str, ...] = ()

    def text(self, language: Language = "en") -> str:
        """Return what was found and the way there in one line."""
        if not self.way:
            return self.label.text(language)
        way = " → ".join(self.way)
        return f"{self.label.zh}（经过：{way}）" if language == "zh" else f"{self.label.en} (way: {way})"

    def __str__(self) -> str:
        return self.text()


@attrs.frozen
class Kind:
    """A kind of issue; calling it with the words that fill its text makes one.

    Attributes:
        code: The stable key.
        severity: How grave it is.
        label: The text, with the names of its words in braces.
    """

    code: str
    severity: Severity
    label: Label

    def __call__(self, *, way: tuple[str, ...] = (), **words: object) -> Issue:
        """Return an issue of this kind; a word that is a ``Label`` is said in the language of the text."""
        zh = {name: word.zh if isinstance(word, Label) else word for name, word in words.items()}
        en = {name: word.en if isinstance(word, Label) else word for name, word in words.items()}
        return Issue(
            self.code, self.severity, Label(self.label.zh.format_map(zh), self.label.en.format_map(en)), tuple(way)
        )


def listed(words: Iterable[str]) -> Label:
    """Return words in a row, as each language writes them."""
    found = tuple(words)
    return Label("、".join(found), ", ".join(found))
