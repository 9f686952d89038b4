"""What a profile offers, before anything is asked: what can be varied on it, its key, its price and its last day."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.providers.prices import FREE
from evalkit.settings import SETTINGS
from evalkit.support import knob_of
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from evalkit.protocols import Provider
    from evalkit.support import Knob
    from evalkit.types import Json, Profile, Scalar

SOON_DAYS = 90
"""A model that ends within so many days is warned of."""


@dataclass(frozen=True, slots=True)
class Key:
    """Where a key comes from, never the key.

    Attributes:
        needed: False for what makes no calls.
        variable: The environment variable that should hold it; None when the profile names none.
        command: True when a command prints it; the command is not run to find out.
        present: Whether the variable holds something; None when that is not known, or there is no variable.
    """

    needed: bool
    variable: str | None = None
    command: bool = False
    present: bool | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """All that is known of one profile.

    Attributes:
        facts: What the adapter says of itself; `client` names its library and the version of the API.
        knobs: What the model does with each setting; complete.
        input_usd: A million tokens of prompts, in US dollars; None when not known.
        output_usd: A million tokens of answers; None when not known.
        retires: The model's last day; None when none is announced.
    """

    profile: Profile
    facts: Mapping[str, Scalar]
    key: Key
    knobs: Mapping[str, Knob] = field(default_factory=lambda: EMPTY)
    input_usd: float | None = None
    output_usd: float | None = None
    retires: date | None = None

    @property
    def client(self) -> str | None:
        """The library and the version of the API that calls are made with; None for a model in this process."""
        client = self.facts.get("client")
        return None if client is None else str(client)

    def source(self, setting: str) -> str:
        """Say where what is known of a setting is written."""
        if setting in self.profile.supports:
            return "the profile"
        knob = self.knobs[setting]
        if knob.source is not None:
            return knob.source
        return "nobody has said" if knob.state == "unknown" else f"adapter {self.profile.adapter}"

    def to_json(self) -> dict[str, Json]:
        """Return plain data, as `evalkit providers --format json` prints it."""
        profile = self.profile
        return {
            "name": profile.name,
            "adapter": profile.adapter,
            "model": profile.model,
            "client": self.client,
            "base_url": profile.base_url,
            "key": {
                "needed": self.key.needed,
                "variable": self.key.variable,
                "command": self.key.command,
                "present": self.key.present,
            },
            "price": {"input": self.input_usd, "output": self.output_usd},
            "retires": None if self.retires is None else self.retires.isoformat(),
            "settings": dict(profile.settings),
            "options": dict(profile.options),
            "limits": dict(profile.limits),
            "timeout_s": profile.timeout_s,
            "knobs": {name: self._knob(name) for name in self.knobs},
        }

    def _knob(self, name: str) -> dict[str, Json]:
        knob = self.knobs[name]
        return {
            "state": knob.state,
            "low": knob.low,
            "high": knob.high,
            "words": list(knob.words),
            "needs": {other: list(allowed) for other, allowed in knob.needs.items()},
            "excludes": list(knob.excludes),
            "source": self.source(name),
        }


def offer_of(provider: Provider) -> Offer:
    """Ask a provider what it offers; nothing is called, and no key is read."""
    profile = provider.profile
    price = provider.price()
    facts = provider.environment()
    return Offer(
        profile,
        facts,
        _key(profile, makes_calls="client" in facts and price is not FREE),
        {name: knob_of(provider, name) for name in SETTINGS},
        None if price is None else price.input_per_million,
        None if price is None else price.output_per_million,
        getattr(getattr(provider, "caller", None), "retires", None),
    )


def _key(profile: Profile, *, makes_calls: bool) -> Key:
    if profile.key_command is not None:
        return Key(needed=True, command=True)
    if profile.key_env is not None:
        present = bool(os.environ.get(profile.key_env, "").strip())
        return Key(needed=True, variable=profile.key_env, present=present)
    official = makes_calls and profile.base_url is None
    return Key(needed=official)
