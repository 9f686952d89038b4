"""The registered constraints as their own examples write them, for tests that hold all of them to something."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.arguments import construct
from evalkit.constraints.composite import walked, within
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.constraints.scope import SCOPES, InReasoning
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
    """Build the constraint that an example writes."""
    examples: Examples = CONSTRAINTS.get(name).examples
    spec = name if examples.arguments is None else {name: examples.arguments}
    return construct(CONSTRAINTS, spec, beside=OWN), examples


def texts(examples: Examples) -> list[str]:
    """Return the texts that an example shows."""
    shown: tuple[str | None, ...] = (examples.met, examples.broken, examples.undecided)
    return [text for text in shown if text is not None]


def about(constraint: Constraint, text: str, *, whole: bool) -> Constraint:
    """Tell a constraint that looks at a text of its own that it is this one; leave others as they are."""
    if not any(isinstance(each, SCOPES) for each in walked(constraint)):
        return constraint
    outcome: Outcome = "complete" if whole else "truncated"
    reasons = any(isinstance(each, InReasoning) for each in walked(constraint))
    completion = Completion(outcome, "" if reasons else text, reasoning=text if reasons else "")
    messages = (Message("user", "Say one thing."),)
    return within(constraint, Context(Case("one", "Say one thing."), Condition(), messages, completion, ()))
