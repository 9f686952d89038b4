"""What later reports say of a probe: that there was one, when, and what it found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.errors import ProfileError
from evalkit.findings import ProbeNote
from evalkit.probe.findings import contradiction
from evalkit.probe.record import probe_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from evalkit.findings import KnobNote
    from evalkit.probe.findings import Finding, Probed
    from evalkit.project import Project
    from evalkit.types import Run, Suite


def probes_of(run: Run, project: Project, warn: Callable[[str], None]) -> dict[str, Probed]:
    """Return the probes of the models that a run asked, by provider.

    Args:
        run: The run.
        project: Where the probes are.
        warn: Is told of one that cannot be read; the report goes on without it.
    """
    found: dict[str, Probed] = {}
    for name, profile in run.profiles.items():
        try:
            probed = probe_of(name, profile["adapter"], profile["model"], profile["base_url"], project)
        except ProfileError as error:
            warn(error.message)
            continue
        if probed is not None:
            found[name] = probed
    return found


def cited(notes: Iterable[KnobNote], probes: Mapping[str, Probed]) -> tuple[KnobNote, ...]:
    """Add to what is known of settings what probes found of them."""
    return tuple(replace(note, probed=_note(note, probes.get(note.provider))) for note in notes)


def _note(note: KnobNote, probed: Probed | None) -> ProbeNote | None:
    finding = None if probed is None else probed.finding(note.setting)
    if probed is None or finding is None or not finding.answered:
        return None
    return ProbeNote(probed.date[:10], finding.verdict, contradiction(note.state, finding.verdict))


def probe_notes(suite: Suite, notes: Iterable[KnobNote], probes: Mapping[str, Probed]) -> Iterator[str]:
    """Say what probes found of what a suite varies, in sentences for every report.

    Args:
        suite: The suite.
        notes: What is known of the settings it asks for, probes included.
        probes: By provider.
    """
    for note in notes:
        probed = probes.get(note.provider)
        if note.probed is not None and probed is not None:
            against = f", though {note.probed.contradiction}" if note.probed.contradiction else ""
            yield f"{_verdict(probed, note.setting, note.probed.verdict)}{against}"
            if note.setting == "temperature":
                for check in ("effective_temperature", "determinism"):
                    yield from _told(probed, probed.finding(check))
    for probed in probes.values():
        if suite.systems:
            yield from _told(probed, probed.finding("system_prompt"))
        served = probed.finding("served_model")
        if served is not None and served.verdict == "another_model":
            yield from _told(probed, served)


def _told(probed: Probed, finding: Finding | None) -> Iterator[str]:
    if finding is not None and finding.answered:
        yield f"{_verdict(probed, finding.check, finding.verdict)} ({finding.why})"


def _verdict(probed: Probed, check: str, verdict: str) -> str:
    name, said = check.replace("effective_", "effective ").replace("system_prompt", "system prompt"), verdict
    return f"{name} on {probed.provider}: probed {probed.date[:10]}: {said.replace('_', ' ')}"
