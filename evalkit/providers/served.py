"""Whether the model that says it answered is the one that was asked for.

Vendors write one model in many ways: with a folder before it, with the date of its snapshot behind it, as an alias that
stands for whatever is newest. They also answer with another model altogether, and say so in one field only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_VENDOR = re.compile(
    r"^(?:(?:us|eu|apac|au|jp|ca|sa|global)\.)?"  # a region, as cloud platforms write it
    r"(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|mistral|openai|qwen)\."
)
_REVISION = re.compile(r"-v\d:\d$")  # the cloud platform's packaging, not the model's version
_BARE_REVISION = re.compile(r"-v\d(?::\d)?$")  # only behind a platform's prefix: `deepseek-v3` is a model
_SNAPSHOT = re.compile(r"(?:-(\d{4}-\d{2}-\d{2}|\d{8}|\d{3,4}|latest)|@([\w.-]+))$")
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")
_QUANTISATION = re.compile(r"[-.]((?:i?q\d\w*|bf16|f16|f32|mxfp4\w*))$")
_MOVING = ("latest", "default")


@dataclass(frozen=True, slots=True)
class _Name:
    """A model's name taken apart; an empty part was not written."""

    base: str
    tuned: str = ""
    snapshot: str = ""
    tag: str = ""
    quantisation: str = ""


def same_family(asked: str, served: str) -> bool:
    """Tell whether `served` is the model that `asked` names.

    Case, folders, a vendor's prefix and the form of a date make no difference. Snapshot, tag and quantisation make one
    only where both names have them. A fine-tuned model is not the one that it was made from.

    >>> same_family("gpt-4.1", "gpt-4.1-2025-04-14")
    True
    >>> same_family("gemini-2.5-flash", "gemini-2.5-flash-lite")
    False
    """
    if asked.casefold() == served.casefold():
        return True
    one, other = _take_apart(asked), _take_apart(served)
    return (
        one.base == other.base
        and one.tuned == other.tuned
        and _agree(one.snapshot, other.snapshot)
        and _agree(one.tag, other.tag)
        and _agree(one.quantisation, other.quantisation)
    )


def is_alias(asked: str) -> bool:
    """Tell whether `asked` is a name that the vendor points at whichever model is newest.

    What answers then goes by another name, which is the alias resolved and not another model.

    >>> is_alias("gemini-flash-latest")
    True
    """
    return _take_apart(asked).snapshot == "latest"


def stem(model: str) -> str:
    """Return a model's name without folder, vendor, snapshot, tag and file ending, in lower case.

    >>> stem("us.anthropic.claude-haiku-4-5-20251001-v1:0")
    'claude-haiku-4-5'
    """
    return _take_apart(model).base


def _agree(one: str, other: str) -> bool:
    return one == other or not one or not other or one in _MOVING or other in _MOVING


@lru_cache(maxsize=1024)
def _take_apart(model: str) -> _Name:
    name = model.strip().casefold()
    tuned = ""
    if name.startswith("ft:"):  # `ft:base:organisation:suffix:id`
        _, name, *rest = name.split(":")
        tuned = ":".join(rest) or "ft"
    name = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    bare, on_platform = _VENDOR.subn("", name)
    name = (_BARE_REVISION if on_platform else _REVISION).sub("", bare)
    name, _, tag = name.partition(":")
    name, quantisation = _cut_file_ending(name)
    found = _SNAPSHOT.search(name)
    if found is None or found.start() == 0:
        return _Name(name, tuned, "", tag, quantisation)
    snapshot = (found[1] or found[2]).replace("-", "")
    return _Name(name[: found.start()], tuned, snapshot, tag, quantisation)


def _cut_file_ending(name: str) -> tuple[str, str]:
    if not name.endswith(".gguf"):
        return name, ""
    name = _SHARD.sub("", name.removesuffix(".gguf"))
    found = _QUANTISATION.search(name)
    return (name, "") if found is None else (name[: found.start()], found[1])
