"""Sentences, capitals and languages as the published checker sees them, remembered for the text seen last."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import Any

LONGEST = 100_000
"""Characters that are taken apart in good time."""

UNDETECTED = "?"
"""Stands for the language of a text in which the detector finds nothing to go by."""

_REMEMBERED = 64  # a text, its variants and a little more


@lru_cache(maxsize=_REMEMBERED)
def sentence_count(text: str) -> int:
    """Count sentences with Punkt's English model."""
    return sum(1 for _ in _punkt().span_tokenize(text))


@lru_cache(maxsize=_REMEMBERED)
def capital_count(text: str) -> int:
    """Count the tokens without a lower-case letter, `I` and `A` included, among those of NLTK's word tokenizer."""
    if text.islower():
        return 0
    words = _words()
    return sum(
        token.isupper() for start, end in _punkt().span_tokenize(text) for token in words.tokenize(text[start:end])
    )


@lru_cache(maxsize=_REMEMBERED)
def detected_language(text: str) -> str:
    """Return the code of a text's language by langdetect with its random draws seeded; `UNDETECTED` when there is none.

    The published checker does not seed it, so that its verdict on a short text may change from run to run.
    """
    detector: Any = import_module("langdetect")  # ships no types, and is only needed here
    detector.DetectorFactory.seed = 0
    try:
        return str(detector.detect(text))
    except detector.LangDetectException:
        return UNDETECTED


@cache
def _punkt() -> Any:  # noqa: ANN401 - ships no types
    """Build NLTK's own sentence tokenizer, as the published checker uses, without the download of its parameters.

    The package `punkt` has the same parameters, and an algorithm that differs where signs stand alone (`. . The`).
    """
    known: Any = import_module("punkt").tokenizer_for("english").params
    nltk: Any = import_module("nltk.tokenize.punkt")  # slow to import
    parameters = nltk.PunktParameters()
    parameters.abbrev_types.update(known.abbrev_types)
    parameters.collocations.update(known.collocations)
    parameters.sent_starters.update(known.sent_starters)
    parameters.ortho_context.update(known.ortho_context)
    return nltk.PunktSentenceTokenizer(parameters)


@cache
def _words() -> Any:  # noqa: ANN401 - ships no types
    tokenize: Any = import_module("nltk.tokenize")  # slow to import
    return tokenize.NLTKWordTokenizer()
