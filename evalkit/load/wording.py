"""Tries every template of a suite before anything is run, so that none can fail after money was spent."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from evalkit.constraints.walk import every_part
from evalkit.errors import SuiteError, suggestion
from evalkit.expand.conditions import NEVER, system_of
from evalkit.load.axes import reserved
from evalkit.load.systems import system_texts
from evalkit.templates import is_template, render, variables_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evalkit.load.cursor import Cursor
    from evalkit.types import AxisValue, Case, Suite


def check_templates(suite: Suite, top: Cursor) -> None:
    """Render every template for every case and every value of the axes that it uses.

    Raises:
        SuiteError: A template is malformed, uses what is not there or reaches outside its sandbox; or an axis is used
            by no template and is no setting.
    """
    used: set[str] = set()
    for cursor in _templates(top):
        used |= _variables(cursor)
    for index, case in enumerate(suite.cases):
        used |= _try_constraints(suite, case, top.child("cases").child(index))
    for axis in suite.axes:
        if not reserved(axis) and axis not in used:
            names = [
                *used,
                "system",
                "density",
                "turns",
                "refresh",
                "temperature",
                "top_p",
                "top_k",
                "min_p",
                "max_tokens",
            ]
            top.child("axes").child(axis).fail(
                f"axis `{axis}` is used by no template and is no setting",
                hint=suggestion(axis, names),
                key=True,
            )
    everywhere = [cursor for cursor in _templates(top) if "prompt" not in cursor.path]
    for index, case in enumerate(suite.cases):
        prompt = top.child("cases").child(index).child("prompt")
        for cursor in [prompt, *everywhere]:
            if is_template(cursor.value):
                _try(cursor, suite, case.variables)


def _try_constraints(suite: Suite, case: Case, cursor: Cursor) -> set[str]:
    """Render the templates in a case's constraints, such as a judge's question, and return the variables they use.

    Those of the suite are among them, and are tried with every case.
    """
    used: set[str] = set()
    axes = {axis: values[0] for axis, values in suite.axes.items()}
    systems = [each for system in suite.systems.values() for each in system.constraints]
    for constraint in (*case.constraints, *systems):
        for part in every_part(constraint):
            for argument in getattr(part, "templates", ()):
                text = getattr(part, argument) or ""
                try:
                    used |= variables_of(text)
                    render(text, {**case.variables, **axes})
                except SuiteError as error:
                    cursor.fail(f"`{argument}` of `{part.name}`: {error.message}", hint=error.hint)
    return used


def _try(cursor: Cursor, suite: Suite, variables: Mapping[str, AxisValue]) -> None:
    """Render one template with every combination of the axes that it uses, and the first value of the others."""
    used = _variables(cursor)
    first = {axis: values[0] for axis, values in suite.axes.items()}
    axes = [axis for axis in suite.axes if axis in used]
    message = {"system": "", "message": ""} if cursor.path == ("refresh",) else {}
    for values in product(*(_values(suite, axis, cursor) for axis in axes)):
        chosen = dict(zip(axes, values, strict=True))
        try:
            render(cursor.value, {**variables, **first, **chosen, **message})
        except SuiteError as error:
            cursor.fail(error.message, hint=error.hint)


def _values(suite: Suite, axis: str, cursor: Cursor) -> tuple[AxisValue, ...]:
    """Return what a template may meet; None besides the axis's values where density or refresh may have no effect."""
    values = suite.axes[axis]
    if axis == "density":
        systems = [cursor.path[1]] if cursor.path[0] == "systems" else suite.axes.get("system", (None,))
        inert = any(not system_of(suite, str(name) if name is not None else None).rules for name in systems)
        return (*values, None) if inert else values
    return (*values, None) if axis == "refresh" and NEVER not in values else values


def _variables(cursor: Cursor) -> frozenset[str]:
    try:
        return variables_of(cursor.value)
    except SuiteError as error:
        cursor.fail(error.message, hint=error.hint)


def _templates(top: Cursor) -> Iterator[Cursor]:
    """Yield every text of the document that is rendered."""
    document = top.value
    for index in range(len(document["cases"])):
        yield top.child("cases").child(index).child("prompt")
    for name in document.get("systems", {}):
        yield from system_texts(top.child("systems").child(name))
    if "conversation" in document:
        for exchange in top.child("conversation").child("exchanges").list():
            for role in ("user", "assistant"):
                if exchange.value.get(role):
                    yield exchange.child(role)
    if "refresh" in document:
        yield top.child("refresh")
