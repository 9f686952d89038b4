"""What `evalkit compare` prints, as a whole."""

from __future__ import annotations

import io
import json
from importlib.metadata import version
from pathlib import Path

import pytest

from evalkit.compare.sides import Wanted, hold, pair_sides
from evalkit.reports.held import Printed, print_text, write_document, write_markdown
from measured_rows import Rows, case, row, scores

EXPECTED = Path(__file__).parent / "expected"


def _side(name: str, hard: float, *, tokens: int, cases: int = 12) -> Rows:
    """Make a side with two temperatures, of which the second one has the hard cases' score."""
    return Rows(
        [
            row(
                [
                    case(
                        f"case-{index:02}",
                        {
                            "adherence": scores(score, score, score) if index else scores(missing=3),
                            "constraint:max_words": scores(1.0, 1.0, 1.0),
                            "constraint:json | x": scores(score, score, score),
                        },
                        {"distinct_2": 0.5 + index / 100, "first_divergence": 10.0 + index},
                        planned=3,
                    )
                    for index in range(cases)
                ],
                applied={"max_tokens": tokens},
                temperature=temperature,
            )
            for temperature, score in ((0.0, 1.0), (0.8, hard))
        ],
        name,
        "brokers <b>",
    )


@pytest.fixture
def printed() -> Printed:
    """Return a run whose second row fell, with a case too few and other settings."""
    paired = pair_sides(_side("run-2", 0.5, tokens=48, cases=11), _side("run-1", 0.75, tokens=64))
    bounds = {"distinct_2": (0.0, 1.0), "first_divergence": None}
    wanted = Wanted("suite", ("adherence",), 0.05, bounds=bounds)
    return Printed(paired.new.of, "run run-2", wanted, hold(paired, wanted))


def _text(printed: Printed, width: int) -> str:
    from rich.console import Console

    stream = io.StringIO()
    print_text(printed, Console(file=stream, width=width))
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


@pytest.mark.parametrize("width", [80, 160])
def test_whole_text(printed: Printed, width: int) -> None:
    """The headline stands first and apart, with what differs besides above it and what is left out below."""
    assert _text(printed, width) == (EXPECTED / f"compare_{width}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(printed: Printed, width: int) -> None:
    """What names a row takes several lines, and numbers are never cut."""
    text = _text(printed, width)
    assert max(map(len, text.splitlines())) <= width
    assert "undecided" in text


def test_whole_markdown(printed: Printed) -> None:
    """Markdown has the whole table to explore."""
    stream = io.StringIO()
    write_markdown(printed, stream)
    assert stream.getvalue() == (EXPECTED / "compare.md").read_text(encoding="utf-8")


def test_document_has_both_families(printed: Printed) -> None:
    """The JSON keeps headline and exploration apart, and names the version that wrote it."""
    stream = io.StringIO()
    write_document(printed, stream)
    found = json.loads(stream.getvalue())
    assert (found["format"], found["evalkit"], found["level"]) == (1, version("prompt-evalkit"), 0.05)
    assert [each["measure"] for each in found["headline"]] == ["adherence"] * 2
    assert "adherence" not in {each["measure"] for each in found["explored"]["rows"]}


def test_a_long_table_to_explore_is_cut_at_a_terminal(printed: Printed) -> None:
    """What was found comes first, and the rest is counted."""
    many = [case("a", {"adherence": scores(1.0), **{f"constraint:c{index}": scores(1.0) for index in range(25)}})]
    paired = pair_sides(Rows([row(many)]), Rows([row(many)], "run-0"))
    wanted = Wanted("suite", ("adherence",))
    text = _text(Printed(paired.new.of, "run run-1", wanted, hold(paired, wanted)), 120)
    assert "and 5 more comparisons, which `--format md` and `--format json` have" in text
    assert "more comparison" not in _text(printed, 120)


def test_what_a_cut_table_shows_is_named_by_what_it_differs_in_from_the_rest() -> None:
    """Where all rows that are shown are of one temperature and others are not, the temperature is said."""
    many = {"adherence": scores(1.0), **{f"constraint:c{index}": scores(1.0) for index in range(25)}}
    cold, hot = row([case("a", many)], temperature=0.0), row([case("a", many)], temperature=0.8)
    paired = pair_sides(Rows([cold, hot]), Rows([cold, hot], "run-0"))
    wanted = Wanted("suite", ("adherence",))
    text = _text(Printed(paired.new.of, "run run-1", wanted, hold(paired, wanted)), 160)
    assert "and 30 more comparisons" in text
    assert "temperature" in text.partition("To explore")[2]


def test_nothing_to_explore_has_no_table() -> None:
    """A suite with one measure has an empty table to explore, and says so."""
    only = [case("a", {"adherence": scores(1.0)})]
    paired = pair_sides(Rows([row(only)]), Rows([row(only)], "run-0"))
    wanted = Wanted("suite", ("adherence",))
    text = _text(Printed(paired.new.of, "run run-1", wanted, hold(paired, wanted)), 200)
    assert text.splitlines()[-1].startswith("To explore, against run run-0: 0 comparisons")
