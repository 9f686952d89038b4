"""Writes the parts of the documentation that the code itself says best: `make docs`.

`current` gives what a file should hold now; a test compares it with what the file does hold.
"""

from __future__ import annotations

import inspect
import re
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Union, cast, get_args, get_origin

import click

from evalkit.arguments import arguments_of, summary_of
from evalkit.cli.ci_files import Installation, nightly_of, rendered
from evalkit.cli.main import evalkit
from evalkit.cli.offer_lines import knob_company, knob_values
from evalkit.compare.prospects import USUAL_CORRELATION, USUAL_MEAN
from evalkit.constraints.examples import Examples
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.measures.registry import MEASURES
from evalkit.project import find_project
from evalkit.providers.families.table import apis, listed_families
from evalkit.settings import SETTINGS
from evalkit.statistics.case_chances import CaseChances
from evalkit.statistics.nights import Repeats
from evalkit.statistics.operating import Design, operating

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from evalkit.arguments import Argument
    from evalkit.gate import Alarm
    from evalkit.providers.families.table import Family
    from evalkit.settings import Setting
    from evalkit.types import Json

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 100
MARK = "<!-- Generated from the code by `make docs`; edit the code, not this file. -->"
COMMANDS = ("<!-- commands, written by `make docs` -->", "<!-- end of commands -->")
NEEDED = ("<!-- what a margin needs, written by `make docs` -->", "<!-- end of what a margin needs -->")
_TYPES: dict[Any, str] = {
    int: "whole number",
    float: "number",
    str: "text",
    bool: "true or false",
    type(None): "null",
    Any: "any value",
    dict[str, Any]: "mapping",
}


def current(path: str) -> str:
    """Return what a file should hold now.

    Args:
        path: Relative to the repository root, one of `FILES`.

    Raises:
        KeyError: The file is not a generated one.
    """
    return FILES[path]()


def _command_line() -> str:
    parts = [_help(evalkit, "evalkit", None)]
    context = _context(evalkit, "evalkit", None)
    for name in evalkit.list_commands(context):
        command = evalkit.get_command(context, name)
        assert command is not None
        parts.append(f"## evalkit {name}\n\n{_help(command, name, context)}")
        if isinstance(command, click.Group):
            own = _context(command, name, context)
            parts += [f"### evalkit {name} {each}\n\n{_help(sub, each, own)}" for each, sub in command.commands.items()]
    return _page("Command line", "What each command says under `--help`.", parts)


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    settings: dict[str, Any] = {
        **command.context_settings,
        "terminal_width": WIDTH,
    }  # or the help would be as wide as this terminal
    return click.Context(command, parent=parent, info_name=name, **settings)


def _help(command: click.Command, name: str, parent: click.Context | None) -> str:
    return _fenced("text", click.unstyle(command.get_help(_context(command, name, parent))))


def _constraints() -> str:
    parts: list[str] = []
    for name in CONSTRAINTS.builtins:
        cls = CONSTRAINTS.get(name)
        parts.append("\n\n".join([*_about(name, cls), *_examples(name, cls.examples)]))
    intro = (
        "What a case may demand of an answer. [The guide to suites](../suites.md#constraints) says how they are written"
        " and how a cut text is judged."
    )
    return _page("Constraints", intro, parts)


def _measures() -> str:
    parts: list[str] = []
    for name in MEASURES.builtins:
        cls = MEASURES.get(name)
        bounds = cls.bounds
        summarised = (
            "Over the cases: the median, because it has no upper end."
            if bounds is None
            else f"From {bounds[0]:g} to {bounds[1]:g}. Over the cases: the mean."
        )
        label = cls().label
        shown = "" if label == name else f" Reports show it as `{label}`."
        parts.append("\n\n".join([*_about(name, cls), summarised + shown]))
    intro = (
        "Statistics over the texts of one cell: one provider, one condition, one case. Each is computed on the raw"
        " texts and again, as `<name>_normalised`, with every run of white space written as one space and none at the"
        " ends. [The guide to reports](../reports.md) says how cells are put together."
    )
    return _page("Measures", intro, parts)


_VENDORS = {"claude": "Claude", "gemini": "Gemini", "openai": "OpenAI"}


def _models() -> str:
    parts: list[str] = []
    for adapter, vendor in _VENDORS.items():
        for api in apis(adapter):
            alike: dict[tuple[str, ...], list[str]] = {}
            for models, found in listed_families(adapter, api=api):
                alike.setdefault(_said_of(found), []).extend(f"`{model}`" for model in models)
            table = ["| models | applied | ignored | not known | ends |", "| --- | --- | --- | --- | --- |"]
            table += [_row((", ".join(models), *said)) for said, models in alike.items()]
            parts.append(f"## {vendor}, {api}\n\n" + "\n".join(table))
    intro = (
        "What evalkit knows of the settings of hosted models, for each form of a vendor's API. A setting that a row"
        " does not name is not taken. Of a model that"
        " is not listed everything is *not known* that the API has a field for. `evalkit providers NAME` shows where"
        " each fact is written and when it was read; a profile's `supports` overrides any of them."
    )
    return _page("Models", intro, parts)


