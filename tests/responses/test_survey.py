"""What is said of a file of responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.expand import sweep
from evalkit.responses.join import Joiner
from evalkit.responses.survey import Slot, Survey, place_responses, survey_lines

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Sequence

    from evalkit.types import Suite

    Surveyed = Callable[[dict[str, str], Sequence[dict[str, Any]]], tuple[list[str], list[Slot]]]


@pytest.fixture
def surveyed(made_suite: Callable[..., Suite], as_file: Callable[..., io.BytesIO]) -> Surveyed:
    """Give a function that surveys a file, and returns what there is to say and where everything belongs."""

    def survey(prompts: dict[str, str], values: Sequence[dict[str, Any]]) -> tuple[list[str], list[Slot]]:
        suite = made_suite(prompts)
        noted = Survey("r.jsonl", "responses")
        joiner = Joiner(suite, sweep(suite).conditions)
        placed = [slot for _, slots in place_responses(as_file(values), joiner, noted) for slot in slots]
        return list(survey_lines(noted, list(prompts))), placed

    return survey


def test_a_file_that_fits_says_one_line(surveyed: Surveyed) -> None:
    """Every response has its case, every case its response."""
    said, placed = surveyed({"a": "A?", "b": "B?"}, [{"prompt": "B?", "response": "b"}, {"case": "a", "response": "a"}])
    assert said == ["2 of 2 responses joined, to 2 of 2 cases"]
    assert placed == [("responses", (0, 1), 0), ("responses", (0, 0), 0)]


def test_what_does_not_join_is_said_in_both_directions(surveyed: Surveyed) -> None:
    """Lines without a case by reason, cases without a response by id, and every oddity with its number."""
    said, _ = surveyed(
        {"a": "A?", "b": "B?", "c": "C?", "c2": "C?"},
        [
            {"prompt": "A?", "response": "1"},
            {"prompt": "X?", "response": "2"},
            {"prompt": "X?", "response": "3"},
            {"prompt": "A?", "response": None},
            {"prompt": "C?", "response": "5"},
            {"case": "a", "prompt": "other", "repeat": 0, "response": "6"},
            {"case": "a", "prompt": "other", "response": "7"},
        ],
    )
    assert said == [
        "4 of 7 responses joined, to 3 of 4 cases",
        "without a case: lines 2, 3: no case has its prompt `X?`",
        "without a case: line 6: repeat 0 of its case stands above already",
        "without a response: case b",
        "joined by case although the prompt is another: line 7",
        "responses to a prompt that several cases have, and that count for each: 1",
        "cases with several responses, which count as repeats: 1",
        "responses without a text, which are errors and no wrong answers: 1",
    ]


def test_long_lists_are_capped(surveyed: Surveyed) -> None:
    """Ten lines or cases and twenty reasons are named, the others counted."""
    values = [{"case": "c0", "response": ""}] + [{"case": "c0", "repeat": 0, "response": ""}] * 15
    values += [{"prompt": f"p{number}", "response": ""} for number in range(40)]
    said, _ = surveyed({f"c{number}": f"{number}?" for number in range(25)}, values)
    assert said[1] == (
        "without a case: lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 5 more: repeat 0 of its case stands above already"
    )
    assert len(said) == 23
    assert said[-2] == "without a case: 21 more responses"
    assert said[-1] == "without a response: cases c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 and 14 more"


def test_each_provider_has_places_of_its_own(surveyed: Surveyed) -> None:
    """The same repeat of two providers is no double, and each lacks its own cases."""
    values = [{"case": "a", "response": "x", "provider": name} for name in ("p", "q", "p")]
    said, placed = surveyed({"a": "A?", "b": "B?"}, [*values, {"case": "b", "response": "x", "provider": "q"}])
    assert placed == [("p", (0, 0), 0), ("q", (0, 0), 0), ("p", (0, 0), 1), ("q", (0, 1), 0)]
    assert "without a response: case b" in said
