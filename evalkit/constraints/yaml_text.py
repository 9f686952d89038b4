"""Reads YAML to tell whether it is well-formed, and the constraint that a whole text is.

The parser is ruamel.yaml's for YAML 1.2. Documents are taken apart and never built, so that no alias is expanded and
no tag does anything.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.fences import framed
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import quoted
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.constraints.finality import Final

LONGEST = 20_000
"""The most characters that are read; the parser takes up to 40 microseconds for each."""

_MOST_BRACKETS = 50
_BRACKET = re.compile(r"[\[\]{}]")


@dataclass(frozen=True, slots=True)
class YamlRead:
    """What the parser says of a text.

    Attributes:
        reason: Why, in words.
        value: Whether it is well-formed; None when that cannot be known.
        at: The character where it goes wrong; None where that is not known.
        plain: Whether it says nothing but one plain value, as any sentence does.
    """

    reason: str
    value: bool | None
    at: int | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class ValidYaml:
    """Demand that the whole text is YAML 1.2: a mapping or a list.

    Attributes:
        fence: True also accepts one Markdown code fence around the document, of back-ticks on lines of their own.

    Several documents parted by `---` are accepted. A lone value is not, for any sentence without a colon is one to
    YAML. A key that a mapping repeats and an alias without its anchor break the constraint. Tags and anchors are
    allowed and do nothing. A text of more than 20,000 characters, or nested more deeply than the parser can follow,
    is undecided. The span is the document, or the place where it goes wrong.

    A text that was cut off is always undecided.
    """

    name: ClassVar[str] = "valid_yaml"
    family: ClassVar[str] = "format"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="brokers:\n  - Kafka\n  - RabbitMQ\n",
        broken="Use Kafka.",
        undecided="brokers:\n  - Kafka\n",
    )

    fence: bool = False

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by parsing it."""
        frame = framed(text, fence=self.fence)
        if frame is None:
            return verdict("the code fence is not closed at the end", met=False, whole=whole, final=self.final)
        # Blanks at the start of the first line tell how deep it stands, and so belong to the document.
        start = frame.start if frame.fenced else _line_start(text, frame.start)
        read = read_yaml(text[start : frame.end])
        if read.value is None:
            return Score(None, read.reason)
        span = Span(frame.start, max(frame.start, frame.end))
        if read.plain:
            return verdict(
                "one plain value, neither a mapping nor a list", (span,), met=False, whole=whole, final="neither"
            )
        if not read.value and read.at is not None:
            at = min(start + read.at, frame.end)
            span = Span(at, min(at + 1, frame.end))
        return verdict(read.reason, (span,), met=read.value, whole=whole, final=self.final)


def read_yaml(text: str) -> YamlRead:
    """Read `text` as YAML 1.2: one document or several."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - slow to import, and only constraints on YAML need it
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415 - the same

    if len(text) > LONGEST:
        return YamlRead(f"YAML is read as far as {LONGEST:,} characters; here are {len(text):,}", value=None)
    if _deepest(text) > _MOST_BRACKETS:
        return YamlRead("brackets are nested more deeply than the parser can follow in good time", value=None)
    parser: Any = YAML(typ="safe", pure=True)  # parts of it carry no types
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an anchor that is set twice
            nodes = [node for node in parser.compose_all(text) if node is not None]
    except MarkedYAMLError as found:
        error: Any = found
        mark = error.problem_mark or error.context_mark
        return _broken(error.problem or "cannot be read", None if mark is None else min(mark.index, len(text)))
    except YAMLError as error:  # of the reader: a character that YAML does not allow
        return _broken(str(error).splitlines()[0], getattr(error, "position", None))
    except (RecursionError, ValueError, AttributeError, IndexError, TypeError, AssertionError):  # on odd input
        return YamlRead("YAML that the parser cannot follow", value=None)
    return _judged(nodes)


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _deepest(text: str) -> int:
    """Return how deep brackets are nested at most, those in texts and comments included."""
    depth = deepest = 0
    for match in _BRACKET.finditer(text):
        depth = depth + 1 if match.group() in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _broken(problem: str, at: int | None) -> YamlRead:
    return YamlRead(f"not YAML: {' '.join(problem.split())}", value=False, at=at)


def _judged(nodes: Sequence[Any]) -> YamlRead:
    """Look for repeated keys, each node once, however often aliases name it."""
    if not nodes:
        return YamlRead("empty, so neither a mapping nor a list", value=False)
    waiting, seen = list(nodes), set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or node.id == "scalar":
            continue
        seen.add(id(node))
        if node.id == "sequence":
            waiting += node.value
            continue
        keys = set[tuple[str, str]]()
        for key, value in node.value:
            named = (str(key.tag), key.value) if key.id == "scalar" else None
            if named in keys:
                return _broken(f"key {quoted(key.value)} repeated", key.start_mark.index)
            if named is not None and key.value != "<<":
                keys.add(named)
            waiting += (key, value)
    plain = len(nodes) == 1 and nodes[0].id == "scalar"
    return YamlRead("one YAML document" if len(nodes) == 1 else "several YAML documents", value=True, plain=plain)
