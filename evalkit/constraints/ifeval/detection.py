"""Tells the language of a text as langdetect does, seeded, quickly, and each text only once.

langdetect samples the letter groups of a text at random until one language stands out. Its profiles, its way to read
letters and its numbers are used as they are; what is written anew is how the groups are found, a word at a time, and
how their probabilities are multiplied, all languages at a time. The profiles are read in the order of their names,
where langdetect takes the order of the file system.

Source: `langdetect.detector` of langdetect 1.0.9, after Nakatani 2010, "Language Detection Library for Java".
"""

from __future__ import annotations

import random
import re
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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


_SEED = 0
_LONGEST = 10_000
_TRIALS = 7
_MOST_STEPS = 1_000
_CONVERGED = 0.99999
_LEAST = 0.1
_BLANKS = re.compile(" {2,}")
_LATIN = re.compile("[A-z]")
_NOT_LATIN = re.compile("[\u0300-\U0010ffff]")


@lru_cache(maxsize=32)
def detected(text: str) -> str | None:
    """Return the code of the language that a text is most likely in; None when langdetect finds nothing to go by."""
    model = _model()
    groups = [group for word in model.words(text) for group in model.groups(word)]
    if not groups:
        return None
    import numpy as np  # noqa: PLC0415 - slow to import, and few suites ask for a language

    total = np.zeros(len(model.languages))
    draws = random.Random(_SEED)  # noqa: S311 - langdetect's own draws are wanted
    for _ in range(_TRIALS):
        total += _trial(groups, draws, len(model.languages)) / _TRIALS
    best = int(total.argmax())
    return model.languages[best] if total[best] > _LEAST else "unknown"


def _trial(groups: list[NDArray[np.float64]], draws: random.Random, languages: int) -> NDArray[np.float64]:
    """Return the probability of each language after enough groups, drawn with replacement."""
    import numpy as np  # noqa: PLC0415 - as above

    probabilities = np.full(languages, 1.0 / languages)
    weight = (0.5 + draws.gauss(0.0, 1.0) * 0.05) / 10_000
    for step in range(_MOST_STEPS + 1):
        probabilities *= draws.choice(groups) + weight
        if step % 5 == 0:
            probabilities /= sum(probabilities.tolist())  # from left to right, as langdetect adds
            if probabilities.max() > _CONVERGED:
                break
    return probabilities


class _Model:
    """langdetect's profiles.

    Attributes:
        languages: Their codes, in order.
    """

    def __init__(self) -> None:
        library: Any = import_module("langdetect.detector_factory")
        self._letters: Any = import_module("langdetect.utils.ngram").NGram
        self._detector: Any = library.Detector
        factory = library.DetectorFactory()
        profiles = sorted(Path(library.PROFILES_DIRECTORY).iterdir())
        factory.load_json_profile([profile.read_text(encoding="utf-8") for profile in profiles])
        self.languages: list[str] = factory.langlist
        self._probabilities: dict[str, list[float]] = factory.word_lang_prob_map
        self._normal: dict[int, str] = {}
        self._arrays: dict[str, NDArray[np.float64]] = {}
        self.groups = lru_cache(maxsize=10_000)(self._groups)

    def words(self, text: str) -> list[str]:
        """Return the words that count, each with the blank after it, as langdetect cleans and reads them."""
        if "://" in text:
            text = self._detector.URL_RE.sub(" ", text)
        if "@" in text:
            text = self._detector.MAIL_RE.sub(" ", text)
        if not text.isascii():
            text = self._letters.normalize_vi(text)
        text = _BLANKS.sub(" ", text[:_LONGEST])
        if len(_LATIN.findall(text)) * 2 < len(_NOT_LATIN.findall(text)):
            text = _LATIN.sub("", text)
        for character in set(text):
            if ord(character) not in self._normal:
                self._normal[ord(character)] = self._letters.normalize(character)
        *ended, last = text.translate(self._normal).split(" ")
        return [*(f"{word} " for word in ended if word), *filter(None, [last])]

    def _groups(self, word: str) -> tuple[NDArray[np.float64], ...]:
        """Return the probabilities of the known groups of one to three letters, but for those within capitals."""
        import numpy as np  # noqa: PLC0415 - as above

        found: list[NDArray[np.float64]] = []
        padded, capitals = f" {word}", False
        for place in range(1, len(padded)):
            capitals = padded[place].isupper() and (capitals or padded[place - 1].isupper())
            if capitals:
                continue
            for length in range(1, min(3, place + 1) + 1):
                group = padded[place + 1 - length : place + 1]
                if group != " " and group in self._probabilities:
                    if group not in self._arrays:
                        self._arrays[group] = np.array(self._probabilities[group])
                    found.append(self._arrays[group])
        return tuple(found)


@cache
def _model() -> _Model:
    """Return the profiles, which take a third of a second to read."""
    return _Model()