def _said_of(found: Family) -> tuple[str, ...]:
    def listed(state: str) -> str:
        settings = (
            ", ".join((f"`{name}`{knob_values(knob)}", *knob_company(knob)))
            for name, knob in found.knobs.items()
            if knob.state == state
        )
        return "; ".join(settings) or "none"

    ends = "" if found.retires is None else str(found.retires)
    return listed("applied"), listed("ignored"), listed("unknown"), ends or "not announced"


def _about(name: str, cls: type) -> Iterator[str]:
    """Yield what a class says of itself: its first line, its arguments, then the rest of its docstring."""
    yield f"## {name}"
    yield summary_of(cls)
    arguments = arguments_of(cls)
    if arguments:
        lines = ["| argument | type | default | meaning |", "| --- | --- | --- | --- |"]
        lines += [_row(_argument_cells(argument)) for argument in arguments]
        yield "\n".join(lines)
    else:
        yield "Takes no arguments."
    yield from _paragraphs(cls)


def _paragraphs(cls: type) -> Iterator[str]:
    """Yield the paragraphs of a docstring after its first line, less the section of arguments."""
    _, _, rest = (inspect.getdoc(cls) or "").partition("\n")
    rest = re.sub(r"(^|\n)Attributes:\n(?:(?: .*)?\n)*", "\n", rest + "\n")
    for paragraph in re.split(r"\n\s*\n", rest):
        if paragraph.strip():
            yield " ".join(paragraph.split())


def _argument_cells(argument: Argument) -> Sequence[str]:
    default = "required" if argument.required else f"`{_yaml(argument.default)}`"
    return (f"`{argument.name}`", _type_name(argument), default, argument.description)


def _type_name(argument: Argument) -> str:
    if argument.nesting == "one":
        return "constraint"
    if argument.nesting == "several":
        return "list of constraints"
    if argument.nesting == "records":
        inner = arguments_of(get_args(argument.annotation)[0])
        return f"list of {{{', '.join(each.name for each in inner)}}}"
    return _annotation_name(argument.annotation)


def _annotation_name(annotation: Any) -> str:  # noqa: ANN401 - any type
    if annotation in _TYPES:
        return _TYPES[annotation]
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return " or ".join(_annotation_name(each) for each in inside)
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in inside)
    if origin is tuple and len(inside) == 2 and inside[1] is Ellipsis:
        one = _annotation_name(inside[0])
        return f"list of {one}" if get_origin(inside[0]) is Literal else f"list of {one}s"
    raise TypeError(f"no words for the type {annotation!r}; add them to `_TYPES`")


def _examples(name: str, examples: Examples) -> Iterator[str]:
    use = name if examples.arguments is None else f"{name}: {_yaml(examples.arguments)}"
    yield f"Example: `{use}`"
    usual = Examples(None, None, None, None)
    told = (("prompt", examples.prompt, usual.prompt), ("system prompt", examples.system, usual.system))
    for subject, asked, always in told:
        if asked is not None and asked != always:
            yield f"The {subject}: {_quoted(asked)}"
    lines = ["| text | verdict |", "| --- | --- |"]
    if examples.met is not None:
        lines.append(_row([_quoted(examples.met), "met"]))
    if examples.broken is not None:
        lines.append(_row([_quoted(examples.broken), "broken"]))
    if examples.undecided is not None and examples.met is examples.broken is None:
        lines.append(_row([_quoted(examples.undecided), "undecided"]))
    elif examples.undecided is not None:
        lines.append(_row([f"{_quoted(examples.undecided)}, cut off there", "undecided"]))
    yield "\n".join(lines)


