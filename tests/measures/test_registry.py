"""The table of measures."""

from __future__ import annotations

import pytest

from evalkit.measures.registry import MEASURES
from evalkit.protocols import Measure

TEXTS = ["Kafka is a log", "Kafka is a queue", "RabbitMQ is a broker"]


@pytest.mark.parametrize("name", MEASURES.builtins)
def test_every_measure_has_the_name_it_is_listed_under(name: str) -> None:
    """A suite's word leads to a measure of that name, which fits the protocol."""
    measure = MEASURES.get(name)()
    assert isinstance(measure, Measure)
    assert measure.name == name


@pytest.mark.parametrize("name", MEASURES.builtins)
def test_every_measure_is_undefined_below_two_texts(name: str) -> None:
    """No measure of variation says anything of fewer than two draws."""
    measure = MEASURES.get(name)()
    assert measure.compute([]) is None
    assert measure.compute(TEXTS[:1]) is None
    assert measure.compute(TEXTS) is not None
