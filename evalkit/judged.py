"""Which text of a completion is looked at, and whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from evalkit.types import Completion, Judged

_NOT_BEGUN = "the limit on tokens was reached before the answer began"
_NO_REASONING = "the model showed no reasoning"


@dataclass(frozen=True, slots=True)
class Passage:
    """What is looked at in one completion.

    Attributes:
        text: None when there is nothing to look at.
        whole: False when more text would have followed.
        why: Why there is nothing to look at; empty where there is.
    """

    text: str | None
    whole: bool
    why: str = ""


def judged_text(completion: Completion, judged: Judged) -> str | None:
    """Return the text that constraints and measures look at, or None when there is none to look at.

    `both` is the reasoning, a blank line and the answer. None stands for a completion without an answer, for one that
    was cut off before its answer began, and, where reasoning is asked for, for a model that shows none.
    """
    if not completion.scored:
        return None
    if judged == "reasoning":
        return completion.reasoning or None
    parts = (completion.reasoning, completion.text) if judged == "both" else (completion.text,)
    text = "\n\n".join(filter(None, parts))
    return text if text or completion.outcome == "complete" else None


def passage_of(
    completion: Completion, judged: Judged, *, truncated: Literal["undecided", "as_is"] = "undecided"
) -> Passage:
    """Return what is looked at; `truncated` says whether a text that was cut off is taken for whole."""
    text = judged_text(completion, judged)
    if text is None:
        return Passage(None, whole=False, why=_NO_REASONING if judged == "reasoning" else _NOT_BEGUN)
    # Once the answer has begun, the reasoning before it is whole, wherever the answer was cut.
    ended = completion.outcome == "complete" or (judged == "reasoning" and bool(completion.text))
    return Passage(text, whole=ended or truncated == "as_is")
