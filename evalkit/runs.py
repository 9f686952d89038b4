"""Opens runs in the store: new ones, and those that go on."""

from __future__ import annotations

import platform
import secrets
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evalkit.errors import UsageError
from evalkit.load import rebuild
from evalkit.prepare import prepare
from evalkit.resuming import check_profiles
from evalkit.rounds import Looks
from evalkit.selection import read_selection
from evalkit.types import RESPONSES
from evalkit.works import works_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from evalkit.prepare import Prepared
    from evalkit.project import Project
    from evalkit.store import Store
    from evalkit.types import Run, Suite


def start_run(prepared: Prepared, store: Store, *, seed: int | None = None) -> Run:
    """Open a new run in the store.

    Args:
        prepared: What to run.
        store: Where.
        seed: From `--seed`; None takes the suite's, and draws one where the suite has none.

    Raises:
        ProfileError: No adapter can be built, so that there would be nothing in the run.
    """
    suite = prepared.suite
    works_of(prepared, 0, seed_drawn=False)
    seed_from: Literal["option", "suite", "drawn"]
    if seed is not None:
        chosen, seed_from = seed, "option"
    elif suite.seed is not None:
        chosen, seed_from = suite.seed, "suite"
    else:
        chosen, seed_from = secrets.randbits(63), "drawn"
    return store.create_run(
        suite,
        seed=chosen,
        seed_from=seed_from,
        selection=prepared.selection.to_json(),
        planned=prepared.due(None if prepared.rounds is None else Looks(prepared.rounds.ends)),
        versions=versions(),
        profiles=prepared.everyone,
    )


def versions() -> dict[str, str]:
    """Return what a run records of the software that made it."""
    return {
        "evalkit": version("prompt-evalkit"),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def suite_of(run: Run) -> Suite:
    """Build the suite of a stored run as it was; own code beside its file is looked for where the file was."""
    return rebuild(run.document, path=None if run.suite_path is None else Path(run.suite_path))


def reopen_run(run: Run, project: Project, *, begun: Collection[str] | None = None) -> Prepared:
    """Prepare a stored run for its missing samples: its own suite, its own selection, today's profiles.

    Args:
        run: The run.
        project: Where profiles are found.
        begun: Providers that have given the run something, so that their profiles must be as they were; None for all.

    Raises:
        UsageError: A profile has changed in what shapes answers, so that new draws would not belong to this run.
    """
    if any(run.profiles[name]["adapter"] == RESPONSES for name in run.selection["providers"]):
        raise UsageError(
            f"run {run.id} is made of texts that came from elsewhere, so that there is nobody to ask for more",
            hint="`evalkit score SUITE --responses FILE` takes them with the missing ones as a new run",
        )
    prepared = prepare(suite_of(run), project, read_selection(run.selection))
    check_profiles(run, prepared.everyone if begun is None else [p for p in prepared.everyone if p.name in begun])
    return prepared
