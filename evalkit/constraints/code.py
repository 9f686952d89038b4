"""The constraint on Markdown code blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.counting import Count, Range, first_spans, judge_count, range_of
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.joining import both
from evalkit.constraints.markdown import LONGEST, read
from evalkit.constraints.parsers import language_of, parsed
from evalkit.constraints.validation import check_text
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.constraints.markdown import Block


@dataclass(frozen=True, slots=True)
class CodeBlocks:
    """Demand Markdown code blocks: one or more, or a number of them, and that what they hold parses.

    Attributes:
        language: Only blocks whose opening fence names this language count, `py` for `python` and the like included;
            None counts all, indented ones too.
        exactly: The number demanded; stands alone.
        at_least: The least number; 1 when no number is given.
        at_most: The greatest number.
        parses: True demands besides that every block that counts parses in the language that its fence names.

    Python is parsed by the Python that evalkit runs on, and JSON, YAML 1.2, TOML and XML by the rules of `valid_json`,
    `valid_yaml` (a lone value included), Python's own reader and `valid_xml`. Nothing is executed. A block in another
    language, or in none, leaves the constraint undecided when it should parse. A text of more than 75,000 characters is
    judged by its beginning, as if cut off there.

    In a text that was cut off, a greatest number already exceeded stays exceeded, a least number already reached stays
    reached unless further blocks would have to parse, and a closed block that does not parse stays broken; anything
    else is undecided. The spans are the blocks, or those that do not parse.
    """

    name: ClassVar[str] = "code_blocks"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"language": "python", "parses": True},
        met="```python\nprint('Kafka')\n```",
        broken="```python\nprint('Kafka'\n```",
        undecided="```python\nprint('Kafka')\n```",
    )

    language: str | None = None
    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    parses: bool = False

    def __post_init__(self) -> None:
        if self.language is not None:
            check_text("language", self.language)
        self._range()

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its code blocks."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        document = read(text)
        if document.unread is not None:
            return Score(None, document.unread)
        found = [block for block in document.blocks if block.kind == "code" and self._counts(block)]
        count = Count(len(found), len(found), sum(block.stays for block in found))
        places = first_spans((block.span.start, block.span.end) for block in found)
        noun = "code block" if self.language is None else f"`{self.language}` code block"
        scores = [judge_count(count, self._range(), noun, whole=whole, places=places)]
        if self.parses and (found or not whole):
            scores.append(_parsing(found, whole=whole))
        return both(scores)

    def _counts(self, block: Block) -> bool:
        return self.language is None or _named(block) == language_of(self.language)

    def _range(self) -> Range:
        given = (self.exactly, self.at_least, self.at_most)
        return Range(1, None) if given == (None, None, None) else range_of(*given)


def _named(block: Block) -> str:
    """Return the language that a block's fence names; empty when it names none."""
    words = block.info.replace("{", " ").replace("}", " ").replace(",", " ").split()
    return language_of(words[0].removeprefix(".")) if words else ""


def _parsing(found: Sequence[Block], *, whole: bool) -> Score:
    """Judge whether all blocks parse; the first that does not decides."""
    unknown: Score | None = None
    for number, block in enumerate(found, start=1):
        result = parsed(block.content, _named(block))
        reason = f"code block {number}: {result.reason}"
        if result.value is False and (whole or block.closed):
            return Score(0.0, reason, (block.span,))
        if result.value is not True and unknown is None:
            unknown = Score(None, reason, (block.span,))
    if unknown is not None:
        return unknown
    spans = first_spans((block.span.start, block.span.end) for block in found)
    return verdict("all code blocks parse", spans, met=True, whole=whole, final="neither")
