"""The constraint that an answer does not go on as a dialogue with itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.prose import prose
from evalkit.constraints.reasons import listed
from evalkit.constraints.validation import check_texts
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final

_SPEAKERS = ("User", "Human", "Assistant", "USER", "HUMAN", "ASSISTANT")
_HEADINGS = "Instruction|Instructions|Response|Input|Human|User|Assistant|System"
_TOKENS = (
    r"<\|[A-Za-z_]{1,40}\|>"  # <|im_start|>, <|endoftext|>, <|eot_id|>
    r"|<｜[^<>\n]{1,40}｜>"  # noqa: RUF001 - DeepSeek's full-width bars
    r"|</?(?:start_of_turn|end_of_turn)>|\[/?INST\]|<</?SYS>>"
)


@dataclass(frozen=True, slots=True)
class NoRoleMarkers:
    """Demand that the text has no marks of a chat's roles: `User:`, `<|im_start|>`, `### Instruction:`.

    Attributes:
        also: Further names of speakers, as they stand: a line that begins with one and a colon breaks the constraint.

    Models that miss the end of their answer go on with the user's next message. The marks are a line that begins with
    `User:`, `Human:` or `Assistant:` (also in capitals); a line of `#` signs with Instruction, Response, Input, Human,
    User, Assistant or System and a colon; and the special tokens of chat templates: `<|...|>`, `<start_of_turn>`,
    `<end_of_turn>`, `[INST]`, `<<SYS>>`. Names in lists or in bold, such as `- User: a person`, are none. Code (fences
    and back-ticks) does not count.

    In a text that was cut off, a mark found stays found; none found is undecided. The spans are the marks.
    """

    name: ClassVar[str] = "no_role_markers"
    family: ClassVar[str] = "persona"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="The user asked: why Kafka?",
        broken="Kafka keeps a log.\nUser: And RabbitMQ?",
        undecided="Kafka keeps a log.\nUser",
    )

    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.also:
            check_texts("also", self.also)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the marks found in it."""
        spans = _marks(prose(text, quotations=True), self.also)
        if not spans:
            return verdict("no mark of a role", met=True, whole=whole, final=self.final)
        settled = whole or bool(_marks(prose(text, quotations=True, cautious=True), self.also))
        reason = f"found {listed([text[span.start : span.end] for span in spans])}"
        return verdict(reason, spans, met=False, whole=whole, final=self.final if settled else "neither")


def _marks(text: str, also: tuple[str, ...]) -> tuple[Span, ...]:
    return tuple(Span(*match.span(match.lastgroup or 0)) for match in _pattern(also).finditer(text))


@cache
def _pattern(also: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(re.escape(name.strip()) for name in (*_SPEAKERS, *also))
    speaker = rf"(?P<speaker>(?:{names})[ \t]?:)"
    heading = rf"(?P<heading>#{{1,6}}[ \t]?(?:{_HEADINGS}):)"
    return re.compile(rf"(?m)^[ \t]*(?:{speaker}|{heading})|(?P<token>{_TOKENS})")
