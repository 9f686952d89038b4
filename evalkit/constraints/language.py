"""The constraint on the language of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.passages import LANGUAGES, passages
from evalkit.constraints.reasons import listed
from evalkit.constraints.shares import share_of, shown_share
from evalkit.constraints.validation import check_share, check_texts
from evalkit.errors import ArgumentError, suggestion
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.constraints.passages import Passage
    from evalkit.verdicts import Span


@dataclass(frozen=True, slots=True)
class Language:
    """Demand that the text is written in a language, or in one of several.

    Attributes:
        allowed: The code of a language (`de`), or a list of codes; ISO 639-1 where it has one. `zh` is any Chinese,
            `no` either Norwegian.
        at_least: The share of the letters that must stand in passages of these languages; the rest may be quotations
            or names.
        confidence: How probable the language of a passage must be before the passage counts, above 0.5.

    The text is read in passages of about a paragraph, by py3langid, which knows 139 languages, draws no random numbers
    and gives probabilities that hold for short texts too. Code (fences and back-ticks) and addresses are left out. A
    passage that is too short, or that mixes languages, counts for neither side; where such passages could change the
    verdict, it is undecided, and so is a text without letters. Closely related languages (Danish and Norwegian,
    Croatian and Serbian) are told apart only in longer texts: name both if both will do.

    A text that was cut off is always undecided. The spans are the passages in other languages.
    """

    name: ClassVar[str] = "language"
    family: ClassVar[str] = "language"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments="de",
        met="Der Server schreibt jedes Ereignis in ein Protokoll.",
        broken="The server writes every event to a log.",
        undecided="Der Server schreibt jedes Ereignis in ein",
    )

    allowed: str | tuple[str, ...]
    at_least: float = 0.8
    confidence: float = 0.9

    def __post_init__(self) -> None:
        check_texts("allowed", self.codes)
        for index, code in enumerate(self.codes):
            if code not in LANGUAGES:
                raise ArgumentError(
                    f"`allowed` must hold codes of languages that can be told, got {code!r}",
                    path=("allowed",) if isinstance(self.allowed, str) else ("allowed", index),
                    hint=suggestion(code, LANGUAGES),
                )
        check_share("at_least", self.at_least, above=0.0)
        check_share("confidence", self.confidence, above=0.5)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the languages allowed."""
        return (self.allowed,) if isinstance(self.allowed, str) else self.allowed

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the passages in each language."""
        wanted = unknown = other = 0
        others: list[str] = []
        spans: list[Span] = []
        for passage in passages(text):
            met = self._judge(passage)
            if met is None:
                unknown += passage.letters
            elif met:
                wanted += passage.letters
            else:
                other += passage.letters
                others.append(passage.shares[0][0])
                spans.append(passage.span)
        if not wanted + unknown + other:
            return Score(None, "no words whose language could be told")
        share = share_of(wanted, unknown, other)
        reason = f"{shown_share(share)} of the letters are in {listed(self.codes)}"
        if others:
            reason += f", others in {listed(sorted(set(others)))}"
        if share.low < self.at_least <= share.high:
            return Score(None, f"{reason}; the rest is too short or too mixed to tell", tuple(spans))
        return verdict(reason, tuple(spans), met=share.low >= self.at_least, whole=whole, final=self.final)

    def _judge(self, passage: Passage) -> bool | None:
        probability = passage.probability(self.codes)
        if probability >= self.confidence:
            return True
        likely = passage.shares[0][1] >= 0.5  # a language of its own, not a haze of many
        return False if probability <= 1 - self.confidence and likely else None
