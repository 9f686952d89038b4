"""Tells the language of a text with langdetect, seeded, and each text only once.

langdetect samples the letter groups of a text at random; seeded before every text, it gives the same answer each time.
The profiles are read in the order of their names, where langdetect takes the order of the file system.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

# fmt: off
LANGUAGES = frozenset(
    (
        "af", "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "gu", "he",
        "hi", "hr", "hu", "id", "it", "ja", "kn", "ko", "lt", "lv", "mk", "ml", "mr", "ne", "nl", "no", "pa", "pl",
        "pt", "ro", "ru", "sk", "sl", "so", "sq", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh-cn",
        "zh-tw",
    )
)
# fmt: on
"""The codes that langdetect gives."""


@lru_cache(maxsize=32)
def detected(text: str) -> str | None:
    """Return the code of the language that a text is most likely in; None when langdetect finds nothing to go by."""
    factory, failure = _factory()
    detector = factory.create()
    detector.append(text)
    try:
        return str(detector.detect())
    except failure:
        return None


@cache
def _factory() -> tuple[Any, type[Exception]]:
    """Return langdetect's detectors and its exception; the library is imported when a language is first asked for."""
    library: Any = import_module("langdetect.detector_factory")
    failure: Any = import_module("langdetect.lang_detect_exception")
    factory = library.DetectorFactory()
    profiles = sorted(Path(library.PROFILES_DIRECTORY).iterdir())
    factory.load_json_profile([profile.read_text(encoding="utf-8") for profile in profiles])
    factory.set_seed(0)
    return factory, failure.LangDetectException
