"""Measures what temperature, system-prompt density and conversation length do to a prompt, with honest error bars.

    >>> import evalkit
    >>> report = evalkit.run("suites/quick.yaml")  # doctest: +SKIP

Nothing is imported before it is used, so that `import evalkit` costs next to nothing.
"""

TYPE_CHECKING = False  # as those who check types take it by its name; `typing` costs more than all of this
if TYPE_CHECKING:
    from evalkit.api import load_suite as load_suite
    from evalkit.api import read_cells as read_cells
    from evalkit.api import run as run
    from evalkit.api import write_reports as write_reports
    from evalkit.errors import EvalkitError as EvalkitError
    from evalkit.findings import Estimate as Estimate
    from evalkit.findings import JudgedGate as JudgedGate
    from evalkit.findings import Report as Report
    from evalkit.findings import Row as Row
    from evalkit.plugin.cases import PromptCase as PromptCase
    from evalkit.plugin.cases import cases as cases
    from evalkit.plugin.completions import Completions as Completions
    from evalkit.plugin.fixture import Evalkit as Evalkit
    from evalkit.types import Cell as Cell
    from evalkit.types import Completion as Completion
    from evalkit.types import Suite as Suite

    __version__: str

__all__ = [
    "Cell",
    "Completion",
    "Completions",
    "Estimate",
    "Evalkit",
    "EvalkitError",
    "JudgedGate",
    "PromptCase",
    "Report",
    "Row",
    "Suite",
    "__version__",
    "cases",
    "load_suite",
    "read_cells",
    "run",
    "write_reports",
]

_HOMES = {
    "Cell": "evalkit.types",
    "Completion": "evalkit.types",
    "Completions": "evalkit.plugin.completions",
    "Estimate": "evalkit.findings",
    "Evalkit": "evalkit.plugin.fixture",
    "EvalkitError": "evalkit.errors",
    "JudgedGate": "evalkit.findings",
    "PromptCase": "evalkit.plugin.cases",
    "Report": "evalkit.findings",
    "Row": "evalkit.findings",
    "Suite": "evalkit.types",
    "cases": "evalkit.plugin.cases",
    "load_suite": "evalkit.api",
    "read_cells": "evalkit.api",
    "run": "evalkit.api",
    "write_reports": "evalkit.api",
}


if not TYPE_CHECKING:  # to whoever checks types, any name would be there

    def __getattr__(name: str) -> object:
        """Import a public name from its module when it is first asked for."""
        if name == "__version__":
            from importlib.metadata import version

            found: object = version("prompt-evalkit")
        elif name in _HOMES:
            from importlib import import_module

            found = getattr(import_module(_HOMES[name]), name)
        else:
            raise AttributeError(f"module `evalkit` has no attribute `{name}`")
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
