"""How answers open."""

from __future__ import annotations

import pytest

from evalkit.constraints.openers import NoFillerOpener, NoFlatteryOpener
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    "text",
    [
        "Great question!",
        "What a really great question",
        "Oh wow, **great** question about logs",
        "That’s an excellent point.",  # noqa: RUF001 - the typographic form
        "You're absolutely right!",
        "# You are so smart",
        "I love this question",
        "Thank you for asking!",
        "\ufeff\r\n Good point, but",
    ],
)
def test_flattery_breaks_it(text: str) -> None:
    """At the beginning, after interjections, in any case and typography."""
    assert NoFlatteryOpener().score(text, whole=True).value == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The great question of our time is latency.",
        "Great questions deserve great answers.",
        "Great minds think alike.",
        "A good choice here is Kafka.",
        "It's a good idea to use Kafka.",
        '"Great question" is what they say.',
        "Kafka. Great question!",
        "You are right-handed.",
    ],
)
def test_praise_elsewhere_does_not(text: str) -> None:
    """Nor do other sentences that begin with the same words."""
    assert NoFlatteryOpener().score(text, whole=True).value == 1


@pytest.mark.parametrize(
    "text", ["Sure! Kafka.", "Of course, Kafka.", "ok, so Kafka", "I'd be more than happy to help"]
)
def test_filler_breaks_it(text: str) -> None:
    """An announcement is no answer."""
    assert NoFillerOpener().score(text, whole=True).value == 0


@pytest.mark.parametrize("text", ["Sure-footed goats", "Surely", "Kafka, of course", "Here is Kafka."])
def test_other_openings_do_not(text: str) -> None:
    """Words that only begin alike, and openings that were not forbidden."""
    assert NoFillerOpener().score(text, whole=True).value == 1


def test_openings_can_be_added() -> None:
    """As they stand."""
    score = NoFillerOpener(also=("Here is",)).score("Here   IS Kafka.", whole=True)
    assert score.value == 0
    assert score.spans == (Span(0, 9),)
    with pytest.raises(ArgumentError, match="also"):
        NoFillerOpener(also=(" ",))


def test_an_opening_in_another_language_is_undecided() -> None:
    """Unless the user's own words are found in it."""
    text = "Gute Frage! Der Server schreibt jedes Ereignis in ein Protokoll."
    assert NoFlatteryOpener().score(text, whole=True).value is None
    assert NoFlatteryOpener(also=("Gute Frage",)).score(text, whole=True).value == 0


LONG = "Kafka keeps the log that you read. " * 12


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (LONG, 1.0),
        (LONG[:400], None),
        ("Great question about", 0.0),
        ("Great question", None),
        ('"Great question!', None),
        ("Great question! " + LONG, 0.0),
    ],
    ids=["beyond", "within", "settled", "may go on", "may be quoted", "found and beyond"],
)
def test_a_cut_text_is_decided_once_its_opening_is_whole(text: str, value: float | None) -> None:
    """400 characters are read, and what follows them cannot matter."""
    assert NoFlatteryOpener().score(text, whole=False).value == value
