"""Makes a run a baseline, or puts it in the place of one: what the command line and a test run do alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.baselines.baseline import baseline_path, read_baseline
from evalkit.baselines.changes import changes
from evalkit.baselines.files import save_baseline
from evalkit.baselines.fitness import fitness, refuse_unfit
from evalkit.baselines.merge import Merged, kept_cells, merge_sketches, refuse_mixture
from evalkit.cells import scored_cells
from evalkit.judge.pending import open_votes
from evalkit.measuring import run_measured
from evalkit.runs import suite_of

if TYPE_CHECKING:
    from evalkit.baselines.changes import RowChange
    from evalkit.baselines.files import SavedFile
    from evalkit.measured import Measured
    from evalkit.project import Project
    from evalkit.sketches import Sketches
    from evalkit.store import Store
    from evalkit.types import Run, Suite


@dataclass(frozen=True, slots=True)
class Promoted:
    """What became of a baseline.

    Attributes:
        changes: What the run changes in it, row by row.
        kept: Cells that the run lacks and the baseline has kept.
        files: That were written, or say the same already.
    """

    changes: tuple[RowChange, ...]
    kept: int
    files: tuple[SavedFile, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run that can be a baseline.

    Attributes:
        measured: What it scored.
    """

    run: Run
    suite: Suite
    store: Store
    measured: Measured

    def sketches(self) -> Sketches:
        """Sketch its texts, so that later runs can be asked whether their answers differ."""
        from evalkit.sketches import sketch_cells  # noqa: PLC0415 - needs numpy

        return sketch_cells(scored_cells(self.store, self.run, self.suite))


def candidate(store: Store, run: Run, *, allow_incomplete: bool = False) -> Candidate:
    """Return a run that can be a baseline.

    Args:
        store: Where it is.
        run: The run.
        allow_incomplete: Whether it may lack draws, or too many of them may have failed.

    Raises:
        BaselineError: It cannot be one.
    """
    suite = suite_of(run)
    measured = run_measured(store, run, suite)
    refuse_unfit(
        fitness(measured),
        run.id,
        max_failed=suite.max_failed,
        unjudged=sum(1 for _ in open_votes(store, run, suite)),
        allow_incomplete=allow_incomplete,
    )
    return Candidate(run, suite, store, measured)


def promote(name: str, found: Candidate, project: Project, *, drop: bool = False, sketched: bool = True) -> Promoted:
    """Put a run in the place of a baseline; what the run lacks is kept from it as it was.

    Args:
        name: The baseline's.
        found: The run.
        project: Where baselines are.
        drop: Whether cells that the run lacks are dropped instead.
        sketched: Whether sketches of its texts are kept beside it.

    Raises:
        BaselineError: There is no baseline of that name, or what would be kept was measured in another way, or a file
            cannot be written.
    """
    old = read_baseline(name, project)
    kept = {} if drop else kept_cells(old, found.measured)
    refuse_mixture(old, found.measured, kept)
    new: Measured = Merged(old, found.measured) if kept else found.measured
    sketches = found.sketches() if sketched else None
    before = old.sketches() if kept and sketches is not None else None
    if sketches is not None and before is not None:
        sketches = merge_sketches(before, sketches, new)
    changed = tuple(changes(old, new))
    files = save_baseline(name, new, project, sketches=sketches, replace=True)
    return Promoted(changed, sum(kept.values()), tuple(files))


def save_or_promote(name: str, found: Candidate, project: Project) -> Promoted:
    """Make a run a baseline, in the place of one of that name where there is one.

    Raises:
        BaselineError: As for `promote`, or the name cannot be one.
    """
    if baseline_path(name, project).exists():
        return promote(name, found, project)
    files = save_baseline(name, found.measured, project, sketches=found.sketches())
    return Promoted((), 0, tuple(files))
