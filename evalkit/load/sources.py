"""Refuses gates on adherence by source where the source that they look at demands nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.gate import Gate
    from evalkit.load.cursor import Cursor
    from evalkit.types import Suite


def check_sources(suite: Suite, gates: Cursor | None) -> None:
    """Refuse gates on `adherence_system` or `adherence_case` that could never be decided.

    Args:
        suite: As it was built.
        gates: Its list of gates; None when it has none.

    Raises:
        SuiteError: No system prompt that a gate looks at demands anything, or no case does.
    """
    if gates is None:
        return
    for gate, cursor in zip(suite.gates, gates.list(), strict=True):
        measure = cursor.child("measure")
        if gate.measure == "adherence_system" and not _demanding(suite, gate):
            which = " that `where` chooses" if "system" in gate.where else ""
            measure.fail(
                f"adherence_system is the share of what system prompts demand, and no system prompt{which} demands any"
                "thing",
                hint="give an entry of `systems` its `constraints`, or gate on adherence",
            )
        if gate.measure == "adherence_case":
            if not any(case.constraints for case in suite.cases):
                measure.fail(
                    "adherence_case is the share of what cases demand, and no case demands anything",
                    hint="add `constraints`, or gate on adherence_system",
                )
            if not any(system.constraints for system in suite.systems.values()):
                measure.fail(
                    "adherence_case is told apart from adherence only where system prompts demand something, and none"
                    " does",
                    hint="gate on adherence, which is the same here",
                )


def _demanding(suite: Suite, gate: Gate) -> bool:
    """Tell whether a system prompt that a gate looks at demands anything."""
    looked_at = gate.where.get("system", suite.axes.get("system", ()))
    return any(suite.systems[str(name)].constraints for name in looked_at if name is not None)