def _quoted(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks, blank = "`" * (longest + 1), " " if longest else ""
    return f"{ticks}{blank}{text.replace(chr(10), '⏎')}{blank}{ticks}"


def _yaml(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict():
            pairs = cast("dict[str, Json]", value).items()
            return "{" + ", ".join(f"{key}: {_yaml(each)}" for key, each in pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_yaml, cast("list[Json]", value))) + "]"
        case str():
            return f"'{value}'" if re.search(r"[\\:#{}\[\],]", value) else value
        case _:
            return str(value)


def _settings() -> str:
    lines = ["| setting | values | meaning |", "| --- | --- | --- |"]
    lines += [_row([f"`{each.name}`", _range(each), each.meaning]) for each in SETTINGS.values()]
    intro = (
        "What a provider may be asked to apply. A setting stands in a profile, at the top of a suite, or as an axis;"
        " the later wins. Which of them a model takes is listed by `evalkit providers`; one that it does not take makes"
        " the cell *unsupported*. [The guide to providers](../providers.md) says in which order they act."
    )
    return _page("Settings", intro, ["\n".join(lines)])


def _range(setting: Setting) -> str:
    if setting.kind == "strings":
        return "a text or a list of texts"
    kind = "a whole number" if setting.kind == "integer" else "a number"
    ends: list[str] = []
    if setting.low is not None:
        ends.append(f"above {setting.low:g}" if setting.low_open else f"at least {setting.low:g}")
    if setting.high is not None:
        ends.append("at most 2^63 - 1" if setting.high >= 2**63 - 1 else f"at most {setting.high:g}")
    return ", ".join([kind, *ends])


def _workflow(name: str) -> str:
    """Return a workflow as `evalkit init --ci github` writes it for this project, apart from the installation."""
    template = (ROOT / "evalkit" / "starter_ci" / "github" / name).read_text(encoding="utf-8")
    nightly = nightly_of(find_project(root=ROOT), print)
    everything = f'python -m pip install --constraint constraints.txt --editable ".[{",".join(nightly.extras)}]"'
    core = 'python -m pip install "prompt-evalkit @ git+$GITHUB_SERVER_URL/$GITHUB_REPOSITORY@$GITHUB_SHA"'
    return rendered(template, nightly, Installation(everything, core, f"{everything} pytest"))


def _readme() -> str:
    """Return the README with the table of commands between its two marks as it should be."""
    context = _context(evalkit, "evalkit", None)
    lines = ["| command | does |", "| --- | --- |"]
    for name in evalkit.list_commands(context):
        command = evalkit.get_command(context, name)
        assert command is not None
        lines.append(_row([f"`evalkit {name}`", command.get_short_help_str(limit=WIDTH)]))
    return _between("README.md", COMMANDS, lines)


def _between(path: str, marks: tuple[str, str], lines: Sequence[str]) -> str:
    """Return a file with these lines between two marks; as it is where a mark is missing."""
    text = (ROOT / path).read_text(encoding="utf-8")
    before, begin, rest = text.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    return f"{before}{begin}\n" + "\n".join(lines) + f"\n{end}{after}" if begin and end else text


def _nightly() -> str:
    """Return the guide to nights with the table of what a margin needs."""
    lines = ["| margin | draws a night | such as | of the baseline | calls a month | US dollars a month |"]
    lines.append("| ---: | ---: | --- | ---: | ---: | ---: |")
    for margin in (0.2, 0.1, 0.05, 0.03):
        draws = _draws_needed(margin)
        cases = 20 if draws <= 400 else 100
        monthly = 30 * draws
        lines.append(
            _row(
                [
                    f"{margin:g}",
                    f"{draws:,}",
                    f"{cases} cases x {-(-draws // cases)}",
                    f"{4 * draws:,}",
                    f"{monthly:,}",
                    f"{monthly * CALL_USD:,.0f}",
                ]
            )
        )
    return _between("docs/nightly.md", NEEDED, lines)


CALL_USD = (200 * 1 + 100 * 5) / 1e6
"""A call of 200 tokens in and 100 out, at 1 and 5 US dollars for a million."""
_STEPS = tuple(round(20 * 2 ** (step / 4) / 20) * 20 for step in range(36))
"""Numbers of draws that are tried: about a fifth more each time."""


def _draws_needed(margin: float) -> int:
    """Return how many draws a night show, on four nights of five, a drop of twice the margin and that there is none.

    One row against a baseline of four times as many draws, with the usual mean and correlation, at a budget of 0.05.
    """
    low, high = 0, len(_STEPS) - 1
    while low < high:
        middle = (low + high) // 2
        if _enough(margin, _STEPS[middle]):
            high = middle
        else:
            low = middle + 1
    return _STEPS[low]


def _enough(margin: float, draws: int) -> bool:
    chances = [CaseChances(USUAL_MEAN, (1 - USUAL_CORRELATION) / USUAL_CORRELATION)]
    alarms: tuple[Alarm, ...] = ("harm", "unproven")
    for alarm in alarms:
        design = Design("suite", margin, 0.05, alarm, 20, Repeats(draws // 20, 4 * draws // 20))
        power = operating(chances, design, nights=500).power
        if power is None or power < 0.8:
            return False
    return True


def _page(title: str, intro: str, parts: Iterable[str]) -> str:
    return "\n\n".join([MARK, f"# {title}", intro, *parts]) + "\n"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n" + "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n```"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


FILES: dict[str, Callable[[], str]] = {
    ".github/workflows/evalkit-baseline.yml": lambda: _workflow("evalkit-baseline.yml"),
    ".github/workflows/evalkit-nightly.yml": lambda: _workflow("evalkit-nightly.yml"),
    "docs/reference/cli.md": _command_line,
    "docs/reference/constraints.md": _constraints,
    "docs/reference/measures.md": _measures,
    "docs/reference/models.md": _models,
    "docs/reference/settings.md": _settings,
    "docs/nightly.md": _nightly,
    "README.md": _readme,
}
"""The generated files, relative to the repository root, with what writes each."""


def main() -> None:
    """Write every file that is not as it should be, and name it."""
    for path in FILES:
        file, text = ROOT / path, current(path)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
