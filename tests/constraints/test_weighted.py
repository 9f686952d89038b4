"""Constraints that count for more or less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.arguments import construct
from evalkit.constraints.keywords import ContainsAny
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.constraints.weighted import Weighed, Weighted
from evalkit.constraints.when import When
from evalkit.constraints.words import MaxWords, MinWords
from evalkit.errors import ArgumentError

if TYPE_CHECKING:
    from evalkit.protocols import Constraint

KAFKA, SHORT, LOG = ContainsAny(("Kafka",)), MaxWords(3), ContainsAny(("log",))
PARTS: tuple[Constraint, ...] = (KAFKA, SHORT, LOG)


def _weighted(*weights: float, at_least: float | None = None) -> Weighted:
    parts = tuple(Weighed(weight, part) for weight, part in zip(weights, PARTS, strict=False))
    return Weighted(parts, at_least)


@pytest.mark.parametrize(
    ("text", "value"),
    [("Kafka log", 1), ("Kafka", 5 / 6), ("one two three four", 0), ("one two", 2 / 6), ("Kafka one two three", 3 / 6)],
)
def test_the_value_is_the_share_of_the_weight_that_is_met(text: str, value: float) -> None:
    """Weights 3, 2 and 1: six in all."""
    assert _weighted(3, 2, 1).score(text, whole=True).value == value


def test_weights_are_taken_as_written() -> None:
    """0.1, 0.2 and 0.7 make one, though not in floats; a share of 0.3 is met by the first two."""
    demand = _weighted(0.1, 0.2, 0.7, at_least=0.3)
    assert demand.score("Kafka", whole=True).value == 1
    assert demand.score("one two three four Kafka", whole=True).value == 0


@pytest.mark.parametrize(
    ("at_least", "text", "value"),
    [
        (0.5, "Kafka", 1),
        (0.51, "Kafka one two", None),
        (0.9, "one two three four", 0),
        (0.6, "one two three four", None),
        (None, "Kafka log", None),
    ],
    ids=["enough", "may still come", "lost too much", "still within reach", "without a threshold"],
)
def test_a_cut_text_is_decided_as_soon_as_the_bounds_are(
    at_least: float | None, text: str, value: float | None
) -> None:
    """Weights 3, 2 and 1; what is undecided may come to anything."""
    assert _weighted(3, 2, 1, at_least=at_least).score(text, whole=False).value == value


def test_what_does_not_apply_has_no_weight() -> None:
    """The mean is over the rest; where nothing applies, neither does the whole."""
    code = When(ContainsAny(("code",)), MinWords(9))
    assert Weighted((Weighed(5, code), Weighed(1, KAFKA))).score("Kafka", whole=True).value == 1
    assert Weighted((Weighed(5, code),)).score("Kafka", whole=True).applies is False


def test_the_reason_names_what_is_missing() -> None:
    """With its weight and the demand."""
    score = _weighted(3, 2, 1, at_least=0.9).score("Kafka", whole=True)
    assert score.reason == "5 of 6 by weight are met, share 0.9 demanded; contains_any: found none of `log`"
    assert _weighted(3, 2, 1).score("x", whole=False).reason.startswith("0 of 6 by weight are met, 6 undecided; ")


def test_reports_show_the_weights() -> None:
    """And the share that is demanded."""
    assert _weighted(3, 0.5).label == "weighted(3 contains_any, 0.5 max_words)"
    assert _weighted(3, at_least=0.5).label == "weighted(3 contains_any; 0.5)"


def test_yaml_gives_each_its_weight() -> None:
    """As a list alone, or by name with the share."""
    entries = [{"weight": 3, "constraint": {"contains_any": ["Kafka"]}}, {"weight": 2, "constraint": {"max_words": 3}}]
    assert construct(CONSTRAINTS, {"weighted": entries}, beside=None) == _weighted(3, 2)
    by_name = {"weighted": {"of": entries, "at_least": 0.5}}
    assert construct(CONSTRAINTS, by_name, beside=None) == _weighted(3, 2, at_least=0.5)


WRONG: list[tuple[Any, tuple[str | int, ...], str]] = [
    ([], (), "`of` of `weighted` must not be empty"),
    ([3], (0,), "every entry of `of` of `weighted` must be a mapping, got 3"),
    ([{"weight": 1}], (0,), "every entry of `of` of `weighted` needs `constraint`"),
    ([{"wight": 1, "constraint": "valid_json"}], (0, "wight"), "an entry of `of` of `weighted` has no `wight`"),
    ([{"weight": "x", "constraint": "valid_json"}], (0, "weight"), "`weight` of `weighted` must be a number"),
    ([{"weight": 0, "constraint": "valid_json"}], (0, "weight"), "must have weights above 0, got 0"),
    ([{"weight": 1, "constraint": {"max_word": 1}}], (0, "constraint", "max_word"), "no constraint named `max_word`"),
]


@pytest.mark.parametrize(("of", "path", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_a_wrong_entry_is_pointed_at(of: Any, path: tuple[str | int, ...], message: str) -> None:  # noqa: ANN401 - YAML's data
    """The path leads into the entry at fault."""
    with pytest.raises(ArgumentError) as raised:
        construct(CONSTRAINTS, {"weighted": of}, beside=None)
    assert raised.value.path == ("weighted", *path)
    assert message in raised.value.message


@pytest.mark.parametrize("at_least", [0.0, -1.0, 1.5])
def test_a_share_is_above_0_and_at_most_1(at_least: float) -> None:
    """Anything else is always or never met."""
    with pytest.raises(ArgumentError, match="at_least"):
        _weighted(1, at_least=at_least)


@pytest.mark.parametrize("of", [[], (3,), (Weighed(1, 3),), (Weighed(float("inf"), KAFKA),)], ids=str)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - wrong on purpose
def test_parts_are_checked_whoever_builds_them(of: Any) -> None:  # noqa: ANN401 - wrong on purpose
    """Not only those that come from YAML."""
    with pytest.raises(ArgumentError):
        Weighted(of)
