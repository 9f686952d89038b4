"""Takes a baseline apart into its lines, and refuses one that is not as it was written, with the place."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, cast

from evalkit.baselines.lines import CASES, CHECK, FORMAT, LAST, ROWS, check_of
from evalkit.errors import BaselineError, Location
from evalkit.json_lines import kind_of_json

if TYPE_CHECKING:
    from typing import TypeAlias

    from evalkit.types import Json

    Document: TypeAlias = dict[str, Json]

SAVE_AGAIN = "`evalkit baseline save NAME RUN --force` writes it anew; a baseline is not for editing"
RESTORE = "take the file back from version control, or " + SAVE_AGAIN
_MARKERS = re.compile(r"(<{7}|>{7}|\|{7})( |$)|={7}$")
_CHECKED = re.compile(re.escape(CHECK) + r'([0-9a-f]{8})"(.*)$', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one row, without checks and line ends; each lacks its closing brace.

    Attributes:
        line: Number of the row's own line; the cases' follow it.
        row: What it says.
        cases: What theirs say.
    """

    line: int
    row: str
    cases: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Layout:
    """A baseline's lines, taken apart.

    Attributes:
        head: What the first line says, as text; its format is this one.
        check: Of the whole.
        blocks: One for each row.
    """

    head: str
    check: str
    blocks: tuple[Block, ...]


