"""The verdicts of one completion, in words, and the places that they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.summarise.levels import loose_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.verdicts import Scored, Verdict

_QUOTED = 5
_MARKED = 20
"""Places of one verdict that are marked in the text."""


def level_line(scored: Scored) -> str:
    """Say what the verdicts come to, strict and loose."""
    loose = loose_of([verdict.loose for verdict in scored.verdicts])
    return (
        f"adherence {_share(scored.adherence)}, loosely {_share(loose.adherence)}; "
        f"all met: {_all(scored.full_adherence)}, loosely {_all(loose.full_adherence)}"
    )


def verdict_lines(scored: Scored, text: str) -> Iterator[str]:
    """Write two lines for each verdict, what it says and what it is of, and below them what more there is to read."""
    for number, verdict in enumerate(scored.verdicts, start=1):
        quoted = "; ".join(repr(text[span.start : span.end]) for span in verdict.spans[:_QUOTED])
        where = f" at {quoted}" if quoted else ""
        yield f"{number:>3} {_word(verdict.value):>9}  {verdict.constraint}: {verdict.reason}{where}"
        yield f"{'':>13}  {_facts(verdict)}"
        if verdict.detail:
            yield from (f"{'':>13}  | {line}" for line in verdict.detail.splitlines())


def _facts(verdict: Verdict) -> str:
    source = "of the system prompt" if verdict.source == "system" else "of the case"
    facts = [verdict.family, source, verdict.ifeval_id, f"loosely {_word(verdict.loose)}"]
    return "; ".join(fact for fact in facts if fact)


def marked(scored: Scored, text: str) -> str | None:
    """Put the numbers of verdicts around the places that they rest on; None when none names a place.

    Of one verdict's places the first twenty are marked.

    >>> from evalkit.verdicts import Scored, Span, Verdict
    >>> verdicts = (Verdict("a", 0.0, 0.0, "", (Span(0, 5),)), Verdict("b", 0.0, 0.0, "", (Span(3, 9),)))
    >>> marked(Scored(verdicts), "Kafka is it")
    '<1|Kaf<2|ka|1> is |2>it'
    """
    marks: list[tuple[int, int, str]] = []
    for number, verdict in enumerate(scored.verdicts, start=1):
        for span in verdict.spans[:_MARKED]:
            # At one place an empty range opens and closes first, then what ends there closes, then the next opens.
            empty = span.start == span.end
            marks.append((span.start, 0 if empty else 2, f"<{number}|"))
            marks.append((span.end, 0 if empty else 1, f"|{number}>"))
    if not marks:
        return None
    parts: list[str] = []
    done = 0
    for place, _, mark in sorted(marks, key=lambda each: each[:2]):
        parts += (text[done:place], mark)
        done = place
    return "".join((*parts, text[done:]))


def _word(value: float | None) -> str:
    if value is None:
        return "undecided"
    return {1.0: "met", 0.0: "broken"}.get(value, f"{value:.2f}")


def _share(value: float | None) -> str:
    return "undecided" if value is None else f"{value:.2f}"


def _all(value: float | None) -> str:
    return "undecided" if value is None else "yes" if value == 1 else "no"
