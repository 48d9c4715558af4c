"""The words everything else speaks in: labels, sources, citations, rules, cited values and what is unmet."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final, Generic, Literal, TypeVar

import attrs

Language = Literal["zh", "en"]

T = TypeVar("T")


@attrs.frozen
class Label:
    """A short text in Chinese and English.

    Attributes:
        zh: The Chinese text; the wording an official would use.
        en: The English text; the field's standard term.
    """

    zh: str
    en: str

    def text(self, language: Language = "zh") -> str:
        """Return the text in one language."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return f"{self.zh} {self.en}"


class Authority(StrEnum):
    """How far a citation binds."""

    DOCUMENT = "document"
    """A policy document (规范性文件) the procedures are written from."""
    STATUTE = "statute"
    """A law, regulation or State Council notice."""
    OURS = "ours"
    """This library's own choice where the documents are silent; never passed off as law."""


@attrs.frozen
class Source:
    """A document, statute or notice that can be cited; calling it cites one of its articles.

    Attributes:
        key: The stable key, for example ``dalian-interview-2018``.
        title: The published title, without the book-title marks 《》.
        authority: What kind of source it is.
        number: The document number (文号), if it has one.
        issued: The date of issue, if it is known.
    """

    key: str
    title: Label
    authority: Authority
    number: str = ""
    issued: date | None = None

    def __call__(self, article: str = "") -> "Citation":
        """Cite an article, written as ``6(4)`` for article 6 item 4, or as the document numbers itself: ``三(五)``."""
        return Citation(self, article)


@attrs.frozen
class Citation:
    """Where a number, a step or a choice comes from.

    Attributes:
        source: What is cited.
        article: The place in it; empty for the whole.
    """

    source: Source
    article: str = ""

    @property
    def authority(self) -> Authority:
        """Whether the source is a document, a statute or ours."""
        return self.source.authority

    def text(self, language: Language = "zh") -> str:
        """Return the citation as it is written in a document of that language."""
        source = self.source
        if source.authority is Authority.OURS:
            return f"{source.title.text(language)}（{self.article}）" if self.article else source.title.text(language)
        if language == "en":
            return f"{source.title.en}, {self.article}" if self.article else source.title.en
        number = f"（{source.number}）" if source.number else ""
        return f"《{source.title.zh}》{number}{_article_zh(self.article)}"

    def __str__(self) -> str:
        return f"{self.source.key} {self.article}".rstrip()


def _article_zh(article: str) -> str:
    head = article.split("(", 1)[0]
    return f"第{head}条{article[len(head) :]}" if head.isdecimal() else article


def cited_in(citations: Iterable[Citation], language: Language = "zh") -> str:
    """Return citations in one line, the articles of one source behind its title."""
    articles: dict[Source, list[str]] = {}
    for citation in citations:
        articles.setdefault(citation.source, []).append(citation.article)
    said = []
    comma, semicolon = ("、", "；") if language == "zh" else (", ", "; ")
    for source, numbers in articles.items():
        first, *rest = (source(number).text(language) for number in numbers)
        title = source().text(language)
        said.append(comma.join((first, *(text.removeprefix(title).lstrip(", ") for text in rest))))
    return semicolon.join(said)


class RuleKind(StrEnum):
    """What becomes of a rule that is not kept."""

    GUARD = "guard"
    """The act is refused."""
    LIMIT = "limit"
    """Late is never refused: it is recorded as late and found."""
    DUTY = "duty"
    """Its absence is found."""
    BAN = "ban"
    """Its presence is found."""
    GROUND = "ground"
    """A reason to open another case, which a person opens."""
    PROPERTY = "property"
    """A law of the library itself, tested."""

    @property
    def label(self) -> Label:
        """What it is called."""
        return _KINDS[self]


_KINDS: Final = {
    RuleKind.GUARD: Label("前置条件", "guard"),
    RuleKind.LIMIT: Label("时限", "limit"),
    RuleKind.DUTY: Label("职责", "duty"),
    RuleKind.BAN: Label("禁止事项", "ban"),
    RuleKind.GROUND: Label("事由", "ground"),
    RuleKind.PROPERTY: Label("性质", "property"),
}

GUARD, LIMIT, DUTY, BAN, GROUND, PROPERTY = RuleKind


def _kinds(kinds: RuleKind | Iterable[RuleKind]) -> tuple[RuleKind, ...]:
    return (kinds,) if isinstance(kinds, RuleKind) else tuple(kinds)


def _citations(citations: Citation | Iterable[Citation]) -> tuple[Citation, ...]:
    return (citations,) if isinstance(citations, Citation) else tuple(citations)


@attrs.frozen
class Rule:
    """One domain rule, with the article it comes from.

    Attributes:
        id: The stable id, for example ``Y8``.
        kinds: What becomes of a breach; a rule can have several kinds.
        citations: Where it stands.
        label: What it asks for, in a few words of our own.
    """

    id: str
    kinds: tuple[RuleKind, ...] = attrs.field(converter=_kinds)
    citations: tuple[Citation, ...] = attrs.field(converter=_citations)
    label: Label

    def __str__(self) -> str:
        return f"{self.id} {self.label}"


def rules_of(value: Rule | Iterable[Rule]) -> tuple[Rule, ...]:
    """Return one rule or several as a tuple, so that a definition can be written either way."""
    return (value,) if isinstance(value, Rule) else tuple(value)


def texts(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return one text or several as a tuple; a text is never taken apart into its characters."""
    return (value,) if isinstance(value, str) else tuple(value)


@attrs.frozen
class Cited(Generic[T]):
    """A value of a profile, with its citation.

    Attributes:
        value: The value.
        citation: Where it stands, or that it is ours.
    """

    value: T
    citation: Citation


@attrs.frozen
class Unmet:
    """One requirement that stands against an act.

    Attributes:
        code: The id of the rule, or a structural code: ``state``, ``role``, ``obligor``.
        label: What is required.
        citations: Where that is required.
        found: The values that stand against it, if there are any to show.
    """

    code: str
    label: Label
    citations: tuple[Citation, ...] = ()
    found: tuple[str, ...] = ()

    def text(self, language: Language = "zh") -> str:
        """Return the requirement, what was found and the citations in one line."""
        found = f" ({', '.join(self.found)})" if self.found else ""
        cited = cited_in(self.citations, language)
        return f"{self.code} {self.label.text(language)}{found}" + (f" [{cited}]" if cited else "")

    def __str__(self) -> str:
        found = f" ({', '.join(self.found)})" if self.found else ""
        cited = "; ".join(map(str, self.citations))
        return f"{self.code} {self.label}{found}" + (f" [{cited}]" if cited else "")
