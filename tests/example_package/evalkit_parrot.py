"""An adapter that repeats what it hears, in other words' order the higher the temperature. It asks no model.

Option of a profile: `hearing_s`, the seconds that it listens before it answers.
"""

from __future__ import annotations

import asyncio
import random
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from evalkit.errors import ProfileError
from evalkit.types import Completion, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.support import Support
    from evalkit.types import Profile, Sample, Scalar

SUPPORTS: Mapping[str, Support] = {"temperature": (0, 1), "max_tokens": True, "seed": True, "top_k": "ignored"}


class Parrot:
    """Repeats the last message.

    Raises:
        ProfileError: An option is wrong.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._hearing_s = profile.options.get("hearing_s", 0.001)
        if not isinstance(self._hearing_s, int | float):
            raise ProfileError(f"option `hearing_s` must be a number of seconds, got {self._hearing_s!r}")

    def supports(self, setting: str) -> Support:
        """Take what the table says."""
        return SUPPORTS.get(setting, False)

    async def call(self, sample: Sample) -> Completion:
        """Listen, then repeat."""
        await asyncio.sleep(self._hearing_s)
        chance = random.Random(sample.seed)
        heard = sample.prompt.messages[-1].content.split()
        said = list(heard)
        for place in range(len(said)):
            if chance.random() < float(str(sample.settings.get("temperature", 0.0))):
                other = chance.randrange(len(said))
                said[place], said[other] = said[other], said[place]
        most = int(str(sample.settings.get("max_tokens", len(said))))
        return Completion(
            "complete" if most >= len(said) else "truncated",
            text=" ".join(said[:most]),
            stop_reason="end" if most >= len(said) else "length",
            applied={name: value for name, value in sample.settings.items() if SUPPORTS.get(name)},
            served_model=self.profile.model,
            usage=Usage(len(heard), min(most, len(said))),
        )

    def environment(self) -> Mapping[str, Scalar]:
        """Name the package's version, where it is installed."""
        try:
            return {"parrot": version("evalkit-parrot")}
        except PackageNotFoundError:
            return {"parrot": None}
