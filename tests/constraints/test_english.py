"""Whether a text is in English."""

from __future__ import annotations

import pytest

from evalkit.constraints.english import foreign
from evalkit.constraints.tokens import tokens


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Log.",
        "Kafka, Redis, RabbitMQ",
        "I recommend Kafka.",
        "Preheat oven, mix flour, sugar, butter, bake 20 minutes.",
        "The server writes every event to a log that consumers read — café included.",
        '{"broker": "Kafka", "limit": 4}',
        "1234 5678",
    ],
)
def test_english_and_what_may_be_english_is_not_foreign(text: str) -> None:
    """Where nothing shows another language, English is taken for granted."""
    assert foreign(text, tokens(text)) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Server schreibt jedes Ereignis in ein Protokoll.", "`de`"),
        ("El perro corre por el parque cada mañana.", "`es`"),
        ("Il me dit que c'est la vie et je suis content.", "`fr`"),  # codespell:ignore
        ("My to robimy i wy to robicie, bo tak chcemy żyć dalej.", "`pl`"),
        ("Сервер пишет каждое событие в журнал.", "another script"),
        ("サーバーはログを書きます", "another script"),
    ],
)
def test_another_language_is_named(text: str, language: str) -> None:
    """By its code, or by its script alone where that says enough."""
    assert foreign(text, tokens(text)) == language
