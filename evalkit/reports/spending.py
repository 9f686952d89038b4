"""What a run took, in words: money, tokens, calls asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.findings import Spent
from evalkit.reports.format import count, dollars
from evalkit.types import Usage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from evalkit.findings import Summary

_PARTS = (("cached_tokens", "cached"), ("cache_write_tokens", "put into a cache"), ("reasoning_tokens", "reasoning"))


def added(taken: Collection[Spent]) -> Spent:
    """Add up what several providers took; what is not known of one that answered is not known of all."""
    answering = [each for each in taken if each.answers]
    return Spent(
        answers=sum(each.answers for each in taken),
        cost_usd=_known(each.cost_usd for each in taken),
        unpriced=sum(each.unpriced for each in taken),
        reused_usd=sum(each.reused_usd for each in taken),
        tokens=Usage(
            _all(each.tokens.input_tokens for each in answering),
            _all(each.tokens.output_tokens for each in answering),
            *(_whole(getattr(each.tokens, kind) for each in taken) for kind, _ in _PARTS),
        ),
        retries=sum(each.retries for each in taken),
        errors=sum(each.errors for each in taken),
    )


def _known(amounts: Iterable[float | None]) -> float | None:
    stated = [amount for amount in amounts if amount is not None]
    return sum(stated) if stated else None


def _whole(counts: Iterable[int | None]) -> int | None:
    stated = [each for each in counts if each is not None]
    return sum(stated) if stated else None


def _all(counts: Iterable[int | None]) -> int | None:
    gathered = list(counts)
    return None if None in gathered or not gathered else _whole(gathered)


def spending_lines(summary: Summary) -> list[str]:
    """Say what a run cost, which tokens it took, and how often it was asked again; empty when nothing was drawn."""
    if not summary.spent:
        return []
    total = added(summary.spent.values())
    calls = f"calls asked again: {total.retries:,}; errors: {total.errors:,}"
    return [f"cost: {_cost(summary, total)}", f"tokens: {_tokens(total.tokens)}; {calls}"]


def _cost(summary: Summary, total: Spent) -> str:
    line = _amount(total)
    answering = {provider: each for provider, each in summary.spent.items() if each.answers}
    if len(answering) > 1:
        line += f" ({', '.join(f'{provider} {_amount(each)}' for provider, each in answering.items())})"
    if total.unpriced and total.cost_usd is not None:
        line += f"; the price of {count(total.unpriced, 'answer')} is not known"
    if total.reused_usd:
        line += f"; earlier runs paid {dollars(total.reused_usd)} of it"
    return line


def _amount(spent: Spent) -> str:
    if not spent.answers:
        return "nothing was answered"
    if spent.cost_usd is None:
        return "not known"
    return ("at least " if spent.unpriced else "") + dollars(spent.cost_usd)


def _tokens(tokens: Usage) -> str:
    cached, written, reasoned = ((getattr(tokens, kind), name) for kind, name in _PARTS)
    of_prompts = [f"{amount:,} {name}" for amount, name in (cached, written) if amount is not None]
    of_answers = [f"{amount:,} {name}" for amount, name in (reasoned,) if amount is not None]
    return f"{_kind(tokens.input_tokens, 'in', of_prompts)}, {_kind(tokens.output_tokens, 'out', of_answers)}"


def _kind(amount: int | None, name: str, parts: list[str]) -> str:
    shown = f"{'not known' if amount is None else f'{amount:,}'} {name}"
    return f"{shown} ({', '.join(parts)})" if parts else shown
