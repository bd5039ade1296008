"""Where a report goes: one format on stdout at most, the others to files, each written whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provenance_audit.errors import UsageError

if TYPE_CHECKING:
    from provenance_audit.findings import Report
    from provenance_audit.formats import Look


@dataclass(frozen=True, slots=True)
class Output:
    """One format, and the file it goes to; None for stdout."""

    format: str
    path: Path | None


def parse_outputs(values: Sequence[str], formats: Sequence[str], *, places: bool = True) -> list[Output]:
    """`FORMAT` or `FORMAT=PATH`, repeated. Text goes to stdout unless another format takes it.

    places: whether each file must be one that can be written now.
    """
    outputs = []
    for value in values:
        format, equals, path = value.partition("=")
        if format not in formats:
            import difflib

            near = difflib.get_close_matches(format, formats, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(formats)}"
            raise UsageError(f"-o {value}: unknown format {format!r}", remedy=hint)
        if equals and not path:
            raise UsageError(f"-o {value}: no path after =", remedy=f"-o {format}=report.{format}")
        outputs.append(Output(format, Path(path) if path and path != "-" else None))
    if sum(output.path is None for output in outputs) > 1:
        raise UsageError(
            "two formats cannot both go to stdout", remedy="give all but one a path: -o json=report.json"
        )
    if all(output.path is not None for output in outputs):
        outputs.append(Output("text", None))
    for output in outputs if places else ():
        if output.path is not None and not (
            output.path.parent.is_dir() and os.access(output.path.parent, os.W_OK)
        ):
            raise UsageError(
                f"{output.path.parent} is no directory that can be written to", remedy="create it first"
            )
    return outputs


def write_report(report: Report, outputs: Sequence[Output], *, plain: bool = False) -> None:
    """Render first, then write: files appear whole, by a rename, and stdout last."""
    from provenance_audit.formats import FORMATS, Look

    rendered = [
        (
            output,
            FORMATS[output.format](report, look(plain=plain) if output.path is None else Look(plain=plain)),
        )
        for output in outputs
    ]
    for output, text in rendered:
        if output.path is None:
            continue
        if str(output.path) == os.environ.get("GITHUB_STEP_SUMMARY"):
            _append(output.path, text)
        else:
            write_whole(output.path, text)
    for output, text in rendered:
        if output.path is None:
            sys.stdout.write(text)
            sys.stdout.flush()


def _append(path: Path, text: str) -> None:
    """A job summary belongs to every command of the step: nothing in it is replaced."""
    try:
        with path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", remedy="check the path") from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other runs of paudit from changing a file between its reading and its writing: they wait.

    The directory is locked, not the file, which is replaced by the writing; a process that dies lets go. Where directories
    cannot be locked (Windows, some network disks) nothing is.
    """
    try:
        import fcntl

        handle = os.open(path.resolve().parent, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_whole(path: Path, text: str) -> None:
    """Write a file under another name beside it, then rename: never half a file. What is no file is written into.

    A rename would put a plain file in the place of /dev/null or a pipe, and of a link instead of what it points at.
    """
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            return
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", remedy="check the path and the disk"
        ) from error


def look(*, plain: bool = False) -> Look:
    """How to write to stdout: its width, and whether it takes colour and drawn lines. plain: for a screen reader."""
    from provenance_audit.formats import Look

    terminal = sys.stdout.isatty()
    # COLUMNS holds for a pipe too; without it a pipe is 80 wide, wherever stderr goes.
    width = shutil.get_terminal_size().columns if terminal or os.environ.get("COLUMNS") else 80
    encoding = (sys.stdout.encoding or "ascii").lower()
    colour = terminal and not plain and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Look(width, colour, terminal and not plain and "utf" in encoding, plain)
