"""The command group, loaded lazily so that `--help` costs no more than click, and the printing of errors."""

from __future__ import annotations

import importlib
import io
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalkit.errors import EvalkitError

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    "run": "Run suites and report what their axes did.",
    "check": "Validate suites and say what running them would take.",
    "score": "Judge a stored run again, or texts that came from elsewhere.",
    "judge-check": "Hold judges against labels that people gave.",
    "baseline": "Keep what a run scored, to hold later runs against.",
    "compare": "Hold a run against another one, or two parts of one against one another.",
    "report": "Print or write the reports of a stored run.",
    "runs": "List the runs in the store.",
    "show": "Show a run, or one sample of it with its exact prompt.",
    "providers": "List providers and what can be varied on each.",
    "ci": "Tell GitHub or GitLab what came out.",
    "probe": "Find out what each knob of a model does.",
    "init": "Make a project with a suite that runs at once.",
    "import": "Make a suite of what another program keeps.",
    "schema": "Write JSON Schemas for editors and other programs.",
    "download": "Fetch an embedded model into the cache.",
}
"""Each command's one-line help. The command itself is `command` in `evalkit.cli.<name>_command`."""


class LazyGroup(click.Group):
    """Imports a command's module when the command is used, not when its name is listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order in which people meet them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a command."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"evalkit.cli.{cmd_name.replace('-', '_')}_command").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: evalkit run suites/quick.yaml",
)
@click.version_option(version("prompt-evalkit"), prog_name="evalkit")
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    default=None,
    help="The project's root folder; found upwards from here by default.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def evalkit(context: click.Context, project: Path | None, debug: bool) -> None:  # noqa: FBT001 - click passes by name
    """Measure what temperature, system-prompt density and conversation length do to a prompt."""
    context.obj = {"project": project, "debug": debug}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the code that the outcome has."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows no UTF-8 is no reason to fail
    sys.exit(_guarded(given))


def _guarded(arguments: list[str]) -> int:
    try:
        code = evalkit.main(arguments, prog_name="evalkit", standalone_mode=False)
        sys.stdout.flush()
    except (click.exceptions.Abort, KeyboardInterrupt):
        _say_error("interrupted", None)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except EvalkitError as error:
        if "--debug" in arguments:
            _say_traceback(error)
        else:
            _say_error(error.message, error.hint)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output went away; without this, Python complains once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - a fault of ours; what Python would print could hold a key
        _say_traceback(error)
        return 1
    return code if isinstance(code, int) else 0


def _say_error(message: str, hint: str | None) -> None:
    from evalkit.secret import scrub

    click.echo(f"error: {scrub(message)}", err=True)
    if hint:
        click.echo(f"\nhint: {scrub(hint)}", err=True)


def _say_traceback(error: Exception) -> None:
    from evalkit.secret import printable_traceback

    click.echo(printable_traceback(error).rstrip(), err=True)
