"""Asking language models from test functions, and what becomes of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import SuiteTests


def test_try(suite_tests: SuiteTests) -> None:
    """Try."""
    suite_tests.ini('evalkit_provider = "script"')
    suite_tests.write(
        "tests/test_it.py",
        """
import asyncio
import evalkit as ek

def test_complete(evalkit):
    found = evalkit.complete("Say {{ this }}.", temperature=0.5)
    assert found.text == "Just this."
    assert found.applied["temperature"] == 0.5

def test_sample(evalkit):
    found = evalkit.sample("Say.", n=4, system="Be brief.", history=[("a", "b")])
    print(repr(found))
    evalkit.assert_adheres(found, [{"max_words": 3}])

def test_bad(evalkit):
    found = evalkit.sample("Say.", n=4, constraints=[{"max_words": 1}])
    evalkit.assert_adheres(found)

def test_async(evalkit):
    async def both():
        return await asyncio.gather(evalkit.acomplete("One."), evalkit.asample("Two.", 2))
    one, two = asyncio.run(both())
    assert len(two) == 2

def test_worse(evalkit):
    found = evalkit.sample("Say.", n=4, constraints=[{"max_words": 3}])
    evalkit.assert_not_worse(found, "tone")

@ek.cases("suites/cases.yaml")
def test_case(evalkit, case):
    found = evalkit.sample(case, 2)
    evalkit.assert_adheres(found)

@ek.cases("suites/none.yaml")
def test_broken(case):
    pass
""",
    )
    suite_tests.run("-rA", "tests")
    suite_tests.run("-rA", "tests", "-k", "worse", "--evalkit-update-baseline")
    suite_tests.run("-rA", "tests", "-k", "worse")
    assert 0
