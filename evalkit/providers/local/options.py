"""The options and limits of a local profile."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from evalkit.errors import ProfileError, suggestion

if TYPE_CHECKING:
    from evalkit.types import Profile

DTYPES = ("float32", "bfloat16", "float16")
LIMITS = ("batch_size", "threads")
DEFAULT_BATCH_SIZE = 32


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """How a local model is loaded.

    Attributes:
        dtype: Precision; float32 by default, because in bfloat16 the batch that a prompt shares changes its text.
        device: `auto` takes the GPU where there is one.
        chat_template: `plain`, the text of a Jinja template, or None for the model's own.
    """

    dtype: str = "float32"
    device: str = "auto"
    chat_template: str | None = None

    def torch_device(self) -> str:
        """Return the device that torch should use."""
        import torch  # the adapter may be listed without torch being there

        if self.device == "auto":
            return "cuda" if torch.cuda.is_available() else "cpu"
        return self.device


def read_options(profile: Profile) -> LocalOptions:
    """Check a profile's options and limits.

    Raises:
        ProfileError: One is unknown or has a wrong value.
    """
    known = [field.name for field in fields(LocalOptions)]
    for name in profile.options:
        if name not in known:
            raise ProfileError(f"adapter `transformers` has no option `{name}`", hint=suggestion(name, known))
    for name, value in profile.limits.items():
        if name not in LIMITS:
            raise ProfileError(f"adapter `transformers` has no limit `{name}`", hint=suggestion(name, LIMITS))
        if value != int(value):
            raise ProfileError(f"limit `{name}` must be a whole number, got {value:g}")
    given: dict[str, Any] = dict(profile.options)
    for name, value in given.items():
        if not isinstance(value, str):
            raise ProfileError(f"option `{name}` must be a text, got {value!r}")
    options = LocalOptions(**given)
    if options.dtype not in DTYPES:
        raise ProfileError(f"option `dtype` must be one of {', '.join(DTYPES)}, got {options.dtype}")
    if options.device not in ("auto", "cpu", "cuda") and not options.device.startswith("cuda:"):
        raise ProfileError(f"option `device` must be auto, cpu or cuda, got {options.device}")
    return options
