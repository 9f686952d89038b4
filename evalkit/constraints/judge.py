"""A constraint that a model judges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from evalkit.constraints.examples import Examples
from evalkit.constraints.reasons import quoted
from evalkit.constraints.validation import check_limit, check_text, check_texts
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.judge.ask import Ask
    from evalkit.judge.form import Form
    from evalkit.protocols import Context

MOST_VOTES = 99
_MOST_GRADES = 101


@dataclass(frozen=True, slots=True)
class Judge:
    """Demand that a model says so.

    Attributes:
        question: What the judge is asked about the text; a template, as prompts are.
        by: The provider profile that judges; left out, the suite's `judge` or the command's `--judge`.
        choices: Answers to choose from; left out, the answers are yes and no, and yes meets the demand.
        passing: Those of `choices` that meet it.
        scale: The least and the greatest grade, both whole numbers; the value is how far up the grade is.
        at_least: With `scale`, the grade from which the demand is met.
        against: A text that the judged one is compared with; the demand is met if the judged one is preferred.
        reference: What a good text says, for the judge to know.
        sees: Whether the judge sees the prompt, too, or the text alone.
        votes: How often the judge is asked: once when left out. Where texts are compared it must be even, so that each
            stands first equally often, and is 2 when left out.

    A majority of all votes decides; of grades, the middle one is taken. A judge's refusal, an answer that is none of
    those asked for, and a call that failed are votes for nothing, and a tie is undecided. The judge is asked after the
    completions have been drawn; see [Judges](../judges.md).

    The loose verdict is the strict one. A text that was cut off is undecided, and nobody is asked.
    """

    name: ClassVar[str] = "judge"
    family: ClassVar[str] = "judged"
    asks_judge: ClassVar[bool] = True
    templates: ClassVar[tuple[str, ...]] = ("question", "reference", "against")
    """Arguments in which variables are filled in."""
    examples: ClassVar[Examples] = Examples(
        arguments={"question": "Is the answer polite?", "by": "claude", "votes": 3},
        met="Could you please restart the broker?",
        broken="Restart it yourself.",
        undecided="Could you please",
    )

    question: str
    by: str | None = None
    choices: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    scale: tuple[int, ...] = ()
    at_least: int | None = None
    against: str | None = None
    reference: str | None = None
    sees: Literal["prompt", "text"] = "prompt"
    votes: int | None = None

    def __post_init__(self) -> None:
        check_text("question", self.question)
        for argument in ("by", "against", "reference"):
            if getattr(self, argument) is not None:
                check_text(argument, getattr(self, argument))
        kinds = [name for name in ("choices", "scale", "against") if getattr(self, name)]
        if len(kinds) > 1:
            raise ArgumentError(
                f"`{kinds[1]}` does not go with `{kinds[0]}`", path=(kinds[1],), hint="keep one of them"
            )
        self._check_votes()
        self._check_choices()
        self._check_scale()

    @property
    def label(self) -> str:
        """The name that reports show."""
        return f"judge {quoted(self.question)}"

    @property
    def form(self) -> Form:
        """The answers that count."""
        from evalkit.judge import form  # noqa: PLC0415 - only where judges are asked

        if self.choices:
            return form.choice(self.choices, self.passing)
        if self.scale:
            return form.scale(self.scale[0], self.scale[1], self.at_least)
        return form.YES_NO if self.against is None else form.COMPARED

    def within(self, context: Context) -> PlacedJudge:
        """Tell the judge what was asked for."""
        return PlacedJudge(self, context)

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - a constraint's signature
        """Leave `text` undecided: a judge's answers belong to a run."""
        return Score(None, "no judge was asked")

    @property
    def calls(self) -> int:
        """How often the judge is asked about one text."""
        return self.votes or (1 if self.against is None else 2)

    def _check_votes(self) -> None:
        if self.votes is None:
            return
        check_limit("votes", self.votes, least=1)
        if self.votes > MOST_VOTES:
            raise ArgumentError(f"`votes` must be at most {MOST_VOTES}, got {self.votes}", path=("votes",))
        if self.against is not None and self.votes % 2:
            raise ArgumentError(
                f"`votes` must be even where texts are compared, got {self.votes}",
                path=("votes",),
                hint="each text stands first in half of the votes; `votes: 2` is the least",
            )

    def _check_choices(self) -> None:
        if not self.choices:
            if self.passing:
                raise ArgumentError("`passing` goes with `choices`", path=("passing",), hint="list all the answers")
            return
        from evalkit.judge.form import plain  # noqa: PLC0415 - as above

        check_texts("choices", self.choices)
        if len({plain(each) for each in self.choices} | {""}) <= len(self.choices):
            raise ArgumentError("`choices` must differ in their letters", path=("choices",))
        if not self.passing or len(set(self.passing)) >= len(self.choices):
            raise ArgumentError("`passing` must name some of `choices`, and not all", path=("passing",))
        for index, each in enumerate(self.passing):
            if each not in self.choices:
                raise ArgumentError(f"`passing` must name some of `choices`, got {each!r}", path=("passing", index))

    def _check_scale(self) -> None:
        if not self.scale:
            if self.at_least is not None:
                raise ArgumentError(
                    "`at_least` goes with `scale`", path=("at_least",), hint="for example `scale: [1, 5]`"
                )
            return
        if len(self.scale) != 2 or not 0 < self.scale[1] - self.scale[0] < _MOST_GRADES:
            raise ArgumentError(
                f"`scale` must be the least and the greatest grade, at most {_MOST_GRADES} grades in all, got"
                f" {list(self.scale)}",
                path=("scale",),
                hint="for example `scale: [1, 5]`",
            )
        if self.at_least is not None and not self.scale[0] < self.at_least <= self.scale[1]:
            raise ArgumentError(
                f"`at_least` must be a grade above {self.scale[0]} and up to {self.scale[1]}, got {self.at_least}",
                path=("at_least",),
            )


@dataclass(frozen=True)  # without slots, which a cached property needs not to be there
class PlacedJudge:
    """A judge that knows what was asked for, and the votes that there are."""

    name: ClassVar[str] = Judge.name
    family: ClassVar[str] = Judge.family
    asks_judge: ClassVar[bool] = True

    judge: Judge
    context: Context

    @property
    def label(self) -> str:
        """The name that reports show."""
        return self.judge.label

    def score(self, text: str, *, whole: bool) -> Score:
        """Count what the judge said of `text`."""
        if not whole:
            return Score(None, "no judge was asked, as the text was cut off")
        if self.context.judgements is None:
            return Score(None, "no judge was asked")
        from evalkit.judge.votes import counted  # noqa: PLC0415 - as above

        ask = self.ask(text)
        return counted(ask, self.context.judgements(ask))

    def ask(self, text: str) -> Ask:
        """Write the question about a text.

        Raises:
            SuiteError: A template cannot be rendered.
        """
        from evalkit.judge.ask import Shown, put  # noqa: PLC0415 - as above

        judge = self.judge
        prompt = self.context.prompt if judge.sees == "prompt" else None
        question, reference, against = self._rendered
        assert question is not None
        shown = Shown(question, text, prompt, reference, against)
        return put(shown, judge.form, judge=judge.by, votes=judge.calls)

    @cached_property
    def _rendered(self) -> tuple[str | None, ...]:
        return tuple(self._fill_in())

    def _fill_in(self) -> Iterator[str | None]:
        from evalkit.templates import render  # noqa: PLC0415 - as above

        variables = {**self.context.case.variables, **self.context.condition.as_dict()}
        for name in Judge.templates:
            text: str | None = getattr(self.judge, name)
            yield None if text is None else render(text, variables)