def take_apart(data: bytes, name: str) -> Layout:
    """Take a baseline apart.

    Args:
        data: What its file holds.
        name: How messages call the file.

    Raises:
        BaselineError: It is not as `baseline_lines` wrote it.
    """
    return _Taking(name, _text(data, name)).layout()


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")  # version control may have changed the line ends
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Location(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise BaselineError("not UTF-8 text", location=place, hint=RESTORE) from error


@dataclass(slots=True)
class _Taking:
    """One reading of one file.

    Attributes:
        checks: Of the lines of cases, by row.
        stated: The check that each row's line ends with.
    """

    name: str
    text: str
    lines: list[str] = field(default_factory=list[str])
    blocks: list[Block] = field(default_factory=list[Block])
    checks: list[list[str]] = field(default_factory=list[list[str]])
    stated: list[str] = field(default_factory=list[str])

    def layout(self) -> Layout:
        self.lines = self.text.split("\n")
        while self.lines and not self.lines[-1]:
            self.lines.pop()
        self._refuse_markers()
        if not self.lines:
            self._fail(1, "the file is empty", hint=RESTORE)
        head, check = self._parted(0, ROWS)
        self._refuse_format(self._parsed(head, 1))
        self._take_rows()
        for block, checks, stated in zip(self.blocks, self.checks, self.stated, strict=True):
            if check_of(block.row, *checks) != stated:
                self._fail(
                    block.line,
                    "this line was edited, or lines of its cases were added, taken out or moved",
                    hint=RESTORE,
                )
        if check_of(head, *self.stated) != check:
            self._fail(
                1, "this line was edited, or it is followed by lines of another version than its own", hint=RESTORE
            )
        return Layout(head, check, tuple(self.blocks))

    def _refuse_markers(self) -> None:
        for number, line in enumerate(self.lines, 1):
            if line[:1] in "<=>|" and _MARKERS.match(line):
                self._fail(
                    number,
                    f"a merge has left its marker `{line[:7]}` here",
                    hint="take one of the two versions whole (`git checkout --ours FILE` or `--theirs FILE`, with the "
                    "file of sketches beside it), or save the baseline again from a run",
                )

    def _refuse_format(self, document: Document) -> None:
        form = document.get("format")
        line, column = self._place_of("format")
        if not isinstance(form, int) or isinstance(form, bool) or form < 1:
            met = "nothing" if form is None else f"`{form}`"
            self._fail(line, f"`format` must be a whole number from 1, got {met}", column=column, hint=RESTORE)
        if form > FORMAT:
            by = document.get("evalkit")
            writer = f"evalkit {by}" if isinstance(by, str) else "a later evalkit"
            self._fail(
                line,
                f"the baseline has format {form}, written by {writer}; this evalkit reads formats up to {FORMAT}",
                column=column,
                hint=f"pip install --upgrade 'prompt-evalkit>={by}'" if isinstance(by, str) else "upgrade evalkit",
            )

    def _place_of(self, member: str) -> tuple[int, int]:
        found = re.search(rf'"{member}"\s*:', self.text)
        if found is None:
            return 1, 1
        before = self.text[: found.start()]
        return before.count("\n") + 1, found.start() - before.rfind("\n")

    def _take_rows(self) -> None:
        index, more = 1, self.lines[1:2] != [LAST]
        while more:
            index = self._take_row(index)
            more = self.lines[index - 1] != LAST
        if self.lines[index:] != [LAST]:
            self._misplaced(index)

    def _take_row(self, index: int) -> int:
        """Take in a row's lines and return the index of what follows."""
        head, check = self._parted(index, CASES)
        block, checks = Block(index + 1, head), list[str]()
        self.blocks.append(block)
        self.checks.append(checks)
        self.stated.append(check)
        while True:
            index += 1
            if index >= len(self.lines):
                self._misplaced(index)
            if self.lines[index] in (LAST, LAST + ","):
                return index + 1
            closed = self.lines[index + 1 : index + 2] in ([LAST], [LAST + ","])
            case, check = self._parted(index, "}" if closed else "},")
            if check_of(case) != check:
                self._edited(index, case, check)
            block.cases.append(case)
            checks.append(check)

    def _parted(self, index: int, end: str) -> tuple[str, str]:
        """Part a line into what it says and its check."""
        if index >= len(self.lines):
            self._misplaced(index)
        line = self.lines[index]
        begin = line.rfind(CHECK)
        found = _CHECKED.match(line, begin) if begin > 0 else None
        if found is None or found[2] != end:
            self._misplaced(index)
        return line[:begin], found[1]

    def _parsed(self, content: str, line: int) -> Document:
        try:
            value: Json = json.loads(content + "}")
        except (ValueError, RecursionError):
            self._misplaced(line - 1)
        if not isinstance(value, dict):
            self._misplaced(line - 1)
        return cast("Document", value)

    def _edited(self, index: int, case: str, check: str) -> NoReturn:
        self._fail(
            index + 1,
            f"this line was edited: its check would be {check_of(case)}, and it says {check}",
            column=len(case) + len(CHECK) + 1,
            hint=RESTORE,
        )

    def _misplaced(self, index: int) -> NoReturn:
        """Say what is wrong with a file that has another layout than ours, the most telling first."""
        try:
            whole: Json = json.loads(self.text)
        except json.JSONDecodeError as error:
            ended = "the file ends too early" if error.pos >= len(self.text.rstrip()) else "not JSON"
            words = f"{ended}: {error.msg[0].lower()}{error.msg[1:]}"
            self._fail(error.lineno, words, column=error.colno, hint=RESTORE)
        except (ValueError, RecursionError) as error:
            raise BaselineError(
                "JSON that cannot be read: nested too deep, or a number with too many digits",
                location=Location(self.name, index + 1, 1),
                hint=RESTORE,
            ) from error
        if not isinstance(whole, dict):
            self._fail(1, f"a baseline must be an object, got {kind_of_json(whole)}", hint=RESTORE)
        self._refuse_format(cast("Document", whole))
        line = min(index, len(self.lines) - 1)
        self._fail(
            line + 1,
            f"this line is not as evalkit writes it: {_shown(self.lines[line])}; it was edited, or a program has laid "
            "out the file anew",
            hint=RESTORE,
        )

    def _fail(self, line: int, message: str, *, column: int = 1, hint: str) -> NoReturn:
        raise BaselineError(message, location=Location(self.name, line, column), hint=hint)


def _shown(line: str) -> str:
    return f"`{line[:60]}…`" if len(line) > 60 else f"`{line}`"
