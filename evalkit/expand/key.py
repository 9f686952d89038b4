"""Sample keys and seeds.

A key is a hash over everything that shapes a sample's answer, in a canonical form: equal keys mean that one stored
answer may stand for the other. What does not shape an answer (timeouts, rate limits, batch size, threads) is not in it.
The condition and the case are, so that two conditions never share an answer by accident, even when their messages are
equal; the seed is, unless the run drew it, because then no particular draw was asked for.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.types import Condition, Profile, Prompt, SettingValue

KEY_VERSION = 1
"""Raise it whenever the canonical form changes, so that old answers are not taken for new ones."""


def cell_hash(
    profile: Profile, prompt: Prompt, settings: Mapping[str, SettingValue], condition: Condition, case_id: str
) -> bytes:
    """Hash what the samples of one cell have in common."""
    canonical = json.dumps(
        {
            "version": KEY_VERSION,
            "provider": profile.name,
            "adapter": profile.adapter,
            "model": profile.model,
            "base_url": profile.base_url,
            "extra": dict(profile.extra),
            "options": dict(profile.options),
            "messages": prompt.digest,
            "settings": dict(settings),
            "condition": condition.as_dict(),
            "case": case_id,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).digest()


def sample_key(cell: bytes, *, repeat: int, turn: int | None, seed: int | None) -> str:
    """Return a sample's key; `seed` is None when the run drew its seed itself."""
    return hashlib.sha256(
        b"%b|%d|%d|%d" % (cell, repeat, -1 if turn is None else turn, -1 if seed is None else seed)
    ).hexdigest()


def draw_seed(
    seed: int,
    case_id: str,
    repeat: int,
    *,
    turn: int | None,
    noise: Literal["common", "independent"],
    provider: str,
    condition: Condition,
) -> int:
    """Derive the seed of one draw, 64 bits.

    Under `common` noise all conditions of one case and repeat share it (common random numbers: differences between
    conditions then have less variance than between independent draws); under `independent` none do.
    """
    parts: list[object] = [seed, case_id, repeat, turn]
    if noise == "independent":
        parts += [provider, condition.as_dict()]
    plain = json.dumps(parts, ensure_ascii=False)
    return int.from_bytes(hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()[:8], "big")
