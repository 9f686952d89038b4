"""What the plugin costs those who do not use it, and what it says of itself."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import SuiteTests

OPTIONS = (
    "--evalkit=PATH",
    "--evalkit-provider=NAME",
    "--evalkit-set=AXIS=V,V",
    "--evalkit-max-cost=USD",
    "--evalkit-baseline=NAME",
    "--evalkit-report=F,F",
    "--evalkit-update-baseline",
    "--evalkit-reuse",
    "--evalkit-resume",
    "--evalkit-require-decision",
    "--evalkit-require-providers",
    "evalkit_suites (args):",
    "evalkit_at_least (string):",
    "evalkit_provider (string):",
)


def test_without_opting_in_nothing_else_is_imported(suite_tests: SuiteTests) -> None:
    """Of evalkit the module of the plugin alone, and nothing heavy; that is what makes it cheap."""
    suite_tests.ini()
    suite_tests.write(
        "conftest.py",
        "import sys\n\ndef pytest_collection_finish(session):\n"
        "    loaded = sorted(name for name in sys.modules if name.split('.')[0] in ('evalkit', 'numpy', 'ruamel'))\n"
        "    print('imported:', *loaded)\n",
    )
    suite_tests.write("test_it.py", "def test_it(): pass\n")
    found = suite_tests.run("-q", "-s", apart=True)
    found.stdout.fnmatch_lines(["imported: evalkit evalkit.pytest_plugin"])
    found.assert_outcomes(passed=1)


def test_the_package_is_imported_as_it_is(suite_tests: SuiteTests) -> None:
    """Pytest marks all of a plugin's package for rewriting, which costs time and shows nothing."""
    suite_tests.write(
        "conftest.py",
        "import sys\n\nimport pytest\n\npytest.register_assert_rewrite('evalkit')\n\n"
        "def pytest_collection_finish(session):\n"
        "    print('loaded by:', type(sys.modules['evalkit.plugin.session'].__loader__).__name__)\n",
    )
    found = suite_tests.run("-q", "-s", "--collect-only", apart=True)
    found.stdout.fnmatch_lines(["loaded by: SourceFileLoader"])


def test_help_names_every_option(suite_tests: SuiteTests) -> None:
    """With what it takes."""
    text = suite_tests.run("--help").stdout.str()
    assert [option for option in OPTIONS if option not in text] == []


def test_markers_are_told_apart_from_others(suite_tests: SuiteTests) -> None:
    """Those of every test run; tags are known once suites are collected."""
    suite_tests.run("--markers").stdout.fnmatch_lines(
        ["@pytest.mark.evalkit: *", "@pytest.mark.live: *", "@pytest.mark.slow: *"]
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\nevalkit_suites = suites\naddopts = --strict-config\n"),
        ("tox.ini", "[pytest]\nevalkit_suites = suites more\n"),
        ("setup.cfg", "[tool:pytest]\nevalkit_suites = suites\n"),
    ],
)
def test_any_ini_file_can_opt_in(suite_tests: SuiteTests, name: str, text: str) -> None:
    """Names are separated by spaces there."""
    (suite_tests.folder / "pyproject.toml").unlink()
    suite_tests.write("more/one.yaml", suite_tests.suite().read_text().replace("suite: cases", "suite: one"))
    suite_tests.write(name, text)
    assert len(suite_tests.names()) == (4 if "more" in text else 2)


def test_the_plugin_is_named_once() -> None:
    """Where evalkit is installed from a wheel, pytest finds it by its entry point."""
    found = [entry.value for entry in entry_points(group="pytest11", name="evalkit")]
    assert found in ([], ["evalkit.pytest_plugin"])


def test_a_test_may_have_a_fixture_of_the_same_name(suite_tests: SuiteTests) -> None:
    """A project's own comes first."""
    suite_tests.write(
        "test_it.py",
        "import pytest\n\n@pytest.fixture\ndef evalkit():\n    return 3\n\n\n"
        "def test_it(evalkit):\n    assert evalkit == 3\n",
    )
    suite_tests.run("test_it.py").assert_outcomes(passed=1)
