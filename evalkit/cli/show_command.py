"""`evalkit show`: a run, or one sample of it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import click

from evalkit.cli.common import project_of
from evalkit.errors import EvalkitError, UsageError
from evalkit.types import RESPONSES, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evalkit.project import Project
    from evalkit.store import Store
    from evalkit.types import Cell, Completion, Json, Message, Run, SettingValue
    from evalkit.verdicts import Scored


@click.command(
    "show",
    epilog="Example: evalkit show last 17",
    short_help="Show a run, or one sample of it with its exact prompt.",
)
@click.argument("run")
@click.argument("sample", required=False)
@click.option("--where", multiple=True, metavar="AXIS=V,V", help="List only conditions with these values; repeatable.")
@click.option("--case", "case_id", metavar="ID", help="List only this case.")
@click.option("--by-case", is_flag=True, help="Sum up each case over the conditions, the least adherence first.")
@click.option("--limit", type=click.IntRange(min=1), default=40, show_default=True, help="How many lines to list.")
@click.pass_context
def command(
    context: click.Context,
    run: str,
    sample: str | None,
    where: tuple[str, ...],
    case_id: str | None,
    limit: int,
    *,
    by_case: bool,
) -> int:
    """Show what RUN is made of, or one SAMPLE of it: the prompt as the model read it, the answer, the verdicts.

    A sample is named by its number in the listing, with the provider before it where the run has several: `gpt2:17`.
    """
    from evalkit.store import Store

    project = project_of(context)
    with Store(project.store, create=False) as store:
        found = store.run(run)
        if sample is None:
            _show_run(store, found)
            cells = _chosen_cells(store, found, where, case_id)
            _list(cells, limit, prefix=len(found.selection["providers"]) > 1, by_case=by_case)
        else:
            _show_sample(project, store, found, sample)
    return 0


def _show_run(store: Store, run: Run) -> None:
    from evalkit.cli.batch_words import batch_lines

    click.echo(f"run {run.id} of suite {run.suite_name}, version {run.suite_version} ({run.suite_hash[:12]})")
    click.echo(f"started {run.started_at}, {'finished ' + run.finished_at if run.finished_at else 'incomplete'}")
    if any(run.profiles[name]["adapter"] != RESPONSES for name in run.selection["providers"]):
        click.echo(f"seed {run.seed} ({run.seed_from})")
    click.echo(_facts(run.versions))
    for provider, facts in store.environment(run.id).items():
        click.echo(f"{provider}: {run.profiles[provider]['model']}; {_facts(facts)}")
    for line in batch_lines(store, run.id):
        click.echo(line)


def _chosen_cells(store: Store, run: Run, where: tuple[str, ...], case_id: str | None) -> Iterator[Cell]:
    from evalkit.cells import scored_cells
    from evalkit.choices import pick, read_choices
    from evalkit.runs import suite_of

    suite = suite_of(run)
    chosen = pick(read_choices(where, "--where"), suite.axes)
    for cell in scored_cells(store, run, suite):
        if cell.condition.matches(chosen) and case_id in (None, cell.case_id):
            yield cell


def _list(cells: Iterable[Cell], limit: int, *, prefix: bool, by_case: bool) -> None:
    """List cells, or cases; what is beyond the limit is counted."""
    lines = _case_lines(cells, prefix=prefix) if by_case else (_cell_line(cell, prefix=prefix) for cell in cells)
    hidden = 0
    for number, line in enumerate(lines):
        if number < limit:
            click.echo(line)
        else:
            hidden += 1
    if hidden:
        what = ("case" if by_case else "cell") + ("" if hidden == 1 else "s")
        click.echo(f"and {hidden:,} more {what}; --limit, --where and --case choose", err=True)


def _case_lines(cells: Iterable[Cell], *, prefix: bool) -> Iterator[str]:
    from evalkit.reports.format import count, number
    from evalkit.summarise.cases import by_case

    for each in by_case(cells):
        name = f"{each.provider}: " if prefix else ""
        levels = each.levels
        line = (
            f"{name}{each.case_id}  adherence {number(levels['adherence'])}, loosely "
            f"{number(levels['adherence_loose'])}; all met {number(levels['full_adherence'])}, loosely "
            f"{number(levels['full_adherence_loose'])}; {count(each.draws, 'draw')}"
        )
        least = min(each.constraints.items(), key=lambda pair: pair[1], default=None)
        yield line if least is None else f"{line}; least met: {least[0].constraint} {number(least[1])}"


def _cell_line(cell: Cell, *, prefix: bool) -> str:
    first, last = cell.draws[0].position, cell.draws[-1].position
    name = f"{cell.provider}:" if prefix else ""
    scores = [draw.scored.adherence for draw in cell.draws if draw.scored.adherence is not None]
    outcomes = Counter(draw.completion.outcome for draw in cell.draws)
    counts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
    unscored = "undecided" if any(draw.completion.scored for draw in cell.draws) else "not scored"
    adherence = f"{sum(scores) / len(scores):.2f}" if scores else unscored
    label = f"{cell.condition.label}; " if cell.condition.values else ""
    return f"{name}{first}-{last}  {label}{cell.case_id}  adherence {adherence}  ({counts})"


def _show_sample(project: Project, store: Store, run: Run, name: str) -> None:
    from evalkit.score import judged_text
    from evalkit.store import Identity

    provider, position = _named(run, name)
    sample = store.sample(run.id, Identity(provider, position))
    drawn = sample.drawn
    label = drawn.condition.label
    click.echo(f"sample {provider}:{position} of run {run.id}")
    click.echo(f"case {drawn.case_id}, repeat {drawn.repeat}{', ' + label if label else ''}")
    click.echo(f"requested: {_settings(drawn.requested)}")
    click.echo(f"applied: {_settings(drawn.completion.applied)}; seed of the draw {sample.seed}")
    if drawn.rule_share is not None:
        click.echo(f"rule share: {drawn.rule_share:.3f}")
    usage = drawn.completion.usage
    reasoned = "" if usage.reasoning_tokens is None else f" ({usage.reasoning_tokens} of them reasoning)"
    click.echo(f"tokens: {_known(usage.input_tokens)} in, {_known(usage.output_tokens)} out{reasoned}")
    for line in _call_lines(drawn.completion):
        click.echo(line)
    _show_prompt(project, run, provider, sample.messages)
    if drawn.completion.reasoning:
        _heading("reasoning, which is not part of the answer")
        click.echo(drawn.completion.reasoning)
    _heading(f"answer ({drawn.completion.outcome}, stop reason {_known(drawn.completion.stop_reason)})")
    click.echo(drawn.completion.error or drawn.completion.text)
    if drawn.scored is not None:
        text = judged_text(drawn.completion, run.document.get("judged", "answer"))
        _show_verdicts(drawn.scored, text or "")


def _call_lines(completion: Completion) -> Iterator[str]:
    """Say what is known of the call: who answered, what it took and what went out; nothing of what made none."""
    from evalkit.reports.format import count, dollars

    if completion.client is None:
        return
    answered = f"answered by {_known(completion.served_model)}"
    yield f"{answered}; request id {_known(completion.request_id)}; {completion.client}"
    first = "" if completion.first_byte_s is None else f" (first byte after {completion.first_byte_s:.2f} s)"
    took = "time not known" if completion.latency_s is None else f"took {completion.latency_s:.2f} s{first}"
    cost = "cost not known" if completion.cost_usd is None else f"cost {dollars(completion.cost_usd)}"
    yield f"{took}; {count(completion.attempts, 'attempt')}; {cost}"
    if completion.sent:
        yield f"sent beside the messages: {json.dumps(dict(completion.sent), ensure_ascii=False)}"


def _show_prompt(project: Project, run: Run, provider: str, messages: tuple[Message, ...]) -> None:
    from evalkit.load import load_profile
    from evalkit.providers.registry import build_provider
    from evalkit.providers.rendering import plain_messages

    try:
        rendered = build_provider(load_profile(provider, project)).render(messages)
    except EvalkitError as error:
        _heading(f"messages (the exact prompt cannot be rendered here: {error.message})")
        rendered = "\n".join(f"[{message.role}] {message.content}" for message in messages)
    else:
        model = run.profiles[provider]["model"]
        as_sent = rendered == plain_messages(messages)  # what the vendor's server makes of them, nobody sees
        _heading(f"messages to {model}" if as_sent else f"prompt, exactly as {model} reads it")
    click.echo(rendered)


def _show_verdicts(scored: Scored, text: str) -> None:
    from evalkit.cli.verdict_lines import level_line, marked, verdict_lines

    _heading("verdicts")
    if not scored.verdicts:
        click.echo("none")
        return
    for line in verdict_lines(scored, text):
        click.echo(line)
    click.echo(level_line(scored))
    places = marked(scored, text)
    if places is not None:
        _heading("the text that was judged, with the numbers of the verdicts around the places that they rest on")
        click.echo(places)


def _named(run: Run, name: str) -> tuple[str, int]:
    before, colon, number = name.rpartition(":")
    provider = before if colon else run.selection["providers"][0]
    if not number.isdigit():
        raise UsageError(f"`{name}` is not a sample", hint="`evalkit show RUN` lists the numbers")
    if not colon and len(run.selection["providers"]) > 1:
        options = ", ".join(f"{each}:{number}" for each in run.selection["providers"])
        raise UsageError(f"run {run.id} has several providers", hint=f"name one: {options}")
    return provider, int(number)


def _heading(text: str) -> None:
    click.echo(f"\n--- {text}")


def _facts(facts: Mapping[str, Json]) -> str:
    return ", ".join(f"{name} {shown(value)}" for name, value in facts.items())


def _settings(settings: Mapping[str, SettingValue]) -> str:
    asked = sorted((name, value) for name, value in settings.items() if name != "seed")
    return ", ".join(f"{name} {shown(value)}" for name, value in asked) or "none"


def _known(value: object) -> str:
    return "not known" if value is None else str(value)
