"""A report with everything that a report can hold, made by hand: two providers, three axes, and hostile text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.findings import (
    Change,
    Compared,
    Comparison,
    Demand,
    Estimate,
    JudgedGate,
    KnobNote,
    Needed,
    Operating,
    Pooled,
    Report,
    Row,
    Spent,
    Standing,
    Summary,
)
from evalkit.history import History, Night
from evalkit.outcome import ChangeMark, Held, Point
from evalkit.types import Cell, Completion, Condition, Draw, LeftOut, Usage
from evalkit.verdicts import Scored, Span, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.findings import Decision
    from evalkit.outcome import State
    from evalkit.types import Outcome, Scalar, SettingValue

HOSTILE = "=1+1|\n<script>alert(1)</script> [a](http://x) \x1b[31m"
DIRICHLET = "Dirichlet bound over 3 cases, 95 %"
NOTHING = Estimate(None, None, None, "nothing was decided")


def condition(temperature: float, system: str, refresh: str | None = None) -> Condition:
    """Make a condition on the four axes; `language` is the same throughout."""
    return Condition((("temperature", temperature), ("system", system), ("refresh", refresh), ("language", "en")))


def row(
    provider: str,
    where: Condition,
    measures: dict[str, Estimate],
    completions: dict[Outcome, int],
    *,
    applied: dict[str, SettingValue] | None = None,
    unsupported: str | None = None,
    undecided: int = 0,
    cost_usd: float | None = None,
    other_models: tuple[str, ...] = (),
    tokens: Usage = Usage(),  # noqa: B008 - frozen
    retries: int = 0,
    errors: dict[str, int] | None = None,
    constraints: dict[Demand, Standing] | None = None,
    families: dict[str, Standing] | None = None,
) -> Row:
    """Make a row; requested settings are those of the condition and 48 tokens."""
    temperature = where.get("temperature")
    assert isinstance(temperature, float)
    answered = completions.get("complete", 0) + completions.get("truncated", 0)
    return Row(
        provider=provider,
        model=f"{provider}-1",
        served=(*other_models, f"{provider}-1-0901") if answered else (),
        condition=where,
        requested={"temperature": temperature, "max_tokens": 48},
        applied=applied or {},
        unsupported=unsupported,
        cases=3 if answered else 0,
        completions=completions,
        decided=answered * 2 - undecided,
        undecided=undecided,
        rule_share=None,
        input_tokens=31.5 if answered else None,
        cost_usd=cost_usd,
        measures=measures,
        other_models=other_models,
        tokens=tokens,
        retries=retries,
        errors=errors or {},
        constraints=constraints or {},
        families=families or {},
    )


WORDS = Demand("max_words", "length")
PRAISE = Demand(f"not contains_any {HOSTILE}", None, "system")
TITLE = Demand("title", "format", "case", "detectable_format:title")


def standing(strict: float | None, loose: float | None = None, *, undecided: int = 0) -> Standing:
    """Make a standing over three cases; the interval is a tenth on either side."""
    if strict is None:
        return Standing(0, 0, undecided, NOTHING, NOTHING)
    ends = [
        Estimate(value, max(0.0, value - 0.1), min(1.0, value + 0.1), DIRICHLET, standard_error=0.05)
        for value in (strict, strict if loose is None else loose)
    ]
    return Standing(3, 24 - undecided, undecided, ends[0], ends[1])


def pooled() -> tuple[Pooled, ...]:
    """Make how two providers met constraints, over all rows and along one axis; the second met one nowhere."""
    return (
        Pooled("local", None, None, {WORDS: standing(0.625, 0.75), PRAISE: standing(0.25), TITLE: standing(None)}),
        Pooled("local", "temperature", 0.0, {WORDS: standing(0.875, 1.0), PRAISE: standing(0.25)}),
        Pooled("local", "temperature", 0.8, {WORDS: standing(0.375, 0.5), PRAISE: standing(0.25, undecided=5)}),
        Pooled("hosted", None, None, {WORDS: standing(0.0, 0.125)}),
        Pooled("hosted", "temperature", 0.0, {WORDS: standing(0.0, 0.125)}),
    )


def rows() -> tuple[Row, ...]:
    """Make a full row, one with dashes, one whose settings were not applied as asked, and an unsupported one."""
    return (
        row(
            "local",
            condition(0.0, "dense", "4"),
            {
                "adherence": Estimate(0.9375, 0.7001, 0.9949, DIRICHLET),
                "full_adherence": Estimate(0.875, 0.61, 0.98, DIRICHLET, standard_error=0.0625),
                "adherence_loose": Estimate(0.96, 0.72, 1.0, DIRICHLET),
                "instruction_accuracy": Estimate(0.94, 0.7, 1.0, "Dirichlet bound on a ratio over 3 cases, 95 %"),
                "adherence_system": Estimate(0.5, 0.2, 0.8, DIRICHLET),
                "exact_agreement": Estimate(1.0, 0.29, 1.0, "exact binomial (Clopper-Pearson) over 3 cases, 95 %"),
                "exact_agreement_normalised": Estimate(1.0, 0.29, 1.0, DIRICHLET),
                "first_divergence": Estimate(12.0, None, None, "median; no interval below six cases"),
            },
            {"complete": 24, "truncated": 0, "refusal": 0, "error": 0},
            applied={"temperature": 0.0, "max_tokens": 48},
            constraints={WORDS: standing(0.875, 1.0), PRAISE: standing(0.25), TITLE: standing(None, undecided=2)},
            families={"length": standing(0.875, 1.0)},
        ),
        row(
            "local",
            condition(0.8, HOSTILE),
            {
                "adherence": Estimate(0.25, 0.05, 0.62, DIRICHLET),
                "full_adherence": NOTHING,
                "exact_agreement": Estimate(0.0, 0.0, 0.71, DIRICHLET),
                "exact_agreement_normalised": Estimate(0.0, 0.0, 0.71, DIRICHLET),
                "first_divergence": Estimate(None, None, None, "not defined for any case"),
            },
            {"complete": 20, "truncated": 3, "refusal": 0, "error": 1},
            applied={"temperature": 0.8, "max_tokens": 48},
            undecided=5,
            errors={"503: overloaded | **see** <a href=x>; asked 6 times": 1},
        ),
        row(
            "hosted",
            condition(0.0, "dense", "4"),
            {
                "adherence": Estimate(0.75, 0.45, 0.94, DIRICHLET),
                "full_adherence": Estimate(0.5, 0.2, 0.8, DIRICHLET),
                "exact_agreement": Estimate(0.4, 0.1, 0.7, DIRICHLET),
            },
            {"complete": 22, "truncated": 0, "refusal": 2, "error": 0},
            applied={"max_tokens": 64, "top_p": ("0.9", "1.0")},
            cost_usd=0.0125,
            other_models=("hosted-2 | x",),
            tokens=Usage(760, 1500, 512, None, 900),
            retries=3,
        ),
        row(
            "hosted",
            condition(0.8, "dense", "4"),
            {"adherence": NOTHING, "full_adherence": NOTHING},
            {"unsupported": 24},
            unsupported="hosted-1 does not take `temperature` | **see** <a href=x>",
        ),
    )


def left_out() -> tuple[LeftOut, ...]:
    """Make combinations left out for one reason, and a single one for another."""
    many = [
        LeftOut(condition(half / 2, "none", "4"), "refresh", "system none has nothing to restate") for half in range(3)
    ]
    return (*many, LeftOut(condition(0.8, "dense", "9"), "refresh", "4 turns are fewer than refresh 9"))


def compared(
    new: float | None,
    old: float | None,
    p_worse: float | None,
    p_not_worse: float | None,
    verdict: Decision = "undecided",
    *,
    measure: str = "adherence",
    temperature: float = 0.0,
    margin: float = 0.05,
    needed: Needed | None = None,
    flags: tuple[str, ...] = (),
) -> Compared:
    """Make a comparison; the interval is a twentieth on either side, and corrected p are twice the raw ones."""
    key = ("local", condition(temperature, "dense", "4"))
    known = new is not None and old is not None
    middle = new - old if new is not None and old is not None else None
    return Compared(
        measure=measure,
        row=key,
        against=key,
        new=new,
        old=old,
        difference=Estimate(None, None, None, "no case was decided on both sides")
        if middle is None
        else Estimate(middle, middle - 0.05, middle + 0.05, "Dirichlet bound over 24 pairs of draws, 95 %"),
        margin=margin,
        cases=3 if known else 0,
        units=24 if known else 0,
        p_worse=p_worse,
        p_not_worse=p_not_worse,
        corrected_worse=None if p_worse is None else min(1.0, 2 * p_worse),
        corrected_not_worse=None if p_not_worse is None else min(1.0, 2 * p_not_worse),
        smallest_p=0.0,
        method="Dirichlet bound over 24 pairs of draws of 3 cases" if known else "there is nothing to test",
        verdict=verdict,
        missing=2 if flags else 0,
        needed=needed,
        flags=flags,
        left_out=("1 case only on the new side: kafka |",) if flags else (),
        scope="suite",
    )


def comparison() -> Comparison:
    """Make a table to explore with a fall, a rise and something open."""
    return Comparison(
        "baseline main | <b>",
        (
            compared(0.5, 0.9, 0.0001, 1.0, "worse", margin=0.0, temperature=0.8),
            compared(0.9, 0.5, 1.0, 0.004, "not_worse", margin=0.0, measure=f"constraint:{HOSTILE}"),
            compared(12.0, 12.5, 0.6, 0.7, margin=0.0, measure="first_divergence"),
        ),
        ("hosted, temperature 0.0: only on the new side",),
    )


def changes() -> tuple[Change, ...]:
    """Make a change that is shown, one that is not, and one that could not be tested."""
    return (
        Change("local", "texts", 0.0004, 0.0012, changed=True, words="the answers differ in distribution"),
        Change("local", "refusals", 0.5, 1.0, changed=False, words="0 of 24 against 0 of 24"),
        Change("hosted | x", "texts", None, None, changed=None, words="the baseline holds no sketches"),
    )


def spent() -> dict[str, Spent]:
    """Make a provider that costs nothing and one with a price, a cache, reasoning, retries and an unpriced answer."""
    return {
        "local": Spent(47, 0.0, 0, 0.0, Usage(1480, 2100), 0, 1),
        "hosted": Spent(24, 0.0125, 1, 0.0025, Usage(760, 1500, 512, None, 900), 3, 0),
    }


@pytest.fixture
def report() -> Report:
    """Return the report."""
    summary = Summary(
        run="20260102-030405-abcd",
        suite_name="brokers | <script>",
        suite_version=2,
        suite_hash="0123456789abcdef" * 4,
        rows=rows(),
        left_out=left_out(),
        missing=3,
        spent=spent(),
        pooled=pooled(),
        notes=("truncated completions are scored as if they were whole (`truncated: as_is`)", "seed 7, from the suite"),
        knobs=(
            KnobNote("local", "temperature", "applied", "a page, read 2026-01-01"),
            KnobNote("hosted", "temperature", "refused", "`temperature` | is **deprecated** for this model."),
            KnobNote("local", "max_tokens", "applied"),
            KnobNote("hosted", "max_tokens", "unknown"),
        ),
    )
    gates = (
        JudgedGate("adherence at least 0.8 where system dense", "failed", "hosted, temperature 0.0: 0.75 [0.45, 0.94]"),
        JudgedGate("full_adherence at least 0.5", "undecided", "local, system =1+1| <script>: nothing was decided"),
        JudgedGate("adherence no worse than baseline by 0.05", "not_worse", "difference 0.01 [-0.02, 0.04]"),
        JudgedGate(
            "adherence no worse than baseline by 0.05 where system dense",
            "undecided",
            "1 of 2 rows is undecided",
            besides=("1 of 2 rows is undecided",),
            compared=(
                compared(0.9, 0.8875, 0.9, 0.02, "not_worse"),
                compared(
                    0.8,
                    0.88,
                    0.06,
                    0.5,
                    temperature=0.8,
                    needed=Needed(120, None),
                    flags=("applied max_tokens 48 against 64 | x", "2 of 24 draws truncated against 0 of 24"),
                ),
                compared(None, None, None, None, temperature=1.2),
            ),
            operating=Operating(0.0123, 0.05, 0.83, 0.071),
        ),
    )
    environment: dict[str, dict[str, Scalar]] = {
        "local": {"torch": "2.9.0", "threads": 2, "gpu": None},
        "hosted": {"sdk": "1.2 | x"},
    }
    return Report(summary, gates, comparison(), changes(), environment)


_OWN_WORDS = {"verdict", "scope", "better", "source", "axis", "outcome"}
"""Fields that hold one of a few words, or that name what others refer to."""


def _saying(value: Any, text: str, name: str = "") -> Any:  # noqa: ANN401 - any part of a report
    """Add a text to every free text inside a value."""
    anything: Any = value  # which no check of its type narrows to something of unknown parts
    if isinstance(value, str):
        return value if name in _OWN_WORDS else value + text
    if isinstance(value, Condition):
        return Condition(tuple((axis, _saying(each, text)) for axis, each in value.values))
    if is_dataclass(value) and not isinstance(value, type):
        parts = {each.name: _saying(getattr(value, each.name), text, each.name) for each in fields(value)}
        return type(value)(**parts)
    if isinstance(value, Mapping):
        kept = name in {"completions", "measures", "requested", "applied"}
        return {key if kept else _saying(key, text): _saying(each, text) for key, each in anything.items()}
    if isinstance(value, tuple):
        return tuple(_saying(each, text, name) for each in anything)
    return value


@pytest.fixture
def saying(report: Report) -> Callable[[str], Report]:
    """Return what makes the report with a text added to every text that others may have written."""
    return lambda text: _saying(report, text)


@pytest.fixture
def cells() -> list[Cell]:
    """Return one cell with each outcome, and a cell of a condition that the report does not hold."""
    met = Verdict("max_words", 1.0, 1.0, "4 words, limit 60", (Span(0, 12),))
    partly = Verdict("not contains_any", 0.5, 1.0, f"says {HOSTILE}", (Span(0, 3), Span(9, 12)))
    open_ = Verdict("contains_all", None, None, "`Kafka` may still come")
    applied: dict[str, SettingValue] = {"temperature": 0.8}
    draws = (
        Draw(0, Completion("complete", "four words are here", applied=applied), Scored((met, partly), 0.75, 0.0), 40),
        Draw(1, Completion("truncated", "four", applied={"max_tokens": 48}), Scored((open_,)), 41),
        Draw(2, Completion("refusal", applied=applied), Scored(), 42),
        Draw(3, Completion("error", error="timed out"), Scored(), 43),
    )
    requested: dict[str, SettingValue] = {"temperature": 0.8}
    return [
        Cell("local", "local-1", condition(0.8, HOSTILE), "kafka", requested, None, draws),
        Cell("local", "local-1", condition(1.2, "dense"), "kafka", requested, None, draws),
    ]


@pytest.fixture
def saying_cells(cells: list[Cell]) -> Callable[[str], list[Cell]]:
    """Return what makes the cells with a text added to every text that others may have written."""
    return lambda text: [_saying(replace(each, draws=each.draws[:2]), text, "cell") for each in cells]


DENSE, FLUFFY = (("local", Condition((("system", system),))) for system in ("dense", "fluffy"))
MAIN, LATER = Held("main", "0a1b2c3d", "20261001-0200-aaaa"), Held("main", "99999999", "20261006-0200-ffff")


def _night(day: int, state: State, low: float, **parts: Any) -> Night:  # noqa: ANN401 - any field of a night
    high = Point(low + 0.1, low, min(1.0, low + 0.2), 0.9, 0.85)
    fields: dict[str, Any] = {
        "exit_code": 0,
        "baseline": MAIN,
        "points": {DENSE: high, FLUFFY: Point(0.5, 0.4, 0.6, 0.55, 0.5)},
        "cost_usd": 0.25,
        **parts,
    }
    return Night(f"202610{day:02}-0200-abcd", f"2026-10-{day:02}T02:00:00.000+00:00", state, **fields)


@pytest.fixture
def history() -> History:
    """Return eight nights: good, worse, incomplete, changed, not judged, part, another baseline, another suite."""
    changed = (ChangeMark("local", "texts", 0.0012, changed=True),)
    return History(
        suite="brokers | <script>",
        measure="adherence",
        nights=(
            _night(1, "good", 0.8),
            _night(2, "worse", 0.3, exit_code=1, alarms=("adherence no worse than baseline by 0.05 | <b>",)),
            _night(3, "incomplete", 0.0, exit_code=3, points={}, why="60 of 80 draws failed or are missing"),
            _night(4, "changed", 0.75, changed=changed, unpriced=2),
            Night("20261005-0200-abcd", "2026-10-05T02:00:00.000+00:00", why="it did not end"),
            _night(6, "good", 0.0, points={}, why="not all cases were to be drawn", baseline=None),
            _night(7, "good", 0.8, baseline=LATER, renewed=True, cost_usd=None),
            _night(8, "undecided", 0.79, baseline=LATER, revised=True, exit_code=4),
        ),
        rows=(DENSE, FLUFFY),
        averaged=2,
        alarms_expected=0.25,
        changes_expected=0.3,
    )
