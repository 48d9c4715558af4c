"""Checkpoints: one hash over the heads of all cases, to be kept elsewhere and held against the store later."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, BinaryIO, Final, TypeVar

import attrs

from yingshang_flow.codec import canonical_text, merkle
from yingshang_flow.errors import CaseNotFoundError, CodecError, TamperedError
from yingshang_flow.operations import pages
from yingshang_flow.operations.verify import fits_its_hash
from yingshang_flow.ports import CaseRow, Query, RecordRow, Store
from yingshang_flow.words import Label, Language

T = TypeVar("T")

_FORMAT: Final = "yingshang_flow/checkpoint/1"
_PROOF_FORMAT: Final = "yingshang_flow/checkpoint-proof/1"
_LONGEST: Final = 10_000
"""How many bytes a line may have; an id of 800 bytes that are all escaped leaves room to spare."""
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@attrs.frozen
class Leaf:
    """Where one case stood at a checkpoint.

    Attributes:
        case: The id of the case.
        revision: The number of its records.
        head: The hex hash of the last of them, which stands for all before it.
    """

    case: str
    revision: int
    head: str

    @property
    def text(self) -> str:
        """The canonical text: the entry of the tree, and a line of the file."""
        return canonical_text({"case": self.case, "head": self.head, "revision": self.revision})

    @classmethod
    def of(cls, value: object) -> "Leaf":
        """Read the plain value of a text.

        Raises:
            CodecError: It is none.
        """
        found = _fields(value, {"case": str, "head": str, "revision": int})
        if not found["case"] or found["revision"] < 1:
            message = f"a case has an id and at least one record, not {found['case']!r} and {found['revision']}"
            raise CodecError(message)
        return cls(found["case"], found["revision"], _hash(found["head"]))


@attrs.frozen
class Proof:
    """Shows that a case stood in a checkpoint of which only the root is known.

    Attributes:
        leaf: The case as it stood.
        path: What it is hashed with on the way up to the root: on which side, and the hex hash; the lowest first.
        algorithm: The hash, such as ``sha-256``.
    """

    leaf: Leaf
    path: tuple[merkle.Step, ...]
    algorithm: str = merkle.ALGORITHM

    def holds(self, root: str) -> bool:
        """Tell whether the case is in the checkpoint with a root, of 64 hex digits.

        Raises:
            CodecError: The root is no such text.
        """
        return merkle.climbed(self.leaf.text, self.path) == _hash(root.lower() if isinstance(root, str) else root)

    @property
    def text(self) -> str:
        """The canonical text, to be handed to whoever is to be shown."""
        return canonical_text(
            {
                "algorithm": self.algorithm,
                "format": _PROOF_FORMAT,
                "leaf": attrs.asdict(self.leaf),
                "path": [list(step) for step in self.path],
            }
        )

    @classmethod
    def read(cls, text: str) -> "Proof":
        """Read the text of a proof; whether it holds is another question.

        Raises:
            CodecError: It is none.
        """
        try:
            found = _fields(_plain(text.strip()), {"algorithm": str, "format": str, "leaf": dict, "path": list})
            _known(found, _PROOF_FORMAT)
            return cls(Leaf.of(found["leaf"]), tuple(_step(step) for step in found["path"]))
        except CodecError as exc:
            message = f"this is no proof of a checkpoint: {exc}"
            raise CodecError(message) from exc


@attrs.frozen
class Checkpoint:
    """Where all cases of a store stood.

    It is no snapshot of the whole store at one instant: each case is as it stood when its page was read, from
    ``taken_at`` on. As histories only grow, what it says of each case stays true.

    Attributes:
        taken_at: When reading began, an aware instant at UTC. It is no part of the root: whoever publishes the root
            dates it.
        leaves: All cases, in order of the UTF-8 bytes of their ids.
        algorithm: The hash of the tree, such as ``sha-256``.
        root: The root of the Merkle tree (RFC 6962, section 2.1) over the texts of the leaves, 64 hex digits.
    """

    taken_at: datetime
    leaves: tuple[Leaf, ...] = attrs.field(repr=False)
    algorithm: str = merkle.ALGORITHM
    root: str = attrs.field(init=False)

    @root.default
    def _root(self) -> str:
        return merkle.root(leaf.text for leaf in self.leaves)

    def write(self, file: BinaryIO) -> None:
        """Write it to a file opened in binary: UTF-8 lines of canonical JSON, what it is and then a line for each case.

        Raises:
            OSError: The file cannot be written.
        """
        head = {
            "algorithm": self.algorithm,
            "count": len(self.leaves),
            "format": _FORMAT,
            "root": self.root,
            "taken_at": self.taken_at.isoformat(),
        }
        file.write(f"{canonical_text(head)}\n".encode())
        file.writelines(f"{leaf.text}\n".encode() for leaf in self.leaves)

    @classmethod
    def read(cls, file: BinaryIO) -> "Checkpoint":
        """Read what ``write`` wrote, from a file opened in binary; a line is held at a time, and a leaf for each.

        Raises:
            CodecError: It is no checkpoint, damaged or forged; the line is named.
            OSError: The file cannot be read.
        """
        lines = enumerate(iter(partial(file.readline, _LONGEST), b""), 1)
        head = _lined(next(lines, (1, b"")), _head)
        leaves: list[Leaf] = []
        for line in lines:
            leaf = _lined(line, Leaf.of)
            if leaves:
                _refuse_disorder(leaves[-1].case, leaf.case, line[0])
            leaves.append(leaf)
            if len(leaves) > head["count"]:
                raise _wrong(line[0], f"one more case than the {head['count']} that line 1 counts")
        if len(leaves) < head["count"]:
            raise _wrong(
                len(leaves) + 2, f"the file ends after {len(leaves)} of the {head['count']} cases that line 1 counts"
            )
        found = cls(head["taken_at"], tuple(leaves))
        if found.root != head["root"]:
            raise _wrong(1, f"root {head['root']} is not that of the lines below, {found.root}: some line was changed")
        return found

    def proof(self, case: str) -> Proof:
        """Return what shows that a case is in this checkpoint to somebody who knows only the root.

        Raises:
            CaseNotFoundError: It is not in it.
        """
        for index, leaf in enumerate(self.leaves):
            if leaf.case == case:
                return Proof(leaf, merkle.path((leaf.text for leaf in self.leaves), index))
        message = f"case {case} is not in the checkpoint of {self.taken_at}; it may have been opened later"
        raise CaseNotFoundError(message)


class Change(StrEnum):
    """What a store shows that must not have happened since a checkpoint."""

    GONE = "gone"
    """There is no such case any more."""
    CUT_OFF = "cut_off"
    """It stands at an earlier revision."""
    MISSING = "missing"
    """The record that was its last is not there."""
    REWRITTEN = "rewritten"
    """The record that was its last is another one, and so may be all before it."""


_SAID: Final = MappingProxyType(
    {
        Change.GONE: Label("案件已不存在，检查点时有 {was} 条记录", "it is gone; it had {was} records"),
        Change.CUT_OFF: Label(
            "历史末尾被截去：检查点时有 {was} 条记录，现有 {now} 条",
            "its tail is cut off: it had {was} records and has {now}",
        ),
        Change.MISSING: Label("第 {was} 条记录缺失", "record {was} is missing"),
        Change.REWRITTEN: Label(
            "第 {was} 条记录不是检查点时的那一条，历史被改写",
            "record {was} is not the one of the checkpoint; its history was rewritten",
        ),
    }
)


@attrs.frozen
class Difference:
    """A case that does not hold against a checkpoint.

    Attributes:
        leaf: The case as it stood at the checkpoint.
        change: What is wrong.
        revision: The revision it stands at now; 0 when it is gone.
    """

    leaf: Leaf
    change: Change
    revision: int

    def text(self, language: Language = "zh") -> str:
        """Return what is wrong in one language."""
        said = _SAID[self.change].text(language).format(was=self.leaf.revision, now=self.revision)
        return f"{'案件' if language == 'zh' else 'case'} {self.leaf.case}{'：' if language == 'zh' else ': '}{said}"

    def __str__(self) -> str:
        return self.text("en")


def taken(store: Store, at: datetime) -> Checkpoint:
    """Return where all cases of a store stand, read page by page.

    Raises:
        TamperedError: What a case has for the hash of its last record is none.
    """
    return Checkpoint(at.astimezone(UTC), tuple(map(_leaf, pages.found(store, Query()))))


def _leaf(row: CaseRow) -> Leaf:
    if not _HASH.fullmatch(row.head):
        raise TamperedError(f"case {row.case}: its head {row.head!r:.80} is no hash; see what verify says of it")
    return Leaf(row.case, row.revision, row.head)


def differences(store: Store, checkpoint: Checkpoint) -> Iterator[Difference]:
    """Yield the cases of a checkpoint that do not hold, in its order; only records since its revisions are read."""
    for leaf in checkpoint.leaves:
        row = store.load(leaf.case)
        if row is None:
            yield Difference(leaf, Change.GONE, 0)
        elif row.revision < leaf.revision:
            yield Difference(leaf, Change.CUT_OFF, row.revision)
        else:
            records = store.history(leaf.case, after=leaf.revision - 1)
            if (change := _changed(leaf, records)) is not None:
                yield Difference(leaf, change, row.revision)


def _changed(leaf: Leaf, records: tuple[RecordRow, ...]) -> Change | None:
    if not records or records[0].revision != leaf.revision:
        return Change.MISSING
    kept = records[0]
    # The column alone proves nothing: whoever changes the text can leave the hash as it was.
    return None if kept.hash == leaf.head and fits_its_hash(kept) else Change.REWRITTEN


# --- reading strictly ---


def _wrong(line: int, why: object) -> CodecError:
    return CodecError(f"line {line}: {why}; take the file from where it was kept, unchanged")


def _lined(line: tuple[int, bytes], read: Callable[[object], T]) -> T:
    """Return what a line says, read by a function of its plain value."""
    number, data = line
    try:
        return read(_plain(_text(data)))
    except CodecError as exc:
        raise _wrong(number, exc) from exc


def _text(data: bytes) -> str:
    """Return a whole line without its end."""
    if not isinstance(data, bytes):
        raise CodecError("it is text: open the file in binary, 'rb'")
    if not data:
        raise CodecError("the file is empty")
    if not data.endswith(b"\n"):
        raise CodecError("it is longer than any line" if len(data) >= _LONGEST else "it is cut off")
    try:
        return data[:-1].decode()
    except UnicodeDecodeError as exc:
        raise CodecError(f"it is not UTF-8 at byte {exc.start + 1}") from exc


def _head(value: object) -> dict[str, Any]:
    found = _fields(value, {"algorithm": str, "count": int, "format": str, "root": str, "taken_at": str})
    _known(found, _FORMAT)
    _hash(found["root"])
    text = found["taken_at"]
    try:
        found["taken_at"] = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        found["taken_at"] = None
    if found["taken_at"] is None or found["taken_at"].isoformat() != text:
        raise CodecError(f"taken_at is an instant such as 2018-12-20T16:00:00+00:00, not {text!r:.60}")
    return found


def _known(found: dict[str, Any], form: str) -> None:
    if found["format"] != form:
        raise CodecError(f"the format is {form!r}, not {found['format']!r:.60}")
    if found["algorithm"] != merkle.ALGORITHM:
        raise CodecError(f"algorithm {found['algorithm']!r:.60} is not known here, only {merkle.ALGORITHM!r}")


def _plain(text: str) -> object:
    """Return the plain value of a canonical text."""
    try:
        value = json.loads(text)
        canonical = canonical_text(value)
        canonical.encode()  # a lone surrogate is no text
    except (ValueError, RecursionError) as exc:
        raise CodecError(f"it is no JSON: {text!r:.60}") from exc
    if canonical != text:
        raise CodecError(f"it is not written canonically, so it was changed: {text!r:.60}")
    return value


def _fields(value: object, wanted: dict[str, type]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != set(wanted):
        raise CodecError(f"it has the fields {', '.join(wanted)}, not {value!r:.60}")
    for name, kind in wanted.items():
        if type(value[name]) is not kind:
            raise CodecError(f"{name} is of type {kind.__name__}, not {value[name]!r:.60}")
    return value


def _hash(text: object) -> str:
    if not isinstance(text, str) or not _HASH.fullmatch(text):
        raise CodecError(f"a hash is 64 hex digits, not {text!r:.80}")
    return text


def _step(value: object) -> merkle.Step:
    match value:
        case ["left" | "right" as side, str() as text]:
            return side, _hash(text)
    raise CodecError(f"a step is a side, left or right, and a hash, not {value!r:.60}")


def _refuse_disorder(before: str, case: str, line: int) -> None:
    if case == before:
        raise _wrong(line, f"case {case} stands in it twice")
    if case.encode() < before.encode():
        raise _wrong(line, f"case {case} stands after {before}, so lines were moved")
