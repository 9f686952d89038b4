"""The pytest plugin: options, marks, and the fixture; everything else is loaded once a test run has opted in.

pytest loads this module into every test run where evalkit is installed, so it imports nothing but pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from evalkit.plugin.fixture import Evalkit

VALUES = {
    "--evalkit": ("append", "PATH", "Collect the suites of this folder or file; repeatable."),
    "--evalkit-provider": ("append", "NAME", "Ask this provider instead of the suites'; repeatable."),
    "--evalkit-set": ("append", "AXIS=V,V", "Run these values of an axis; they may be new ones. Repeatable."),
    "--evalkit-max-cost": ("store", "USD", "Ask nothing more that would let all runs together cost more than this."),
    "--evalkit-baseline": ("store", "NAME", "Hold the runs against this baseline; {suite} in it is the suite's name."),
    "--evalkit-report": ("store", "F,F", "Write these reports of each run, as `evalkit run --format` does."),
}
FLAGS = {
    "--evalkit-update-baseline": "Make the runs that baseline, or one of the suite's name; keep what was not selected.",
    "--evalkit-reuse": "Take stored answers to the same samples instead of asking again.",
    "--evalkit-resume": "Go on with the newest run of the same selection if it is not finished.",
    "--evalkit-require-decision": "Fail what is undecided instead of skipping it.",
    "--evalkit-require-providers": "Fail what asks a provider without key or package instead of skipping it.",
}
SUITES = "Folders and files of suites to collect with the tests, relative to the root of the test run."
AT_LEAST = (
    "Share of a case's draws that must meet all constraints where a suite has no gates; 1.0 at one repeat and 0.5 at"
    " more by default."
)
PROVIDER = "Whom the `evalkit` fixture asks where neither the test nor --evalkit-provider says so; smollm2 by default."
MARKS = (
    "evalkit: an item of a suite",
    "evalkit_cases: run the test for each case of a suite (@evalkit.cases)",
    "live: asks a server over the network (items of suites)",
    "slow: asks a model that runs in this process (items of suites)",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; they are checked where they are read, in a test run that has opted in."""
    group = parser.getgroup("evalkit", "evalkit: suites that ask language models")
    for name, (action, metavar, meaning) in VALUES.items():
        group.addoption(name, action=action, metavar=metavar, help=meaning)
    for name, meaning in FLAGS.items():
        group.addoption(name, action="store_true", help=meaning)
    parser.addini("evalkit_suites", SUITES, type="args", default=[])
    parser.addini("evalkit_at_least", AT_LEAST, type="string", default="")
    parser.addini("evalkit_provider", PROVIDER, type="string", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, and the rest of the plugin where suites are to be collected."""
    _leave_as_it_is(config)
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    if config.option.evalkit or config.getini("evalkit_suites"):
        from evalkit.plugin.session import TestRun

        config.pluginmanager.register(TestRun(config), "evalkit suites")


def _leave_as_it_is(config: pytest.Config) -> None:
    """Have pytest not rewrite the assertions of all of evalkit, which it does to the whole package of a plugin.

    They state what holds anyway. Where no byte code may be written, rewriting costs each process more than half a
    second; a pytest that keeps its list elsewhere goes on doing it.
    """
    marked = getattr(getattr(config.pluginmanager, "rewrite_hook", None), "_must_rewrite", None)
    if isinstance(marked, set):
        marked.discard("evalkit")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - a worker of pytest-xdist, which has no types
    """Hand a worker of pytest-xdist the session's id."""
    from evalkit.plugin.identity import hand_over

    hand_over(node)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - as above
    """Hear from a worker of pytest-xdist where the runs of its tests are."""
    stores: list[str] = getattr(node, "workeroutput", {}).get("evalkit_stores", [])
    if stores:
        from evalkit.plugin.own_summary import hear

        hear(node.config, stores)


@pytest.fixture
def evalkit(request: pytest.FixtureRequest) -> Evalkit:
    """Ask language models from a test: `complete`, `sample`, `assert_adheres`, `assert_not_worse`."""
    from evalkit.plugin.fixture import Evalkit

    return Evalkit.of(request)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with `@evalkit.cases` for each case of its suite."""
    mark = metafunc.definition.get_closest_marker("evalkit_cases")
    if mark is not None:
        from evalkit.plugin.cases import parametrize

        parametrize(metafunc, mark)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Raise what is wrong with the suite of a test with `@evalkit.cases`."""
    if item.get_closest_marker("evalkit_cases") is not None:
        from evalkit.plugin.cases import raise_broken

        raise_broken(item)
