"""The `evalkit` fixture: asks language models from a Python test, and holds what they answer to what is demanded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeAlias, TypeVar

import pytest

from evalkit.errors import EvalkitError, GateFailed, ProviderError, UsageError, not_set_up
from evalkit.plugin import asserting
from evalkit.plugin.cases import PromptCase
from evalkit.plugin.completions import Completions
from evalkit.plugin.desk import desk_of
from evalkit.plugin.question import Question, naming, question_suite
from evalkit.project import find_project

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from evalkit.findings import Estimate
    from evalkit.plugin.asserting import AdherenceMeasure, Asserted
    from evalkit.plugin.desk import Answered, Desk
    from evalkit.plugin.question import ConstraintLike
    from evalkit.project import Project
    from evalkit.types import Completion, SettingValue, Suite

_Value = TypeVar("_Value")
Prompt: TypeAlias = "str | PromptCase"
History: TypeAlias = "Sequence[tuple[str, str]]"
"""What was said before: pairs of the user's words and the model's."""

SECTION = "evalkit"
DEFAULT_PROVIDER = "smollm2"
INI_PROVIDER = "evalkit_provider"


class Evalkit:
    """Asks language models for one test.

    Whatever is asked goes through the engine, the store and the limits that suites go through: each call of `sample` is
    a run that `evalkit runs` lists under the test's name, `--evalkit-max-cost` is for the whole test run, and
    `--evalkit-reuse` takes stored answers. The engine has an event loop of its own, so that all methods work in tests
    that have one, too; `acomplete` and `asample` let the test's own loop go on meanwhile.

    Where nobody says whom to ask, it is the first `--evalkit-provider`, for a case the first provider of its suite, the
    ini file's `evalkit_provider`, or `smollm2`. A provider without its key or package skips the test, and fails it with
    `--evalkit-require-providers`; one that fails raises what it failed with. A setting that the model does not have
    skips the test.
    """

    def __init__(self, desk: Desk, node: pytest.Item, project: Project) -> None:
        self._desk = desk
        self._node = node
        self._project = project
        self._calls = 0

    @classmethod
    def of(cls, request: pytest.FixtureRequest) -> Evalkit:
        """Return what the fixture gives to a test."""
        node: pytest.Item = request.node
        project = find_project(node.path.parent, otherwise=request.config.rootpath)
        return cls(desk_of(request.config), node, project)

    def complete(
        self,
        prompt: Prompt,
        *,
        provider: str | None = None,
        system: str | None = None,
        history: History = (),
        **settings: SettingValue,
    ) -> Completion:
        """Ask once, and return the answer.

        Args:
            prompt: The user's last message, sent as it is; or a case of `@evalkit.cases`, asked as its suite asks it.
            provider: Whom to ask: the name of a profile.
            system: The system prompt; None for none, or the case's.
            history: What was said before: pairs of the user's words and the model's.
            **settings: Such as `temperature` or `max_tokens`, by the names that suites have.

        Raises:
            EvalkitError: The call failed, or what is asked is wrong.
        """
        __tracebackhide__ = True
        question = self._question(prompt, system, history, settings)
        return self._now(question, self._suite(question, 1, provider, prompt))[0]

    async def acomplete(
        self,
        prompt: Prompt,
        *,
        provider: str | None = None,
        system: str | None = None,
        history: History = (),
        **settings: SettingValue,
    ) -> Completion:
        """Ask once as `complete` does, while the test's own event loop goes on."""
        __tracebackhide__ = True
        question = self._question(prompt, system, history, settings)
        return (await self._meanwhile(question, self._suite(question, 1, provider, prompt)))[0]

    def sample(
        self,
        prompt: Prompt,
        n: int = 8,
        *,
        provider: str | None = None,
        system: str | None = None,
        history: History = (),
        constraints: Sequence[ConstraintLike] | None = None,
        judge: str | None = None,
        **settings: SettingValue,
    ) -> Completions:
        """Ask the same `n` times, and return all that came of it.

        Args:
            prompt: See `complete`, as for what is not named here.
            n: How often.
            provider: Whom to ask.
            system: The system prompt.
            history: What was said before.
            constraints: What the answers must meet, as suites write it; None for nothing, or what the case demands. A
                judge is asked only by those that are given here.
            judge: Profile that judges where a constraint names none.
            **settings: Such as `temperature`.

        Raises:
            EvalkitError: Every call failed, or what is asked is wrong.
        """
        __tracebackhide__ = True
        question = self._demanding(self._question(prompt, system, history, settings), constraints, judge)
        return self._now(question, self._suite(question, n, provider, prompt))

    async def asample(
        self,
        prompt: Prompt,
        n: int = 8,
        *,
        provider: str | None = None,
        system: str | None = None,
        history: History = (),
        constraints: Sequence[ConstraintLike] | None = None,
        judge: str | None = None,
        **settings: SettingValue,
    ) -> Completions:
        """Ask the same `n` times as `sample` does, while the test's own event loop goes on."""
        __tracebackhide__ = True
        question = self._demanding(self._question(prompt, system, history, settings), constraints, judge)
        return await self._meanwhile(question, self._suite(question, n, provider, prompt))

    def assert_adheres(
        self,
        completions: Completions,
        constraints: Sequence[ConstraintLike] | None = None,
        at_least: float = 0.9,
        *,
        measure: AdherenceMeasure = "adherence",
    ) -> Estimate | None:
        """Fail when it is shown that fewer of the constraints are met than demanded.

        That is shown when `at_least` lies above the one-sided 95 % upper limit of what the completions come to, as for
        the case of a suite with a gate. Few draws show little: 2 broken draws of 2 fail 0.9, 1 of 1 does not.

        Args:
            completions: What `sample` returned.
            constraints: What to judge by; None takes those that were given to `sample`.
            at_least: The least share, from 0 to 1.
            measure: `adherence`, the mean share of constraints that an answer meets; or `full_adherence`, the share of
                answers that meet all of them.

        Returns:
            The adherence with its 95 % interval; None where nothing was decided and the test is not to be skipped.

        Raises:
            GateFailed: It is shown.
            ProviderError: Too many of the draws failed.
            UsageError: A constraint or the threshold is wrong.
        """
        __tracebackhide__ = True
        demanded = self._demanded(completions, constraints)

        async def work() -> Asserted:
            store = self._desk.store(completions.project)
            return asserting.judge_adherence(store, completions, demanded, at_least=at_least, measure=measure)

        found = self._known(work())
        self._conclude(found)
        return found.estimate

    def assert_not_worse(
        self,
        completions: Completions,
        name: str,
        constraints: Sequence[ConstraintLike] | None = None,
        *,
        margin: float = 0.05,
        measure: AdherenceMeasure = "adherence",
    ) -> None:
        """Fail when it is shown that the completions adhere worse than those of a committed baseline.

        With `--evalkit-update-baseline` they become the baseline: a file in `reports/baselines/`, to be committed.
        Where neither worse nor not worse is shown the test is skipped with what would decide it, and fails with
        `--evalkit-require-decision`.

        Args:
            completions: What `sample` returned.
            name: The baseline's; each test has its own.
            constraints: What to judge by; None takes those that were given to `sample`.
            margin: How much worse is still acceptable.
            measure: See `assert_adheres`.

        Raises:
            GateFailed: It is shown.
            BaselineError: There is no such baseline, or it is of other constraints, settings or another provider.
            ProviderError: Too many of the draws failed.
        """
        __tracebackhide__ = True
        demanded = self._demanded(completions, constraints)
        if self._desk.options.update_baseline:
            self._update(completions, demanded, name)
            return

        async def work() -> Asserted:
            store = self._desk.store(completions.project)
            return asserting.judge_not_worse(store, completions, demanded, name, margin=margin, measure=measure)

        self._conclude(self._known(work()))

    def _update(self, completions: Completions, demanded: Sequence[ConstraintLike], name: str) -> None:
        __tracebackhide__ = True

        async def work() -> tuple[str, ...]:
            store = self._desk.store(completions.project)
            runs = self._desk.runs(completions.project)
            return asserting.update_baseline(store, completions, demanded, name, runs)

        self._tell(self._known(work()))

    def _question(
        self, prompt: Prompt, system: str | None, history: History, settings: Mapping[str, SettingValue]
    ) -> Question:
        """Write down what is asked; nothing is, yet."""
        if isinstance(prompt, PromptCase):
            return prompt.question(system, tuple(history), settings)
        return Question(prompt, self._node.path, system, tuple(history), settings)

    @staticmethod
    def _demanding(question: Question, constraints: Sequence[ConstraintLike] | None, judge: str | None) -> Question:
        __tracebackhide__ = True
        try:
            return question.demanding(constraints, judge)
        except EvalkitError as error:
            raise error.noted().with_traceback(None) from error.__cause__

    def _suite(self, question: Question, n: int, provider: str | None, prompt: Prompt) -> Suite:
        """Make the suite of one call, which the next one does not share its draws with."""
        __tracebackhide__ = True
        if n < 1:
            raise UsageError(f"`n` must be at least 1, got {n}")
        self._calls += 1
        named = naming(self._node.nodeid, self._node.name, self._calls)
        try:
            return question_suite(question, named, provider=provider or self._usual(prompt), repeats=n)
        except EvalkitError as error:
            raise error.noted().with_traceback(None) from error.__cause__

    def _usual(self, prompt: Prompt) -> str:
        """Return whom to ask where the test does not say."""
        named = (
            *self._desk.options.providers,
            *(prompt.providers if isinstance(prompt, PromptCase) else ()),
            str(self._node.config.getini(INI_PROVIDER)).strip(),
        )
        return next(filter(None, named), DEFAULT_PROVIDER)

    def _now(self, question: Question, suite: Suite) -> Completions:
        __tracebackhide__ = True
        try:
            answered = self._desk.loop.wait(self._desk.ask(suite, self._project))
        except EvalkitError as error:
            self._in_the_way(error)
        return self._came(question, suite, answered)

    async def _meanwhile(self, question: Question, suite: Suite) -> Completions:
        __tracebackhide__ = True
        try:
            answered = await self._desk.loop.wait_async(self._desk.ask(suite, self._project))
        except EvalkitError as error:
            self._in_the_way(error)
        return self._came(question, suite, answered)

    def _came(self, question: Question, suite: Suite, answered: Answered) -> Completions:
        """Return what came, unless something was in the way or nothing is an answer."""
        __tracebackhide__ = True
        if answered.error is not None:
            self._in_the_way(answered.error)
        first = answered.drawn[0]
        outcomes = {each.outcome for each in answered.drawn}
        why = first.error or "no reason was recorded"
        if outcomes == {"unsupported"}:
            pytest.skip(f"unsupported: {why}")
        if outcomes == {"error"}:
            hint = f"`evalkit show {answered.run.id}` says more"
            raise ProviderError(f"provider {suite.providers[0]}: {why}", hint=hint).noted()
        return Completions(
            answered.drawn, suite=suite, run=answered.run, project=self._project, constraints=question.constraints
        )

    def _demanded(
        self, completions: Completions, constraints: Sequence[ConstraintLike] | None
    ) -> Sequence[ConstraintLike]:
        __tracebackhide__ = True
        demanded = completions.constraints if constraints is None else constraints
        if demanded is None:
            raise UsageError("no constraints are given", hint="give them here or to `sample`").noted()
        return demanded

    def _known(self, work: Coroutine[None, None, _Value]) -> _Value:
        """Wait for what is found out in the engine's thread."""
        __tracebackhide__ = True
        try:
            return self._desk.loop.wait(work)
        except EvalkitError as error:
            raise error.noted().with_traceback(None) from error.__cause__

    def _conclude(self, found: Asserted) -> None:
        """Fail, skip, or keep what was found for whoever wants to see it."""
        __tracebackhide__ = True
        text = "\n".join(found.lines)
        if found.state == "failed":
            raise GateFailed(text)
        if found.state == "error":
            raise ProviderError(text)
        if found.state == "undecided":
            if self._desk.options.require_decision and not found.unsupported:
                raise GateFailed(text)
            pytest.skip(" ".join(line.strip() for line in found.lines))
        self._tell(found.lines)

    def _tell(self, lines: Sequence[str]) -> None:
        self._node.add_report_section("call", SECTION, "\n".join(lines))

    def _in_the_way(self, error: EvalkitError) -> NoReturn:
        """Skip the test where a key or a package is missing here; else raise what was wrong."""
        __tracebackhide__ = True
        if not_set_up(error):
            words = error.message if error.hint is None else f"{error.message} (hint: {error.hint})"
            if not self._desk.options.require_providers:
                pytest.skip(words)
            pytest.fail(words, pytrace=False)
        raise error.noted().with_traceback(None) from None
