"""Judges one completion by the constraints of its case and of its system prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from evalkit.constraints.composite import describe, family_of, joined, version_of, within
from evalkit.constraints.scope import Scope, looks_elsewhere, must_know
from evalkit.constraints.walk import asks_judge
from evalkit.judged import judged_text, passage_of
from evalkit.verdicts import Score, Scored, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evalkit.protocols import Constraint, Context
    from evalkit.types import Completion, Judged
    from evalkit.verdicts import Source

__all__ = ["judged_text", "score"]

_REFUSED = "the model refused"


def score(
    completion: Completion,
    constraints: Sequence[Constraint],
    *,
    system: Sequence[Constraint] = (),
    context: Callable[[], Context] | None = None,
    truncated: Literal["undecided", "as_is"] = "undecided",
    refusals: Literal["apart", "fail"] = "apart",
    judged: Judged = "answer",
) -> Scored:
    """Judge `completion` by `constraints`.

    Args:
        completion: Errors and unsupported samples are not scored.
        constraints: Those of the case, in its order.
        system: Those of the system prompt that was in force; their verdicts come after the case's. What both demand
            counts twice.
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
    demanded = tuple(_demanded(constraints, system))
    if completion.outcome == "refusal" and refusals == "fail":
        return _scored(tuple(_judged(each, Score(0.0, _REFUSED), 0.0, source) for each, source in demanded))
    if not completion.scored:
        return Scored()
    passage = passage_of(completion, judged, truncated=truncated)
    variants = _Variants(passage.text or "")
    known = None
    if context is not None and any(must_know(constraint) for constraint, _ in demanded):
        known = replace(context(), judged=judged, truncated=truncated, refusals=refusals)
    verdicts: list[Verdict] = []
    for constraint, source in demanded:
        placed = constraint if known is None else within(constraint, known)
        if passage.text is None and not looks_elsewhere(placed):
            verdicts.append(_judged(placed, Score(None, passage.why), None, source))
        else:
            strict = placed.score(variants.text, whole=passage.whole)
            # A judge reads the text itself, not eight variants of it.
            model = asks_judge(constraint)
            loose = strict.value if model else _loose(placed, strict, variants, whole=passage.whole)
            verdicts.append(_judged(placed, strict, loose, source))
    return _scored(tuple(verdicts))


def _demanded(constraints: Sequence[Constraint], system: Sequence[Constraint]) -> Iterator[tuple[Constraint, Source]]:
    """Yield each constraint with who demands it."""
    for constraint in constraints:
        yield constraint, "case"
    for constraint in system:
        yield constraint, "system"


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


def _judged(constraint: Constraint, strict: Score, loose: float | None, source: Source) -> Verdict:
    """Put a constraint's score beside what is known of the constraint."""
    return Verdict(
        constraint=describe(constraint),
        value=strict.value,
        loose=loose,
        reason=strict.reason,
        spans=strict.spans,
        detail=strict.detail,
        family=family_of(constraint),
        source=source,
        ifeval_id=getattr(constraint, "ifeval_id", None),
        version=version_of(constraint),
        applies=strict.applies is not False,
    )


def _loose(constraint: Constraint, strict: Score, variants: _Variants, *, whole: bool) -> float | None:
    """Return the best value over all variants, or None when an undecided one could still be better.

    Removing lines and `*` from a cut text gives the beginning of what the same does to the whole text, so that a
    verdict decided there holds. An empty variant never counts; of a cut text it says nothing, for what follows may
    fill it. Nor does a variant to which the constraint does not apply; and while it is not known to apply to the text
    itself, nothing is decided. A constraint on texts of its own takes the variants of those.
    """
    if strict.value == 1 or not strict.applies:
        return strict.value
    if isinstance(constraint, Scope):
        return _loose_elsewhere(constraint)
    values = [strict.value]
    for variant in variants.others:
        if variant.strip():
            score = constraint.score(variant, whole=whole)
            if score.value == 1:
                return score.value
            if score.applies is not False:
                values.append(score.value)
        elif not whole:
            values.append(None)
    decided = [value for value in values if value is not None]
    return max(decided) if len(decided) == len(values) else None


def _loose_elsewhere(scope: Scope) -> float | None:
    """Join the loose verdicts on a scope's own texts: a conversation meets loosely what each of its turns does."""
    loose: list[tuple[str, Score]] = []
    for each in scope.placed or ():
        strict = each.score()
        value, passage = strict.value, each.passage
        if each.settled is None and passage.text is not None:
            value = _loose(each.constraint, strict, _Variants(passage.text), whole=passage.whole)
        loose.append((each.name, replace(strict, value=value)))
    return joined(loose, least=len(loose)).value if loose else None


def _scored(verdicts: tuple[Verdict, ...]) -> Scored:
    """Say what verdicts come to; those that do not apply come to nothing."""
    applying = [verdict for verdict in verdicts if verdict.applies]
    values = [verdict.value for verdict in applying if verdict.value is not None]
    if not applying:
        return Scored(verdicts)
    adherence = sum(values) / len(values) if values else None
    if any(value < 1 for value in values):
        return Scored(verdicts, adherence, 0.0)
    return Scored(verdicts, adherence, 1.0 if len(values) == len(applying) else None)
