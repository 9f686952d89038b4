"""What starting the command and importing the pipeline may not import."""

from __future__ import annotations

import subprocess
import sys

import pytest

MODELS = ("torch", "transformers", "anthropic", "openai", "google.genai", "altair", "matplotlib")
HEAVY = (
    *MODELS,
    "numpy",
    "scipy",
    "rich",
    "pydantic",
    "jinja2",
    "jsonschema",
    "rapidfuzz",
    "punkt",
    "langdetect",
    "re2",
    "ruamel.yaml",
    "asyncio",
    "sqlite3",
)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["run", "--help"],
        ["check", "--help"],
        ["report", "--help"],
        ["show", "--help"],
        ["score", "--help"],
        ["import", "--help"],
    ],
    ids=" ".join,
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help costs click and little else: no model library, SDK, arrays, validation, templates, plots or database."""
    code = f"from evalkit.cli.main import main\ntry:\n    main({arguments!r})\nexcept SystemExit:\n    pass"
    assert _imported(code, HEAVY) == []


@pytest.mark.parametrize(
    "module", ["evalkit.report", "evalkit.load", "evalkit.schema", "evalkit.cli.plan", "evalkit.responses.take"]
)
def test_the_core_imports_no_model_library(module: str) -> None:
    """Adapters are reached by name, and imported when a profile names them."""
    assert _imported(f"import {module}", MODELS) == []


def test_listing_adapters_imports_none() -> None:
    """The table of adapters knows their names without their modules."""
    code = "from evalkit.providers.registry import ADAPTERS\nADAPTERS.names()"
    assert _imported(code, ("evalkit.providers.scripted", "evalkit.providers.transformers")) == []


def _imported(code: str, unwanted: tuple[str, ...]) -> list[str]:
    """Run `code` in a fresh Python and return which of the unwanted modules it imported."""
    watching = f"{code}\nimport sys\nprint('imported:', *[name for name in {unwanted!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", watching], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.splitlines()[-1].removeprefix("imported:").split()


def test_importing_the_package_imports_next_to_nothing() -> None:
    """What is public is imported when it is asked for."""
    assert _imported("import evalkit\ndir(evalkit)", (*HEAVY, "pytest", "dataclasses", "importlib.metadata")) == []
