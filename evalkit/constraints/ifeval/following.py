"""What all IFEval instructions share: a blank answer follows none, and counts are compared in one of two ways.

Source: Zhou et al. 2023, "Instruction-Following Evaluation for Large Language Models", and its published checker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import counted
from evalkit.constraints.validation import check_limit
from evalkit.errors import ArgumentError

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score, Span


def following(
    text: str, reason: str, spans: tuple[Span, ...] = (), *, met: bool, whole: bool, final: Final = "neither"
) -> Score:
    """Turn what was found into a score; a blank text follows nothing, whatever was found in it."""
    if not text.strip():
        return verdict("blank, so it follows nothing", met=False, whole=whole, final="neither")
    return verdict(reason, spans, met=met, whole=whole, final=final)


def check_relation(at_least: int | None, less_than: int | None) -> None:
    """Demand exactly one of the two, as IFEval has no other relation.

    Raises:
        ArgumentError: Both or neither is given, or it is no whole number of 0 or more.
    """
    if (at_least is None) == (less_than is None):
        raise ArgumentError(
            "exactly one of `at_least` and `less_than` must be given", path=(), hint="for example `{at_least: 3}`"
        )
    if at_least is not None:
        check_limit("at_least", at_least)
    if less_than is not None:
        check_limit("less_than", less_than)


def compared(
    text: str,
    count: int,
    noun: str,
    *,
    at_least: int | None,
    less_than: int | None,
    whole: bool,
    grows: bool,
    spans: tuple[Span, ...] = (),
) -> Score:
    """Hold a count against the one limit that is given.

    Args:
        text: What was counted in.
        count: How many there are.
        noun: Of what, in the singular.
        at_least: The limit from below, or None.
        less_than: The limit from above, itself not allowed, or None.
        whole: False when the text was cut off.
        grows: Whether more text can only add to the count.
        spans: What was counted.
    """
    met = count >= at_least if at_least is not None else less_than is not None and count < less_than
    wanted = f"at least {at_least:,}" if at_least is not None else f"fewer than {less_than:,}"
    final: Final = "neither" if not grows else "met" if at_least is not None else "broken"
    return following(text, f"{counted(count, noun)}, {wanted} wanted", spans, met=met, whole=whole, final=final)
