"""The commands, and the one place where an error becomes a line on stderr and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

import typer

from provenance_audit.cli import (
    baseline,
    calibrate,
    checks,
    diff,
    doctor,
    formats,
    history,
    inspect,
    lineage,
    models,
    policy,
    profile,
    report,
    scan,
    schema,
    verify,
    waive,
)
from provenance_audit.cli.signals import MOMENT, importing
from provenance_audit.cli.streams import ClosedPipes
from provenance_audit.errors import PauditError

USAGE_ERROR = 2
INTERNAL_ERROR = 4
INTERRUPTED = 130
TERMINATED = 143
# What a shell sets when it asks what could follow; docs/howto/completion.md has the line for each shell.
COMPLETION = "_PAUDIT_COMPLETE"

app = typer.Typer(
    name="paudit",
    help="Audit who made a distillation dataset, before a student is trained on it.",
    epilog="Exit codes: 0 passed, 1 gate failed, 2 usage, 3 could not evaluate, 4 internal error. No network unless you name a URI, no telemetry.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("scan")(scan.scan)
app.command("report")(report.report)
app.command("verify")(verify.verify)
app.command("inspect")(inspect.inspect)
app.command("calibrate")(calibrate.calibrate)
app.add_typer(lineage.app, name="lineage")
app.add_typer(profile.app, name="profile")
app.command("checks")(checks.checks)
app.command("explain")(checks.explain)
app.command("formats")(formats.formats)
app.command("schema")(schema.schema)
app.command("init")(policy.init)
app.add_typer(policy.app, name="policy")
app.command("waive")(waive.waive)
app.add_typer(baseline.app, name="baseline")
app.command("history")(history.history)
app.command("show")(history.show)
app.command("diff")(diff.diff)
app.command("sql")(history.sql)
app.command("doctor")(doctor.doctor)
app.add_typer(models.app, name="models")


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", "-V", help="Print the version and exit."),
) -> None:
    """Audit who made a distillation dataset, before a student is trained on it."""
    if version:
        from provenance_audit._version import __version__

        typer.echo(f"paudit {__version__}")
        raise typer.Exit(0)


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. Never lets a traceback out."""
    signal.signal(signal.SIGTERM, _on_signal)
    signal.signal(signal.SIGINT, _on_signal)
    sys.stdout = ClosedPipes(sys.stdout)
    if COMPLETION in os.environ:
        # Typer's own --install-completion would cost every start an import of what finds the shell.
        from typer.completion import completion_init  # type: ignore[attr-defined]

        completion_init()
    try:
        result: Any = app(args=arguments, prog_name="paudit", standalone_mode=False)
        return int(result) if isinstance(result, int) else 0
    except PauditError as error:
        return _say(error.message, error.remedy, error.exit_code)
    except (KeyboardInterrupt, typer.Abort, _SignalError):
        return _stopped()
    except Exception as error:
        if _caught:  # the engine turns a signal into an error of its own
            return _stopped()
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message(), file=sys.stderr)  # type: ignore[attr-defined]
            return USAGE_ERROR
        if hasattr(error, "format_message") and hasattr(
            error, "exit_code"
        ):  # a usage error of Typer's own Click
            context = getattr(error, "ctx", None)
            command = context.command_path if context is not None else "paudit"
            # Pydantic says so of the value of an option.
            said = str(error.format_message()).replace("Value error, ", "")
            return _say(said, f"see `{command} --help`", USAGE_ERROR)
        if os.environ.get("PAUDIT_DEBUG"):
            raise
        detail = str(error).splitlines()[0] if str(error) else ""
        return _say(
            f"internal error: {type(error).__name__}: {detail}",
            "this is a bug in paudit: please report it with the traceback that PAUDIT_DEBUG=1 shows",
            INTERNAL_ERROR,
        )


class _SignalError(BaseException):
    pass


# The signals that were caught, first to last.
_caught: list[int] = []


def _on_signal(number: int, frame: FrameType | None) -> None:
    _caught.append(number)
    if importing(frame):
        later = threading.Timer(MOMENT, os.kill, (os.getpid(), number))
        later.daemon = True
        later.start()
        return
    raise _SignalError


def _stopped() -> int:
    terminated = bool(_caught) and _caught[0] == signal.SIGTERM
    word, code = ("terminated", TERMINATED) if terminated else ("interrupted", INTERRUPTED)
    return _say(f"{word}; no file is half written", "", code)


def _say(message: str, remedy: str, code: int) -> int:
    from provenance_audit.formats.escape import for_terminal

    print(f"paudit: {for_terminal(message)}", file=sys.stderr)
    if remedy:
        print(f"  fix: {for_terminal(remedy)}", file=sys.stderr)
    return code
