"""What a server refused of one model's settings, so that it is not asked for again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.types import SettingValue

_COMPANY = ("reasoning_effort", "thinking")
"""Settings on which it may depend whether another one is taken."""
_REASON = re.compile(r".*? refused `(\w+)`: (.*)", re.DOTALL)


class Refusals:
    """Refused values of settings, each with the values of those others that it may have depended on.

    A refusal holds for the value that was sent and not for the setting: many models take one value and no other. Where
    the server's words name other settings too, it holds for the combination.

    Args:
        model: As the profile names it.

    Attributes:
        words: What the server said, by the setting's name.
    """

    def __init__(self, model: str) -> None:
        self.words: dict[str, str] = {}
        self._model = model
        self._known: list[tuple[Mapping[str, SettingValue | None], str]] = []

    def known(self, settings: Mapping[str, SettingValue]) -> str | None:
        """Say why a sample with these settings need not be sent; None when it may be."""
        for refused, reason in self._known:
            if all(settings.get(name) == value for name, value in refused.items()):
                return reason
        return None

    def note(self, setting: str, words: str, settings: Mapping[str, SettingValue]) -> str:
        """Remember what a server said to a sample with these settings; return the reason that its cell shows."""
        self.words[setting] = words
        reason = f"{self._model} refused `{setting}`: {words}"
        others = [name for name in SETTINGS if name in settings and _names(words, name)]
        refused = {name: settings.get(name) for name in (setting, *_COMPANY, *others)}
        if all(refused != known for known, _ in self._known):
            self._known.append((refused, reason))
        return reason

    def recall(self, settings: Mapping[str, SettingValue], reason: str) -> None:
        """Remember a refusal of an earlier sitting by the reason that `note` returned for it."""
        found = _REASON.fullmatch(reason)
        if found:
            self.note(found[1], found[2], settings)


def _names(words: str, setting: str) -> bool:
    """Tell whether a message is about a setting; vendors write `top_p` as `topP` too."""
    spelling = re.escape(setting).replace("_", "_?")
    return re.search(rf"(?<!\w){spelling}(?!\w)", words, re.IGNORECASE) is not None
