"""What a model answered to one prompt, drawn several times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from evalkit.excerpt import on_one_line
from evalkit.reports.format import count

if TYPE_CHECKING:
    from evalkit.plugin.question import ConstraintLike
    from evalkit.project import Project
    from evalkit.types import Completion, Run, Suite

_SHOWN, _COLUMNS = 3, 40


class Completions(Sequence["Completion"]):
    """The completions of one prompt, in the order of their draws.

    Failed calls and refusals are among them, with their outcome and without a text, so that nothing is taken for an
    answer that is none.

    Args:
        drawn: What came back.
        suite: What was asked, as a suite of one case.
        run: Where it is stored.
        project: Whose store that is.
        constraints: What was demanded when it was asked; None for nothing.
    """

    def __init__(
        self,
        drawn: Sequence[Completion],
        *,
        suite: Suite,
        run: Run,
        project: Project,
        constraints: Sequence[ConstraintLike] | None = None,
    ) -> None:
        self._drawn = tuple(drawn)
        self.suite = suite
        self.stored = run
        self.project = project
        self.constraints = None if constraints is None else tuple(constraints)

    @property
    def run(self) -> str:
        """The id of the run that they are stored in, for `evalkit show`."""
        return self.stored.id

    @property
    def provider(self) -> str:
        """Who answered."""
        return self.suite.providers[0]

    @property
    def case(self) -> str:
        """The id of the prompt in its run: the name of the test, and a number from the second call on."""
        return self.suite.cases[0].id

    @property
    def texts(self) -> list[str]:
        """The texts of those that have one, complete or cut off."""
        return [each.text for each in self._drawn if each.scored]

    @overload
    def __getitem__(self, index: int) -> Completion: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Completion]: ...

    def __getitem__(self, index: int | slice) -> Completion | Sequence[Completion]:
        """Return one of them, or several as a plain tuple."""
        return self._drawn[index]

    def __len__(self) -> int:
        """Return how many were drawn."""
        return len(self._drawn)

    def __repr__(self) -> str:
        """Write how many there are, how they ended, and how the first texts begin."""
        outcomes = Counter(each.outcome for each in self._drawn)
        ended = ", ".join(f"{times} {outcome}" for outcome, times in outcomes.items() if outcome != "complete")
        texts = [f"`{on_one_line(text, _COLUMNS)}`" for text in self.texts[:_SHOWN]]
        more = ", …" if len(self.texts) > _SHOWN else ""
        head = f"{count(len(self), 'completion')} of {self.provider} in run {self.run}" + (
            f" ({ended})" if ended else ""
        )
        return f"<{head}: {', '.join(texts)}{more}>" if texts else f"<{head}>"
