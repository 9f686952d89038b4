"""Writes what failed as a good assertion does: what was demanded, what came, the words with their places marked.

A message has at most 25 lines of 100 columns. Models wrote what it quotes, so that nothing of theirs is written as is;
see `evalkit.excerpt`.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.excerpt import excerpt, in_lines
from evalkit.measured import OF_CONSTRAINT
from evalkit.reports.differences import differences, written_difference
from evalkit.reports.format import count, estimate
from evalkit.score import judged_text
from evalkit.summarise.levels import loose_of
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.findings import Estimate
    from evalkit.plugin.case_thresholds import Side
    from evalkit.project import Project
    from evalkit.types import Draw, Judged, Run, SettingValue
    from evalkit.verdicts import Span, Verdict

COLUMNS = 100
LINES = 25
_BROKEN = 4
"""Constraints that are named, the most often broken first."""
_DETAIL = 3
"""Last lines of what more a verdict has to say, such as a traceback."""
_WORDS = 8
_NAMED = 3
"""Verdicts of one draw that are told."""
_QUOTE = "  | "
_HANGING = "  "
_MOST = 3
"""Lines of one sentence."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    """By which number draws are told to be good or bad.

    Attributes:
        measure: A level of adherence, or `constraint:NAME`.
        side: Whether the measure should reach something, or stay below it.
    """

    measure: str = "adherence"
    side: Side = "at_least"

    @property
    def loose(self) -> bool:
        """Whether it is about the loose verdicts."""
        return self.measure.endswith("_loose")

    def telling(self, draw: Draw) -> list[Verdict]:
        """Return the verdicts that count against a draw: broken ones, or met ones of what should not be."""
        return [each for each in draw.scored.verdicts if self._counts(each) and self._against(each)]

    def score(self, draw: Draw) -> float | None:
        """Return what a draw scores; None where that is undecided."""
        verdicts = [each for each in draw.scored.verdicts if each.applies]
        if self.measure.startswith(OF_CONSTRAINT) or self.measure in _SOURCES:
            values = [each.value for each in verdicts if self._counts(each) and each.value is not None]
            return sum(values) / len(values) if values else None
        if self.measure.startswith("full_"):
            loose = loose_of([each.loose for each in verdicts]).full_adherence
            return loose if self.loose else draw.scored.full_adherence
        return loose_of([each.loose for each in verdicts]).adherence if self.loose else draw.scored.adherence

    def _counts(self, verdict: Verdict) -> bool:
        if self.measure.startswith(OF_CONSTRAINT):
            return verdict.constraint == self.measure.removeprefix(OF_CONSTRAINT)
        return verdict.source == _SOURCES.get(self.measure, verdict.source)

    def _against(self, verdict: Verdict) -> bool:
        value = verdict.loose if self.loose else verdict.value
        if value is None:
            return False
        return value < 1 if self.side == "at_least" else value > 0


_SOURCES = {"adherence_system": "system", "adherence_case": "case"}


@dataclass(frozen=True, slots=True)
class Where:
    """How to see the rest of a draw.

    Attributes:
        run: The run's id; None for draws that are in no store.
        provider: Who was asked; None where the run asks nobody else.
        project: Root of the project, where it is not the one around the working directory.
    """

    run: str | None = None
    provider: str | None = None
    project: str | None = None

    @classmethod
    def of(cls, run: Run, provider: str, project: Project) -> Where:
        """Find out what `evalkit show` must be told from here."""
        several = len(run.selection["providers"]) > 1
        here = Path.cwd().resolve().is_relative_to(project.root)
        return cls(run.id, provider if several else None, None if here else str(project.root))

    def show(self, position: int) -> str | None:
        """Return the command that shows one draw; None where nothing does."""
        sample = f"{position}" if self.provider is None else f"{self.provider}:{position}"
        return self.command("show", sample)

    def command(self, name: str, *arguments: str) -> str | None:
        """Return a command on the run, to be typed as it is."""
        if self.run is None:
            return None
        project = () if self.project is None else ("--project", self.project)
        return shlex.join(("evalkit", *project, name, self.run, *arguments))


@dataclass(frozen=True, slots=True)
class Failing:
    """A case that failed.

    Attributes:
        draws: All that there are of it.
        requested: Settings that were asked for.
        found: What the case came to.
        why: What was demanded, and how far the case is from it; one sentence a line.
        yardstick: What it failed by.
        judged: Which texts were judged.
        where: How to see the rest.
    """

    draws: Sequence[Draw]
    requested: Mapping[str, SettingValue]
    found: Estimate | None
    why: Sequence[str]
    yardstick: Yardstick
    where: Where
    judged: Judged = "answer"


def case_failure(failing: Failing) -> tuple[str, ...]:
    """Write why a case failed; the first line says the most, for a summary shows it alone."""
    worst = worst_draw(failing.draws, failing.yardstick)
    broken = _broken(failing)
    head = [_headline(failing, broken), *(f"  {line}" for line in failing.why[:3])]
    if len(broken) > 1:
        more = f" and {len(broken) - _BROKEN} more" if len(broken) > _BROKEN else ""
        head.append("  also: " + "; ".join(broken[1:_BROKEN]) + more)
    if worst is None:
        return fitted(head)
    words = quoted(worst, failing.yardstick, failing.judged)
    return fitted(head, words, _settings(worst, failing.requested), failing.where.show(worst.position))


def worst_draw(draws: Iterable[Draw], yardstick: Yardstick) -> Draw | None:
    """Return the draw with the worst score, the first of those that are alike; None where none has a score."""
    scored = [(score, draw) for draw in draws if (score := yardstick.score(draw)) is not None]
    if not scored:
        return None
    sign = 1 if yardstick.side == "at_least" else -1
    return min(scored, key=lambda each: sign * each[0])[1]


def quoted(
    draw: Draw, yardstick: Yardstick, judged: Judged, *, lines: int = _WORDS, detail: int = _DETAIL
) -> list[str]:
    """Say what one draw was told, and show its words.

    Args:
        draw: The draw.
        yardstick: Which verdicts count against it.
        judged: Which text was judged.
        lines: How much of the text to show.
        detail: How much of what more there is to read.
    """
    telling = yardstick.telling(draw)
    name = f"draw {draw.repeat + 1}"
    if not telling:
        return [name, *_words(draw, (), judged, lines)]
    # The one whose places are marked comes last, right above the words.
    placed = next((each for each in telling if each.spans), telling[0])
    named = [*[each for each in telling if each is not placed][: _NAMED - 1], placed]
    verb = "breaks" if yardstick.side == "at_least" else "meets"
    said: list[str] = []
    for each in named:
        whose = "" if each.source == "case" else " of the system prompt"
        said.append(f"{name} {verb} {each.constraint}{whose}: {each.reason}")
        if each.detail and detail:
            said += [f"    {line}" for line in each.detail.strip().splitlines()[-detail:]]
    return [*(line for each in said for line in _lines(each)), *_words(draw, placed.spans, judged, lines)]


def _words(draw: Draw, spans: Sequence[Span], judged: Judged, lines: int) -> Iterator[str]:
    text = judged_text(draw.completion, judged)
    if not text:
        what = {"refusal": "the model refused", "complete": "the text is empty"}.get(draw.completion.outcome)
        yield f"  ({what or f'there is no text: {draw.completion.outcome}'})"
        return
    yield from (_QUOTE + line for line in excerpt(text, spans, lines=lines, columns=COLUMNS - len(_QUOTE)))


def _headline(failing: Failing, broken: Sequence[str]) -> str:
    measure = failing.yardstick.measure
    found = f"{measure.removeprefix(OF_CONSTRAINT)} {estimate(failing.found)}"
    return f"{broken[0]}: {found}" if broken else found


def _broken(failing: Failing) -> list[str]:
    """Say of each constraint in how many draws it counts against the case, the most often first."""
    against: dict[str, int] = {}
    decided = 0
    for draw in failing.draws:
        decided += failing.yardstick.score(draw) is not None
        for name in dict.fromkeys(each.constraint for each in failing.yardstick.telling(draw)):
            against[name] = against.get(name, 0) + 1
    verb = "broken" if failing.yardstick.side == "at_least" else "met"
    ranked = sorted(against.items(), key=lambda each: -each[1])
    return [f"{name} {verb} in {times} of {count(decided, 'draw')}" for name, times in ranked]


def _settings(draw: Draw, requested: Mapping[str, SettingValue]) -> Iterator[str]:
    """Say under what settings a draw was made, and by whom."""
    completion = draw.completion
    applied = {name: value for name, value in sorted(completion.applied.items()) if name != "seed"}
    if applied:
        yield "applied: " + ", ".join(f"{name} {shown(value)}" for name, value in applied.items())
    other = differences(requested, completion.applied)
    if other:
        yield "not as asked: " + "; ".join(map(written_difference, other))
    if completion.served_model is not None:
        yield f"served by {completion.served_model}"


def fitted(
    head: Iterable[str], middle: Sequence[str] = (), foot: Iterable[str] = (), command: str | None = None
) -> tuple[str, ...]:
    """Put lines together so that they fit.

    Args:
        head: What is said first; what is too long for a line goes on in the next.
        middle: Lines that fit; of these as many are left out as there is no room for.
        foot: As for `head`.
        command: What shows the rest; it is the one line that may be longer, for it is to be typed.
    """
    first, last = [line for each in head for line in _lines(each)], [line for each in foot for line in _lines(each)]
    if command is not None:
        last.append(f"see all of it: {command}")
    room = LINES - len(last)
    return (*first[:room], *middle[: max(0, room - len(first))], *last)


def _lines(text: str) -> list[str]:
    """Wrap a text, further indented from the second line on."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    first, *others = in_lines(text, COLUMNS - len(indent) - len(_HANGING), most=_MOST)
    return [indent + first, *(indent + _HANGING + each for each in others)]
