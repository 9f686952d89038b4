"""Judges one completion by the constraints of its case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from evalkit.constraints.logic import describe, within
from evalkit.constraints.walk import asks_judge
from evalkit.protocols import Contextual
from evalkit.verdicts import Score, Scored, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.protocols import Constraint, Context
    from evalkit.types import Completion, Judged

_REFUSED = "the model refused"
_NOT_BEGUN = "the limit on tokens was reached before the answer began"
_NO_REASONING = "the model showed no reasoning"


def score(
    completion: Completion,
    constraints: Sequence[Constraint],
    *,
    context: Callable[[], Context] | None = None,
    truncated: Literal["undecided", "as_is"] = "undecided",
    refusals: Literal["apart", "fail"] = "apart",
    judged: Judged = "answer",
) -> Scored:
    """Judge `completion` by `constraints`.

    Args:
        completion: Errors and unsupported samples are not scored.
        constraints: Those of the case, in its order.
        context: Returns what was asked for, and is called only where a constraint must know it; None when that is not
            known, which leaves such constraints undecided.
        truncated: `undecided` withholds verdicts on a truncated completion that more text could overturn; `as_is`
            scores its text as if whole.
        refusals: `apart` leaves a refusal without verdicts; `fail` breaks every constraint.
        judged: What is looked at; see `judged_text`.

    Returns:
        A verdict for each constraint, or none where the completion is not scored. Where there is nothing to look at,
        all are undecided: a limit that was used up by reasoning says nothing of the answer.
    """
    if completion.outcome == "refusal" and refusals == "fail":
        return _scored(tuple(_judged(constraint, Score(0.0, _REFUSED), 0.0) for constraint in constraints))
    if not completion.scored:
        return Scored()
    text = judged_text(completion, judged)
    if text is None:
        why = _NO_REASONING if judged == "reasoning" else _NOT_BEGUN
        return _scored(tuple(_judged(constraint, Score(None, why), None) for constraint in constraints))
    # Once the answer has begun, the reasoning before it is whole, wherever the answer was cut.
    ended = completion.outcome == "complete" or (judged == "reasoning" and bool(completion.text))
    whole = ended or truncated == "as_is"
    variants = _Variants(text)
    placed = _placed(constraints, context)
    return _scored(tuple(_verdict(constraint, variants, whole=whole) for constraint in placed))


def _placed(constraints: Sequence[Constraint], context: Callable[[], Context] | None) -> Sequence[Constraint]:
    """Tell the constraints that must know it what was asked for."""
    if context is None or not any(isinstance(constraint, Contextual) for constraint in constraints):
        return constraints
    known = context()
    return [within(constraint, known) for constraint in constraints]


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


class _Variants:
    """The eight texts that IFEval's loose verdict looks at, made when first asked for.

    Source: Zhou et al. 2023, "Instruction-Following Evaluation for Large Language Models", section 2.2: as is, first
    line removed, last line removed, both removed; each also with the `*` of Markdown's emphasis removed.
    """

    __slots__ = ("_others", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._others: tuple[str, ...] | None = None

    @property
    def others(self) -> tuple[str, ...]:
        """The variants that differ from the text as it is, without repeats."""
        if self._others is None:
            lines = self.text.split("\n")
            shortened = ("\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1]))
            kept = (self.text, *shortened)
            variants = dict.fromkeys((*kept, *(text.replace("*", "") for text in kept)))
            variants.pop(self.text)
            self._others = tuple(variants)
        return self._others


def _verdict(constraint: Constraint, variants: _Variants, *, whole: bool) -> Verdict:
    strict = constraint.score(variants.text, whole=whole)
    # A judge reads the text itself, not eight variants of it.
    settled = strict.value == 1 or asks_judge(constraint)
    loose = strict.value if settled else _loose(constraint, strict.value, variants, whole=whole)
    return _judged(constraint, strict, loose)


def _judged(constraint: Constraint, strict: Score, loose: float | None) -> Verdict:
    """Put a constraint's score beside what is known of the constraint."""
    return Verdict(
        constraint=describe(constraint),
        value=strict.value,
        loose=loose,
        reason=strict.reason,
        spans=strict.spans,
        detail=strict.detail,
        family=getattr(constraint, "family", None),
        ifeval_id=getattr(constraint, "ifeval_id", None),
        version=getattr(constraint, "version", 1),
    )


def _loose(constraint: Constraint, strict: float | None, variants: _Variants, *, whole: bool) -> float | None:
    """Return the best value over all variants, or None when an undecided one could still be better.

    Removing lines and `*` from a cut text gives the beginning of what the same does to the whole text, so that a
    verdict decided there holds. An empty variant never counts; of a cut text it says nothing, for what follows may
    fill it.
    """
    values = [strict]
    for variant in variants.others:
        if variant.strip():
            values.append(constraint.score(variant, whole=whole).value)
            if values[-1] == 1:
                return values[-1]
        elif not whole:
            values.append(None)
    decided = [value for value in values if value is not None]
    return max(decided) if len(decided) == len(values) else None


def _scored(verdicts: tuple[Verdict, ...]) -> Scored:
    values = [verdict.value for verdict in verdicts if verdict.value is not None]
    if not verdicts:
        return Scored()
    adherence = sum(values) / len(values) if values else None
    if any(value < 1 for value in values):
        return Scored(verdicts, adherence, 0.0)
    return Scored(verdicts, adherence, 1.0 if len(values) == len(verdicts) else None)
