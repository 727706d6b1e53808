"""Result folders, whole or not there at all: written beside their place, then put there in one move."""

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
    """A folder that results cannot be written to, or read from; one clear line.

    >>> import sim
    >>> try:
    ...     sim.results("nowhere")
    ... except sim.OutputError as error:
    ...     print(error)
    nowhere: no results of a run: run.json: No such file or directory
    """


class UnfinishedError(OutputError):
    """A study that lacks runs, asked for what only a complete one can tell."""


def check_folder(folder: Path) -> None:
    """Check that results could be written to ``folder``; leaves nothing behind.

    Raises:
        OutputError: If it is a file, a folder of something else, or cannot be written.
    """
    try:
        _refuse_foreign(folder)
        _try_to_write(folder.parent)
    except (OSError, ValueError) as error:
        raise OutputError(f"{_shown(folder)}: results cannot be written here: {_reason(error)}") from None


def check_writable(folder: Path) -> None:
    """Check that ``folder`` is one that can be written into, or could be made; raises OutputError."""
    try:
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{_shown(folder)}: found a file; a folder is needed")
        _try_to_write(folder)
    except (OSError, ValueError) as error:
        raise OutputError(f"{_shown(folder)}: results cannot be written here: {_reason(error)}") from None


def _try_to_write(folder: Path) -> None:
    """Write in a folder, or in the nearest one above it that is there; leaves nothing behind."""
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
    """Whether a folder holds the results of a run."""
    try:
        return bool(read_run(folder)["format"] == FORMAT)
    except OutputError:
        return False


def read_run(folder: Path) -> dict[str, Any]:
    """The provenance of a result folder; raises OutputError if there is none."""
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
    """An empty folder to write into; when the block ends well it takes the place of ``folder``, at once.

    After an error or an interruption nothing is left and ``folder`` is as it was.

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
    """Move ``partial`` to ``folder``; an older result there is exchanged for it, then deleted."""
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
    """Swap two folders in one step, where the system can (Linux: renameat2)."""
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
