"""The process in which a user's functions run: reads one request a line, writes one answer a line.

A request is `{path, function, text, case}`, or the same without `text` and `case` to have the file loaded. An answer
holds `value`, `reason`, `spans` and `detail`; or `fault`, why there is no verdict, with a `detail` to read.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from evalkit.own_code.case import read_case
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Json

_LONGEST_SHOWN = 200


def main() -> None:
    """Answer requests until there are no more."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)  # a function that asks for input gets none, rather than the next request
    os.dup2(2, 1)  # what a function prints goes past the answers
    for line in requests:
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()


def answer(request: Json) -> Json:
    """Do what one request asks for; nothing that the user's code raises gets past this."""
    path, name = Path(request["path"]), request["function"]
    try:
        function = _function(path, name)
        if "text" not in request:
            return {}
        case = None if request["case"] is None else read_case(request["case"])
        return _checked(function(request["text"], case), name, len(request["text"]))
    except BaseException as error:  # noqa: BLE001 - `sys.exit` in a check is a fault of the check, too
        return {"fault": f"`{name}` raised {_in_short(error)}", "detail": _traceback(error, path)}


@cache
def _function(path: Path, name: str) -> Callable[..., object]:
    module = _module(path)
    return cast("Callable[..., object]", getattr(module, name))


@cache
def _module(path: Path) -> Any:  # noqa: ANN401 - a module of the user's
    sys.path.insert(0, str(path.parent))  # a check may import what stands beside it
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # before execution: dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def _checked(returned: object, name: str, length: int) -> Json:
    """Turn what a function returned into an answer."""
    if isinstance(returned, Score):
        spans = [[span.start, span.end] for span in returned.spans]
        if not all(0 <= start <= end <= length for start, end in spans):
            return {"fault": f"`{name}` returned a span outside the text of {length:,} characters: {spans}"}
        if returned.value is not None and not _is_share(returned.value):
            return {"fault": f"`{name}` returned a value that is not between 0 and 1: {returned.value!r}"}
        return {"value": returned.value, "reason": returned.reason, "spans": spans, "detail": returned.detail}
    if isinstance(returned, bool):
        return {"value": float(returned), "reason": f"`{name}` returned {returned}"}
    if _is_share(returned):
        return {"value": float(cast("float", returned)), "reason": f"`{name}` returned {returned:g}"}
    shown = repr(returned)[:_LONGEST_SHOWN]
    return {"fault": f"`{name}` returned {shown}, which is no Score, bool or number from 0 to 1"}


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= 1


def _in_short(error: BaseException) -> str:
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words[:_LONGEST_SHOWN]}" if words else type(error).__name__


def _traceback(error: BaseException, path: Path) -> str:
    """Write the traceback from the user's file on."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((index for index, frame in enumerate(frames) if Path(frame.filename) == path), 0)
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(frames[first:])]
    return "".join([*lines, *traceback.format_exception_only(error)]).rstrip("\n")
