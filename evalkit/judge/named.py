"""Finds out who judges a suite."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from evalkit.errors import UsageError
from evalkit.judge.lookup import judges_named
from evalkit.load import load_profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.project import Project
    from evalkit.types import Case, Profile, Suite


def load_judges(suite: Suite, project: Project, cases: Sequence[Case], judge: str | None) -> tuple[Profile, ...]:
    """Load the profiles of the judges that cases ask.

    Args:
        suite: Names who judges where a constraint does not.
        project: Where profiles are found.
        cases: Those that are run.
        judge: Who judges in the suite's place; None for the suite's.

    Raises:
        UsageError: Nobody is named.
        ProfileError: A profile cannot be read.
    """
    demanded = [case.constraints for case in cases] + [system.constraints for system in suite.systems.values()]
    names = judges_named(chain.from_iterable(demanded), judge or suite.judge)
    if None in names:
        raise UsageError(
            f"a constraint of suite {suite.name} asks a judge, and none is named",
            hint="write `judge: PROFILE` in the suite, `by: PROFILE` in the constraint, or give --judge PROFILE",
        )
    return tuple(load_profile(name, project) for name in dict.fromkeys(names) if name is not None)
