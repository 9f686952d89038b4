"""Draws under one set of settings, on every open-ended question alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.probe.draws import Wanted
from evalkit.probe.prompts import OPEN_ENDED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.probe.draws import Asker
    from evalkit.types import Completion, SettingValue


@dataclass(slots=True)
class End:
    """Draws under the settings at one end of a knob.

    Attributes:
        texts: For each open-ended question, in order.
        asked: How often each question was asked; more than there are texts where calls failed.
    """

    purpose: str
    settings: Mapping[str, SettingValue]
    texts: list[list[str]]
    asked: int = 0

    @classmethod
    def empty(cls, purpose: str, settings: Mapping[str, SettingValue]) -> End:
        """Return an end where nothing was drawn yet."""
        return cls(purpose, settings, [[] for _ in OPEN_ENDED])

    async def fill(self, asker: Asker, draws: int, *, first_alone: bool) -> Sequence[Completion | None]:
        """Ask until each question was asked so often.

        Args:
            asker: Who asks.
            draws: Of each question, those there are included.
            first_alone: Wait for the first answer, and ask no more when it is that a setting is refused.

        Returns:
            The new answers.
        """
        wanted = [
            Wanted(self.purpose, question, self.settings, repeat)
            for repeat in range(self.asked, draws)
            for question in OPEN_ENDED
        ]
        answers = await asker.ask(wanted[:1] if first_alone else wanted)
        if first_alone and answers and answers[0] is not None and answers[0].outcome != "unsupported":
            answers += await asker.ask(wanted[1:])
        for index, answer in enumerate(answers):
            text = text_of(answer)
            if text is not None:
                self.texts[index % len(OPEN_ENDED)].append(text)
        self.asked = max(self.asked, draws)
        return answers


def text_of(completion: Completion | None) -> str | None:
    """Return an answer's text on one line; None when there is none to judge."""
    if completion is None or not completion.scored:
        return None
    text = " ".join(completion.text.split())
    return None if completion.outcome == "truncated" and not text else text
