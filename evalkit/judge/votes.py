"""What the votes on one question come to."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

from evalkit.judge.reply import read_vote
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.judge.ask import Ask
    from evalkit.judge.reply import Vote
    from evalkit.types import Completion


def counted(ask: Ask, answers: Sequence[Completion | None]) -> Score:
    """Count the votes.

    More than half of all votes must be for one side, those without an answer included, so that none of these could
    overturn the verdict. Of grades, more than half must be there, and the middle one is the value.

    Args:
        ask: The question.
        answers: What came of each vote, in order; None for one that was not asked for yet.
    """
    votes = [read_vote(ask, answer) for answer in answers]
    values = [
        None if vote.word is None else ask.form.value(vote.word, swapped=ask.swapped(number))
        for number, vote in enumerate(votes)
    ]
    decided = [value for value in values if value is not None]
    if ask.form.graded:
        value = median(decided) if len(decided) * 2 > len(votes) else None
    else:
        value = next((side for side in (1.0, 0.0) if decided.count(side) * 2 > len(votes)), None)
    reason = _reason(ask, votes, values)
    if value is None:
        reason += f"; undecided, as {_open(votes, decided)}"
    return Score(value, reason, detail=_detail(ask, votes, answers))


def _open(votes: Sequence[Vote], decided: Sequence[float]) -> str:
    """Say why there is no verdict."""
    if any(vote.missing for vote in votes):
        return "judgements are missing"
    if len(decided) < len(votes):
        return "too few votes are left"
    return "the votes are tied" if decided.count(1.0) == decided.count(0.0) else "no side has a majority"


def _reason(ask: Ask, votes: Sequence[Vote], values: Sequence[float | None]) -> str:
    """State the votes and how far they agree."""
    names = {1.0: "the text", 0.0: "the other text", 0.5: "neither"}
    said = Counter(
        vote.why_not if value is None else (f"for {names[value]}" if ask.form.compared else f"`{vote.word}`")
        for vote, value in zip(votes, values, strict=True)
    )
    total = len(votes)
    if total == 1:
        return f"judged {next(iter(said))}"
    parts = [f"{count} {'votes ' if not index else ''}{what}" for index, (what, count) in enumerate(said.most_common())]
    parts[0] = parts[0].replace(" votes", f" of {total} votes", 1)
    return ", ".join(parts) + (_order(values) if ask.form.compared else "")


def _order(values: Sequence[float | None]) -> str:
    """Say how often the order of the texts, and not the texts, decided."""
    pairs = [(one, other) for one, other in zip(values[::2], values[1::2], strict=False)]
    known = [(one, other) for one, other in pairs if one is not None and other is not None]
    turned = sum(one != other for one, other in known)
    return f"; the order changed {turned} of {len(known)} pairs" if known else ""


def _detail(ask: Ask, votes: Sequence[Vote], answers: Sequence[Completion | None]) -> str | None:
    """Keep what the judges wrote."""
    said: list[str] = []
    for number, (vote, answer) in enumerate(zip(votes, answers, strict=True)):
        if answer is None:
            continue
        by = f", {answer.served_model}" if answer.served_model else ""
        order = ", texts swapped" if ask.swapped(number) else ""
        words = vote.words or vote.why_not
        said.append(f"vote {number + 1}{by}{order}: {words.strip()}")
    return "\n\n".join(said) or None
