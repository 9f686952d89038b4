"""Sizes of modules and functions, and tests that mirror the package."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 500
LONGEST_BODY = 40
SOURCES = sorted(
    path for folder in ("evalkit", "tests", "scripts", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "evalkit").rglob("*.py"))
PACKAGES = [module for module in MODULES if module.endswith("__init__.py")]
TESTS = sorted(
    path.relative_to(ROOT / "tests").as_posix()
    for path in (ROOT / "tests").rglob("test_*.py")
    if path.relative_to(ROOT).parts[1] not in ("repository", "e2e")
)
UNTESTED = {
    "evalkit/__main__.py": "one call; every test that starts a process goes through it",
    "evalkit/findings.py": "dataclasses without behaviour",
    "evalkit/forges/forge.py": "dataclasses and a protocol without behaviour",
    "evalkit/protocols.py": "protocols without behaviour",
    "evalkit/verdicts.py": "dataclasses without behaviour",
    "evalkit/reports/registry.py": "a table of names; tests/reports goes through all of it",
}
"""Modules without a test file of their own, and why."""
ACROSS = {
    "providers/test_contract.py": "holds every adapter to evalkit.testing",
    "constraints/test_invariants.py": "holds every constraint to what must hold for all of them",
    "constraints/ifeval/test_equality.py": "holds every check of IFEval to the reference checker",
}
"""Test files without a module of their own, and why."""


def test_no_file_has_more_than_500_lines() -> None:
    """A longer one is split by job."""
    lengths = {_shown(source): len(source.read_text(encoding="utf-8").splitlines()) for source in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_body_has_more_than_40_lines() -> None:
    """Signature and docstring are not counted; a single statement (a table, a schema) and a test may be longer."""
    lengths = {
        f"{_shown(source)}: {function.name}": _body_lines(function)
        for source in SOURCES
        if not source.is_relative_to(ROOT / "tests")
        for function in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_BODY} == {}


def test_every_test_file_has_its_module() -> None:
    """tests/a/test_b.py tests evalkit/a/b.py, or the package evalkit/a/b."""
    tested = {test: f"evalkit/{Path(test).with_name(Path(test).name.removeprefix('test_'))}" for test in TESTS}
    known = {*MODULES, *(f"{package.removesuffix('/__init__.py')}.py" for package in PACKAGES)}
    alone = {test for test, module in tested.items() if module not in known}
    assert alone == set(ACROSS)


def test_every_module_has_its_test_file() -> None:
    """evalkit/a/b.py is tested by tests/a/test_b.py, unless a reason is given above."""
    modules = [Path(module) for module in MODULES if module not in PACKAGES]
    tests = {module.as_posix(): Path(*module.parts[1:-1], f"test_{module.name}").as_posix() for module in modules}
    assert [test for module, test in tests.items() if module not in UNTESTED and test not in TESTS] == []


def test_every_exception_is_needed() -> None:
    """The list of exceptions names no module that is gone or has its test."""
    expected = {module: module.removeprefix("evalkit/").rpartition("/") for module in UNTESTED}
    assert set(UNTESTED) <= set(MODULES)
    assert [m for m, (folder, slash, name) in expected.items() if f"{folder}{slash}test_{name}" in TESTS] == []


@pytest.mark.parametrize("folder", ["suites", "providers", "reports", "tests", "benchmarks", "scripts", "docs"])
def test_only_the_package_is_a_package(folder: str) -> None:
    """A folder of data or of tests has no `__init__.py`."""
    assert list((ROOT / folder).rglob("__init__.py")) == []


@pytest.mark.parametrize("module", [module for module in PACKAGES if module != "evalkit/__init__.py"])
def test_packages_hold_a_docstring_and_re_exports_only(module: str) -> None:
    """No code hides in an `__init__.py`; the topmost one finds what is public only when it is asked for."""
    docstring, *rest = ast.parse((ROOT / module).read_text(encoding="utf-8")).body
    assert isinstance(docstring, ast.Expr)
    assert all(isinstance(each, ast.Assign | ast.ImportFrom) for each in rest)
    assert {ast.unparse(each.targets[0]) for each in rest if isinstance(each, ast.Assign)} <= {"__all__"}


def _shown(source: Path) -> str:
    return source.relative_to(ROOT).as_posix()


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body if ast.get_docstring(function) is None else function.body[1:]
    if len(body) < 2:
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1
