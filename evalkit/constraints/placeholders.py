"""Constraints on places left open to be filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.counting import Count, Range, first_spans, judge_count, range_of
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import listed

if TYPE_CHECKING:
    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score

_NAMED = r"(?=[^\]\[\r\n]{0,79}[^\W\d_][\u0300-\u036f]?[^\W\d_])[^\]\[\r\n^][^\]\[\r\n]{0,79}"
_SQUARE = re.compile(rf"(?<![\]\w!\u0300-\u036f])\[{_NAMED}\](?![\[(:])")
_UNFILLED = re.compile(
    rf"(?<![\]\w!\u0300-\u036f])\[{_NAMED}\](?![\[(:])"
    r"|\{\{[^{}\r\n]{1,80}\}\}"
    r"|<(?:your|insert|enter|add|name|company|date|topic|placeholder)(?:[ _-][A-Za-z _-]{0,60})?>"
    r"|(?<![\w\u0300-\u036f])(?:TODO|TBD|FIXME|XXX)(?![\w\u0300-\u036f])"
    r"|(?<![\w\u0300-\u036f])lorem ipsum(?![\w\u0300-\u036f])",
    re.IGNORECASE,
)
_CASED = frozenset({"todo", "tbd", "fixme", "xxx"})


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Demand a number of placeholders in square brackets, such as `[name]`.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.

    A placeholder holds at least two letters in a row and no more than 80 characters, on one line. A citation (`[1]`), a
    footnote (`[^note]`), a check box (`[x]`), an index (`a[key]`) and the label of a link are none. One that is
    repeated counts each time.

    In a text that was cut off, one at the very end does not count yet, for it may turn out to be a link; a greatest
    number already exceeded stays exceeded, and a least number already reached stays reached; anything else is
    undecided. The spans are the placeholders.
    """

    name: ClassVar[str] = "placeholders"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 2},
        met="Dear [name], meet me at [place].",
        broken="Dear [name].",
        undecided="Dear [name],",
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return self._range().demands("placeholders")

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its placeholders."""
        found = [match.span() for match in _SQUARE.finditer(text)]
        settled = len(found) - (bool(found) and found[-1][1] == len(text))
        count = Count(len(found), len(found), settled)
        return judge_count(count, self._range(), "placeholder", whole=whole, places=first_spans(found))

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


@dataclass(frozen=True, slots=True)
class NoPlaceholders:
    """Demand that nothing is left open to be filled in.

    Found are `[name]` as for `placeholders`, `{{name}}`, angle brackets that speak of filling in (`<your name>`,
    `<insert date>`), the marks `TODO`, `TBD`, `FIXME` and `XXX` in capitals, and `lorem ipsum`. Code is searched, too.

    In a text that was cut off, what was found stays found, unless it stands at the very end; none found is undecided.
    The spans are what was found.
    """

    name: ClassVar[str] = "no_placeholders"
    family: ClassVar[str] = "format"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met="Dear Jay, see [1].", broken="Dear [Your Name],", undecided="Dear Jay"
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by what is left open in it."""
        found = [
            match
            for match in _UNFILLED.finditer(text)
            if match.group().lower() not in _CASED or match.group().isupper()
        ]
        if not found:
            return verdict("no placeholder", met=True, whole=whole, final="neither")
        names = list(dict.fromkeys(match.group() for match in found))
        final: Final = "broken" if found[0].end() < len(text) else "neither"
        reason = f"placeholder {listed(names)}"
        return verdict(reason, first_spans(match.span() for match in found), met=False, whole=whole, final=final)
