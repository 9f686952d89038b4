"""The registered constraints as their own examples write them, for tests that hold all of them to something."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.arguments import construct
from evalkit.constraints.composite import within
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.constraints.scope import InReasoning, Scope
from evalkit.constraints.walk import every_part
from evalkit.protocols import Context
from evalkit.types import Case, Completion, Condition, Message

if TYPE_CHECKING:
    from evalkit.constraints.examples import Examples
    from evalkit.protocols import Constraint
    from evalkit.types import Outcome

OWN = Path(__file__).parent / "own"
"""Files that examples name."""
NAMES = sorted(name for name in CONSTRAINTS.builtins if not getattr(CONSTRAINTS.get(name), "asks_judge", False))
"""All but those that a model would have to judge."""


def example(name: str) -> tuple[Constraint, Examples]:
    """Build the constraint that an example writes, and tell it what the example's prompt was."""
    examples: Examples = CONSTRAINTS.get(name).examples
    spec = name if examples.arguments is None else {name: examples.arguments}
    constraint = construct(CONSTRAINTS, spec, beside=OWN)
    if _looks_elsewhere(constraint):
        return constraint, examples  # `about` tells it
    return within(constraint, _context(Completion("complete"), examples.prompt, examples.system)), examples


def texts(examples: Examples) -> list[str]:
    """Return the texts that an example shows."""
    shown: tuple[str | None, ...] = (examples.met, examples.broken, examples.undecided)
    return [text for text in shown if text is not None]


def about(constraint: Constraint, text: str, *, whole: bool) -> Constraint:
    """Tell a constraint that looks at a text of its own that it is this one; leave others as they are."""
    if not _looks_elsewhere(constraint):
        return constraint
    outcome: Outcome = "complete" if whole else "truncated"
    reasons = any(isinstance(each, InReasoning) for each in every_part(constraint))
    completion = Completion(outcome, "" if reasons else text, reasoning=text if reasons else "")
    return within(constraint, _context(completion, "Say one thing."))


def _looks_elsewhere(constraint: Constraint) -> bool:
    return any(isinstance(each, Scope) for each in every_part(constraint))


def _context(completion: Completion, prompt: str, system: str | None = None) -> Context:
    told = () if system is None else (Message("system", system),)
    return Context(Case("example", prompt), Condition(), (*told, Message("user", prompt)), completion, ())
