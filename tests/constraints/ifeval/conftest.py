"""What the tests of IFEval's instructions share."""

from __future__ import annotations

import pytest

from tests.constraints.ifeval.reference import provide_sentence_model


@pytest.fixture(scope="session", autouse=True)
def sentence_model(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give the reference the sentence model that it would download."""
    provide_sentence_model(tmp_path_factory.mktemp("nltk"))
