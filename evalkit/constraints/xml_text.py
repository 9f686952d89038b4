"""Reads XML to tell whether it is well-formed, and the constraint that a whole text is.

The parser is expat, told to refuse any document that declares entities, so that none is ever expanded, and it fetches
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from xml.parsers import expat

from evalkit.constraints.examples import Examples
from evalkit.constraints.fences import bare, framed
from evalkit.constraints.finality import verdict
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final


@dataclass(frozen=True, slots=True)
class XmlRead:
    """What the parser says of a document.

    Attributes:
        reason: Why, in words.
        value: Whether it is well-formed; None when that cannot be known.
        at: The character where it goes wrong; None where it does not.
    """

    reason: str
    value: bool | None
    at: int | None = None


class _EntitiesError(Exception):
    """A document may declare entities."""


@dataclass(frozen=True, slots=True)
class ValidXml:
    """Demand that the whole text is one well-formed XML document.

    Attributes:
        fence: True also accepts one Markdown code fence around the document, of back-ticks on lines of their own.

    Well-formed is what XML 1.0 asks: one root element, every tag closed in turn, attributes in quotes, `&` and `<`
    escaped. No schema is looked at. White space around the document does not count; a sentence before or after it
    breaks the constraint. A document with declarations of its own inside `<!DOCTYPE …>` is undecided: they are not
    read, since a few lines of them can expand without end. The span is the document, or the place where it goes wrong.

    In a text that was cut off, a fault that nothing could mend is broken; anything else is undecided, and so is every
    text that begins with a fence.
    """

    name: ClassVar[str] = "valid_xml"
    family: ClassVar[str] = "format"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="<broker><name>Kafka</name></broker>",
        broken="<broker><name>Kafka</broker>",
        undecided="<broker><name>Kafka",
    )

    fence: bool = False

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by parsing it."""
        frame = framed(text, fence=self.fence)
        if frame is None:
            return verdict("the code fence is not closed at the end", met=False, whole=whole, final="neither")
        start, end = bare(text, frame)
        read = read_xml(text[start:end], whole=True)
        if read.value is None:
            return Score(None, read.reason)
        if read.value:
            return verdict(read.reason, (Span(start, end),), met=True, whole=whole, final="neither")
        at = start + (read.at or 0)
        place = Span(min(at, end), min(at + 1, end))
        reason = read.reason if start == end else f"not XML from character {place.start + 1} on: {read.reason}"
        final: Final = "neither"
        if not whole and start < end and not frame.fenced and not (self.fence and text[start] == "`"):
            mendable = read_xml(text[start:], whole=False).value is not False
            final = "neither" if mendable and text[start] in "<\ufeff" else "broken"
        return verdict(reason, (place,), met=False, whole=whole, final=final)


def read_xml(document: str, *, whole: bool) -> XmlRead:
    """Read `document` as XML 1.0.

    Args:
        document: It must begin where the document begins.
        whole: False reads the beginning of a document, of which only a fault that nothing can mend is a fault.
    """
    if not document:
        return XmlRead("empty, so not XML", value=False, at=0)
    try:
        data = document.encode()
    except UnicodeEncodeError as error:
        return XmlRead("half a character", value=False, at=error.start)
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _doctype
    try:
        parser.Parse(data, whole)
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code) or ""
        at = len(data[: max(0, parser.ErrorByteIndex)].decode(errors="ignore"))
        if "memory" in message or "amplification" in message:
            return XmlRead("XML that the parser gives up on", value=None)
        return XmlRead(message, value=False, at=at)
    except _EntitiesError:
        return XmlRead("XML with declarations of its own, which are not read", value=None)
    return XmlRead("one XML document", value=True)


def _doctype(name: str, system: str | None, public: str | None, has_subset: int) -> None:  # noqa: ARG001 - expat's order
    if has_subset:
        raise _EntitiesError
