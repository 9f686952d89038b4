"""What judging a stored run again has changed: which constraints say something else, of which samples."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.verdicts import Scored, Verdict

_SAMPLES_NAMED = 10
_CHANGES_NAMED = 30

_Step: TypeAlias = tuple[str, str]
"""What was said before and what is said now, in words."""


@dataclass(slots=True)
class _Changed:
    """Samples of which a constraint went through one step."""

    count: int = 0
    samples: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class Revision:
    """Old and new verdicts of a run, compared one completion at a time.

    Attributes:
        completions: Those that had been judged before.
        differing: Those of which any verdict is another than before, strict or loose.
        first_judged: Those that had not been judged.
        steps: By constraint, how often each change happened.
        added: By constraint, of how many completions it was not asked before.
        removed: By constraint, of how many it is not asked any more.
        versions: By constraint, the versions that judged before and that judge now, where they differ.
    """

    completions: int = 0
    differing: int = 0
    first_judged: int = 0
    steps: dict[str, dict[_Step, _Changed]] = field(default_factory=dict[str, "dict[_Step, _Changed]"])
    added: Counter[str] = field(default_factory=Counter[str])
    removed: Counter[str] = field(default_factory=Counter[str])
    versions: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])

    def compare(self, sample: str, before: Scored | None, now: Scored) -> None:
        """Take in one completion.

        Args:
            sample: As `evalkit show` takes it.
            before: What was said of it; None when it had not been judged.
            now: What is said.
        """
        if before is None:
            self.first_judged += 1
            return
        self.completions += 1
        old, new = _numbered(before), _numbered(now)
        differs = False
        for key in dict.fromkeys((*old, *new)):
            differs |= self._compare_verdicts(sample, key[0], old.get(key), new.get(key))
        self.differing += differs

    def _compare_verdicts(self, sample: str, name: str, old: Verdict | None, new: Verdict | None) -> bool:
        if old is None or new is None:
            (self.added if old is None else self.removed)[name] += 1
            return True
        if old.version != new.version:
            self.versions[name] = (old.version, new.version)
        step = _step(old, new)
        if step is None:
            return False
        changed = self.steps.setdefault(name, {}).setdefault(step, _Changed())
        changed.count += 1
        if len(changed.samples) < _SAMPLES_NAMED:
            changed.samples.append(sample)
        return True


def _numbered(scored: Scored) -> dict[tuple[str, int], Verdict]:
    """Return verdicts by the constraint's name, and its number among those of that name."""
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], Verdict] = {}
    for verdict in scored.verdicts:
        found[verdict.constraint, seen[verdict.constraint]] = verdict
        seen[verdict.constraint] += 1
    return found


def _step(old: Verdict, new: Verdict) -> _Step | None:
    if old.value != new.value:
        return _word(old.value), _word(new.value)
    if old.loose != new.loose:
        return f"loosely {_word(old.loose)}", f"loosely {_word(new.loose)}"
    return None


def _word(value: float | None) -> str:
    return "undecided" if value is None else {1.0: "met", 0.0: "broken"}.get(value, f"{value:.2f}")


def revision_lines(revision: Revision) -> Iterator[str]:
    """Say what has changed, the most frequent changes of each constraint first."""
    yield f"{revision.differing:,} of {revision.completions:,} completions are judged differently than before"
    if revision.first_judged:
        yield f"completions that had not been judged before: {revision.first_judged:,}"
    for name, (before, now) in revision.versions.items():
        yield f"{name}: version {before} judged before, version {now} judges now"
    for name, count in revision.added.items():
        yield f"{name}: new for {_completions(count)}"
    for name, count in revision.removed.items():
        yield f"{name}: no longer asked of {_completions(count)}"
    lines = [
        f"{name}: {before} before, {now} now: {changed.count:,} ({_samples(changed)})"
        for name, steps in revision.steps.items()
        for (before, now), changed in sorted(steps.items(), key=lambda step: -step[1].count)
    ]
    yield from lines[:_CHANGES_NAMED]
    if len(lines) > _CHANGES_NAMED:
        yield f"and {len(lines) - _CHANGES_NAMED:,} more kinds of change"


def _completions(count: int) -> str:
    return "1 completion" if count == 1 else f"{count:,} completions"


def _samples(changed: _Changed) -> str:
    more = changed.count - len(changed.samples)
    noun = "sample" if changed.count == 1 else "samples"
    return f"{noun} {', '.join(changed.samples)}{f' and {more:,} more' if more else ''}"
