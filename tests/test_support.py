"""Whether a provider can apply what a sample asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest

from evalkit.support import unsupported_reason
from evalkit.types import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.protocols import Provider
    from evalkit.support import Support
    from evalkit.types import SettingValue


@dataclass
class Knobs:
    """The part of a provider that says what it can apply."""

    profile: Profile
    known: Mapping[str, Support]

    def supports(self, setting: str) -> Support:
        """Look it up; what is not known is not applied."""
        return self.known.get(setting, False)


def _reason(settings: Mapping[str, SettingValue], known: Mapping[str, Support], **supports: Support) -> str | None:
    profile = Profile("p", "scripted", "model-1", supports=supports)
    return unsupported_reason(cast("Provider", Knobs(profile, known)), settings)


@pytest.mark.parametrize("value", [0, 0.5, 1, 1.0], ids=["least", "inside", "greatest", "greatest as a float"])
def test_both_ends_of_a_range_belong_to_it(value: float) -> None:
    """What lies inside is applied."""
    assert _reason({"temperature": value}, {"temperature": (0, 1)}) is None


@pytest.mark.parametrize(("value", "written"), [(1.0001, "1.0001"), (-0.1, "-0.1"), (2, "2")])
def test_outside_its_range_a_setting_is_unsupported(value: float, written: str) -> None:
    """The reason names the range and the value; nothing is clamped."""
    reason = _reason({"temperature": value}, {"temperature": (0, 1)})
    assert reason == f"model-1 takes `temperature` from 0 to 1, not {written}"


def test_a_setting_that_is_not_applied_is_named() -> None:
    """Also when others are."""
    known: dict[str, Support] = {"temperature": True}
    assert _reason({"temperature": 0.5, "top_k": 3}, known) == "model-1 does not take `top_k`"
    assert _reason({"temperature": 0.5}, known) is None
    assert _reason({}, {}) is None


def test_the_profile_overrides_the_adapter() -> None:
    """In either direction, for the settings that it names."""
    assert _reason({"top_k": 3}, {}, top_k=True) is None
    assert _reason({"top_k": 3}, {"top_k": True}, top_k=False) == "model-1 does not take `top_k`"
    assert _reason({"top_k": 3}, {"top_k": (0, 1)}, top_k=(0, 5)) is None


def test_a_range_says_nothing_of_texts() -> None:
    """Stop strings have no order."""
    assert _reason({"stop": ("a",)}, {"stop": (0, 1)}) is None
