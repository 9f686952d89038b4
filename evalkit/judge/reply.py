"""Reads a judge's verdict from its own last words, and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.judge.ask import Ask
    from evalkit.types import Completion

_AROUND = " \t*_`#>-"


@dataclass(frozen=True, slots=True)
class Vote:
    """What came of asking a judge once.

    Attributes:
        word: The answer; None when there is none that counts.
        why_not: Why there is none, in a few words; empty when there is one.
        missing: True when asking again may bring an answer.
        words: All that the judge wrote.
    """

    word: str | None
    why_not: str = ""
    missing: bool = False
    words: str = ""


def read_vote(ask: Ask, completion: Completion | None) -> Vote:
    """Read a vote; None stands for one that was not asked for yet."""
    if completion is None:
        return Vote(None, "not asked yet", missing=True)
    if completion.outcome == "complete":
        word, why_not = _verdict(ask, completion.text)
        return Vote(word, why_not, words=completion.text)
    why_not = {
        "refusal": "refused",
        "truncated": "cut off",
        "unsupported": f"not possible ({completion.error})",
        "error": f"failed ({completion.error})",
    }[completion.outcome]
    return Vote(None, why_not, missing=completion.outcome == "error", words=completion.text)


def _verdict(ask: Ask, text: str) -> tuple[str | None, str]:
    """Return the one answer in lines that bear the question's code, or why there is none."""
    beginning = f"verdict {ask.code}"
    found: list[str] = []
    for line in text.splitlines():
        stripped = line.strip(_AROUND)
        if stripped[: len(beginning)].casefold() == beginning:
            rest = stripped[len(beginning) :].lstrip(_AROUND)
            found.append(rest.removeprefix(":"))
    answers = {ask.form.read(each) for each in found}
    if not found:
        return None, "no verdict to be read"
    if len(answers) > 1:
        return None, "two verdicts"
    answer = answers.pop()
    return answer, "" if answer is not None else "none of the answers that count"
