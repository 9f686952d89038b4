"""`evalkit import`: make a suite of what another program keeps."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalkit.cli.common import project_of
from evalkit.errors import SuiteError, UsageError

if TYPE_CHECKING:
    from evalkit.importing.imported import Imported
    from evalkit.project import Project

FORMATS = ("ifeval", "ifbench", "promptfoo", "deepeval")
_NAMED_FOR_FORMAT = ("ifeval", "ifbench")


@click.command(
    "import",
    epilog="Example: evalkit import ifeval input_data.jsonl",
    short_help="Make a suite of what another program keeps.",
)
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="The suite to write; by default one in suites/."
)
@click.option("--provider", default="smollm2", show_default=True, metavar="NAME", help="The provider to ask.")
@click.option("--force", is_flag=True, help="Replace a suite that is there.")
@click.pass_context
def command(context: click.Context, form: str, file: Path, out: Path | None, provider: str, *, force: bool) -> int:
    """Make a suite of FILE, and list on stderr, with its place, all that a suite has no place for.

    FORMAT says what FILE is: `ifeval` and `ifbench`, the benchmarks' prompts as they are published; `promptfoo`, a
    configuration in YAML or JSON; `deepeval`, a data set of goldens in JSON, JSON lines or CSV. Prompts are taken over
    to the letter. Texts that a data set has for its prompts are written beside the suite, for `evalkit score`.
    """
    from evalkit.importing.imported import name_like
    from evalkit.importing.suite_text import suite_text
    from evalkit.load import load_profile
    from evalkit.reports.format import count

    project = project_of(context)
    stem = form if form in _NAMED_FOR_FORMAT else file.stem
    target = (project.suites / f"{stem}.yaml") if out is None else out
    if target.exists() and not force:
        raise UsageError(
            f"`{project.relative(target)}` is there already", hint="--force replaces it; --out names another"
        )
    load_profile(provider, project)
    imported = _imported(form, file)
    for each in imported.unmapped:
        click.echo(f"{each.place}: {each.what}", err=True)
    if not imported.cases:
        raise UsageError(f"nothing in {file} could become a case", hint=f"is it a file of the form `{form}`?")
    text = suite_text(
        name_like(target.stem), imported.cases, provider=provider, description=f"Imported from {file.name} ({form})."
    )
    _write(text, target, project)
    click.echo(f"wrote {project.relative(target)}", err=True)
    if imported.responses:
        responses = target.with_suffix(".responses.jsonl")
        _replace(
            responses, "".join(f"{json.dumps({'case': case, 'response': said})}\n" for case, said in imported.responses)
        )
        click.echo(f"wrote {project.relative(responses)}", err=True)
    constraints = sum(len(case.constraints) for case in imported.cases)
    counts = f"{count(len(imported.cases), 'case')} with {count(constraints, 'constraint')}"
    click.echo(f"{counts}; not taken over: {len(imported.unmapped):,}")
    return 0


def _imported(form: str, file: Path) -> Imported:
    from evalkit.load.document import decode

    name = str(file)
    try:
        with file.open("rb") as stream:
            if form == "ifeval":
                from evalkit.importing.ifeval import import_ifeval

                return import_ifeval(stream, name)
            if form == "ifbench":
                from evalkit.importing.ifbench import import_ifbench

                return import_ifbench(stream, name)
            if form == "deepeval":
                from evalkit.importing.deepeval import import_deepeval

                return import_deepeval(stream, name)
            from evalkit.importing.promptfoo import import_promptfoo

            return import_promptfoo(decode(stream.read(), name), name)
    except OSError as error:
        raise UsageError(f"`{file}` cannot be read: {error.strerror}", hint="see whether it is there") from error


def _write(text: str, target: Path, project: Project) -> None:
    """Write a suite once it has been loaded and found right."""
    from evalkit.load import load

    unchecked = target.with_name(f".{target.stem}.{os.getpid()}.yaml")
    try:
        _replace(unchecked, text)
        try:
            load(unchecked, project)
        except SuiteError as error:
            raise SuiteError(
                f"the suite would not be one that evalkit takes: {error.message}", hint="import a part of the file"
            ) from error
        unchecked.replace(target)
    finally:
        unchecked.unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"`{path}` cannot be written: {error.strerror}", hint="--out names another file") from error
