"""Result folders, written atomically: to a temporary folder that is then renamed."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sim.data.durable_files import make_folder, sync_file, sync_folder, umask

RUN_FILE = "run.json"
FORMAT = "corridor-run-1"
_EXCHANGE, _HERE = 2, -100


class OutputError(Exception):
    """Results cannot be written to, or read from, a folder; the message is one line.

    >>> import sim
    >>> try:
    ...     sim.results("nowhere")
    ... except sim.OutputError as error:
    ...     print(error)
    nowhere: no results of a run: run.json: No such file or directory
    """


class UnfinishedError(OutputError):
    """A study lacks runs, but only a complete one can give what was asked for."""


def check_folder(folder: Path) -> None:
    """Check that results could be written to ``folder``, without changing it.

    Raises:
        OutputError: If it is a file, holds something else, or is not writable.
    """
    try:
        _refuse_foreign(folder)
        _try_to_write(folder.parent)
    except (OSError, ValueError) as error:
        raise OutputError(f"{_shown(folder)}: results cannot be written here: {_reason(error)}") from None


def check_writable(folder: Path) -> None:
    """Check that ``folder`` is writable, or could be created; raises OutputError."""
    try:
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{_shown(folder)}: found a file; a folder is needed")
        _try_to_write(folder)
    except (OSError, ValueError) as error:
        raise OutputError(f"{_shown(folder)}: results cannot be written here: {_reason(error)}") from None


def _try_to_write(folder: Path) -> None:
    """Write to a folder, or to its nearest existing parent, and remove what was written."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    with tempfile.TemporaryDirectory(dir=folder, prefix=".corridor-"):
        pass


def _refuse_foreign(folder: Path) -> None:
    if not folder.exists():
        if folder.is_symlink():
            raise OutputError(f"{_shown(folder)}: found a link that leads nowhere; a folder is needed")
        return
    if not folder.is_dir():
        raise OutputError(f"{_shown(folder)}: found a file; a folder is needed")
    if any(folder.iterdir()) and not is_ours(folder):
        text = "holds something other than the results of a run, which would be lost; choose another folder"
        raise OutputError(f"{_shown(folder)}: {text}")


def is_ours(folder: Path) -> bool:
    """Return whether a folder holds the results of a run."""
    try:
        return bool(read_run(folder)["format"] == FORMAT)
    except OutputError:
        return False


def read_run(folder: Path) -> dict[str, Any]:
    """Return the provenance of a result folder; raises OutputError if there is none."""
    try:
        content = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except OSError as error:
        raise OutputError(f"{_shown(folder)}: no results of a run: {RUN_FILE}: {_reason(error)}") from None
    except ValueError:
        raise OutputError(f"{_shown(folder / RUN_FILE)}: damaged: not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise OutputError(f"{_shown(folder / RUN_FILE)}: not of a run of this version of corridor")
    return content


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Provide an empty folder to write to, which replaces ``folder`` atomically when the block ends without error.

    After an error or an interruption nothing is left and ``folder`` is unchanged.

    Raises:
        OutputError: As `check_folder`, or if the disk is full and the like.
    """
    check_folder(folder)
    folder = Path(os.path.realpath(folder)) if folder.is_symlink() else folder.absolute()
    made = _missing_parents(folder)
    partial = None
    try:
        make_folder(folder.parent)
        partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.partial-"))
        partial.chmod(0o777 & ~umask())
        yield partial
        for file in partial.iterdir():
            sync_file(file)
        sync_folder(partial)
        _put(partial, folder)
        sync_folder(folder.parent)
    except BaseException as error:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        if isinstance(error, OSError):
            raise OutputError(f"{_shown(folder)}: results cannot be written here: {_reason(error)}") from error
        raise


def _missing_parents(folder: Path) -> list[Path]:
    return [parent for parent in folder.parents if not parent.exists()]


def _put(partial: Path, folder: Path) -> None:
    """Move ``partial`` to ``folder``; an older result there is swapped with it, then deleted."""
    if not folder.exists():
        partial.rename(folder)
        return
    if not _exchange(partial, folder):
        old = partial.with_name(partial.name + ".old")
        folder.rename(old)
        try:
            partial.rename(folder)
        except BaseException:
            old.rename(folder)
            raise
        partial = old
    shutil.rmtree(partial, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders atomically, where the system can (Linux: renameat2)."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    return bool(call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), ctypes.c_uint(_EXCHANGE)) == 0)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _shown(path: Path) -> str:
    text = str(path)
    return text if text.isprintable() else repr(text)
