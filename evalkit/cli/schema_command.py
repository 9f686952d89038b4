"""`evalkit schema`: write JSON Schemas."""

from __future__ import annotations

import json
from pathlib import Path

import click

from evalkit.cli.common import project_of


@click.command(
    "schema", epilog="Example: evalkit schema", short_help="Write JSON Schemas for editors and other programs."
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where they go; .evalkit by default.")
@click.pass_context
def command(context: click.Context, out: Path | None) -> int:
    """Write the JSON Schemas of suites, profiles and the documents that evalkit writes.

    These are report.json, lines of verdicts.jsonl, NAME.probe.json, baselines, and what `compare --format json` and
    `runs --history --format json` print.

    A suite whose first line is `# yaml-language-server: $schema=../.evalkit/suite.schema.json` is completed and checked
    by editors that speak that protocol.
    """
    from evalkit.baselines.file_schema import baseline_schema
    from evalkit.probe.record import probe_schema
    from evalkit.reports.comparison_json import comparison_schema
    from evalkit.reports.history_json import history_schema
    from evalkit.reports.report_schema import report_schema
    from evalkit.reports.verdicts import verdict_schema
    from evalkit.schema import profile_schema, suite_schema

    project = project_of(context)
    folder = out or project.root / ".evalkit"
    folder.mkdir(parents=True, exist_ok=True)
    schemas = {
        "suite": suite_schema(),
        "profile": profile_schema(),
        "report": report_schema(),
        "verdict": verdict_schema(),
        "probe": probe_schema(),
        "comparison": comparison_schema(),
        "baseline": baseline_schema(),
        "history": history_schema(),
    }
    for name, schema in schemas.items():
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        click.echo(f"wrote {project.relative(path)}", err=True)
    return 0
