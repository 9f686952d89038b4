"""Finds links in a text, and judges how many there are and where they lead. Nothing is ever fetched."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.counting import Count, Range, first_spans, judge_count, range_of
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.inline import marks
from evalkit.constraints.joining import both
from evalkit.constraints.markdown import LONGEST, read
from evalkit.constraints.reasons import listed, quoted
from evalkit.constraints.validation import check_texts
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LINK = re.compile(
    r"\]\([ \t]{0,8}(?:<(?P<pointed>[^<>\r\n]{0,2000})>|(?P<inline>[^\s<>]{0,2000}))"
    r"|(?:^|(?<=[\r\n])) {0,3}\[[^\[\]\r\n^][^\[\]\r\n]{0,200}\]:[ \t]{0,8}<?(?P<defined>[^\s<>]{1,2000})"
    r"|<(?P<auto>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]{0,2000})>"
    r"|(?<![A-Za-z0-9])(?P<bare>(?:(?:https?|ftp)://|www\.)[^\s<>\"`]{1,2000})",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,31}):")
_TRAILING = ".,;:!?*_~'\"”’"  # noqa: RUF001 - typographic marks
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r(?!\n))[ \t]*[\r\n]")


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text.

    Attributes:
        target: Where it leads, as written.
        span: Where the target stands.
        closed: Whether it is there, and leads there, however the text goes on.
    """

    target: str
    span: Span
    closed: bool

    @property
    def scheme(self) -> str | None:
        """Its scheme in lower case; None for one that leads to a place beside the text."""
        match = _SCHEME.match(self.target)
        if match is not None:
            return match.group(1).lower()
        return "https" if self.target.lower().startswith("www.") else None

    @property
    def host(self) -> str | None:
        """The host in lower case; None where it names none."""
        _, slashes, rest = self.target.partition("//")
        if self.target.lower().startswith("www."):
            rest = self.target
        elif not slashes or (self.target[:2] != "//" and _SCHEME.match(self.target) is None):
            return None
        authority = re.split(r"[/\\?#]", rest, maxsplit=1)[0].rpartition("@")[2]
        return re.sub(r":\d*$", "", authority).rstrip(".").lower()


@dataclass(frozen=True, slots=True)
class Links:
    """Demand links: so many, or only to certain places, or both.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.
        domains: Where links may lead: `apache.org` allows `kafka.apache.org`, too. Empty allows any host. A link that
            names no host, such as `#design`, is allowed.
        schemes: The schemes that links may have, such as `https`. Empty allows any.

    Links are Markdown's, with their definitions, addresses between `<` and `>`, and bare ones that begin with
    `http://`, `https://`, `ftp://` or `www.`; images count. What stands in code does not. Whether anything is there at
    the other end is not looked at. A text of more than 75,000 characters is judged by its beginning, as if cut off
    there.

    In a text that was cut off, a link counts once its address and its paragraph have ended; a greatest number exceeded
    by those stays exceeded, a least number reached stays reached, and a wrong place stays wrong. Anything else is
    undecided. The spans are the addresses, or the wrong ones.
    """

    name: ClassVar[str] = "links"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 1, "domains": ["apache.org"]},
        met="See [Kafka](https://kafka.apache.org).",
        broken="See [Kafka](https://kafka.example).",
        undecided="See [Kafka](https://kafka.apache.org",
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    domains: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for argument, value in (("domains", self.domains), ("schemes", self.schemes)):
            if value != ():
                check_texts(argument, value)
        for index, domain in enumerate(self.domains):
            if re.search(r"[/:@\s]", domain):
                raise ArgumentError(
                    f"every text in `domains` must be a bare host, got {domain!r}",
                    path=("domains", index),
                    hint="write example.org, not https://example.org/",
                )
        self._range()

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its links."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        unread = read(text).unread
        if unread is not None:
            return Score(None, unread)
        found = links(text)
        scores: list[Score] = []
        wanted = self._range()
        if wanted is not None:
            count = Count(len(found), len(found), sum(link.closed for link in found))
            places = first_spans((link.span.start, link.span.end) for link in found)
            scores.append(judge_count(count, wanted, "link", whole=whole, places=places))
        if self.domains or self.schemes:
            scores.append(self._by_place(found, whole=whole))
        return both(scores)

    def _by_place(self, found: Sequence[Link], *, whole: bool) -> Score:
        wrong = [link for link in found if not self._allowed(link)]
        if not wrong:
            reason = "no link leads elsewhere" if found else "no link"
            return verdict(reason, met=True, whole=whole, final="neither")
        stays = any(link.closed for link in wrong)
        spans = first_spans((link.span.start, link.span.end) for link in wrong)
        allowed = listed([*self.domains, *self.schemes])
        reason = f"{quoted(wrong[0].target)} leads elsewhere than {allowed}"
        return verdict(reason, spans, met=False, whole=whole, final="broken" if stays else "neither")

    def _allowed(self, link: Link) -> bool:
        scheme, host = link.scheme, link.host
        if self.schemes and scheme is not None and scheme not in {each.lower().rstrip(":/") for each in self.schemes}:
            return False
        if not self.domains or host is None:
            return True
        return any(host == each or host.endswith(f".{each}") for each in (each.lower() for each in self.domains))

    def _range(self) -> Range | None:
        if (self.domains or self.schemes) and (self.exactly, self.at_least, self.at_most) == (None, None, None):
            return None
        return range_of(self.exactly, self.at_least, self.at_most)


def links(text: str) -> list[Link]:
    """Return the links of a text that could be read, in order; see `evalkit.constraints.markdown.read`."""
    code = code_spans(text)
    starts = [span.start for span in code]
    ended = [match.end() for match in _BLANK_LINE.finditer(text)]
    last_end = ended[-1] if ended else 0
    found: list[Link] = []
    for start, end in _targets(text):
        before = bisect_right(starts, start) - 1
        if before < 0 or code[before].end <= start:
            found.append(Link(text[start:end], Span(start, end), end < last_end))
    return found


def code_spans(text: str) -> list[Span]:
    """Return where code stands, in blocks and in lines, in order and apart."""
    spans = [block.span for block in read(text).blocks if block.kind == "code"]
    spans += [mark.span for mark in marks(text) if mark.kind == "code"]
    return sorted(spans, key=lambda span: span.start)


def _targets(text: str) -> Iterator[tuple[int, int]]:
    for match in _LINK.finditer(text):
        kind = match.lastgroup
        assert kind is not None
        start, end = match.span(kind)
        if kind in ("bare", "inline"):
            end = _end(text, start, end, bare=kind == "bare")
        if start < end:
            yield start, end


def _end(text: str, start: int, end: int, *, bare: bool) -> int:
    """Leave out what follows an address: a bracket that opened before it, and marks of the sentence."""
    depth = 0
    for at in range(start, end):
        if text[at] == "(":
            depth += 1
        elif text[at] == ")":
            depth -= 1
            if depth < 0:
                end = at
                break
    while bare and end > start and text[end - 1] in _TRAILING:
        end -= 1
    return end
