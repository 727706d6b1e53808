"""Result folders, written atomically: to a temporary folder that is then renamed."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sim.data.durable_files import held, make_folder, sync_file, sync_folder, umask
from sim.outputs.run_record import FORMAT, wrong_entry

RUN_FILE = "run.json"
_EXCHANGE, _HERE = 2, -100
_PARTIAL, _OLD = ".partial-", ".old"  # in the names of folders that are being written, and of what they replace
ANALYSIS = "analysis"  # subfolder of results for what can be remade from them
TRIAL = ".corridor-"  # of empty folders that tell whether a folder can be written to
_MOMENT = 60.0  # seconds


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
    """Check that ``folder`` is writable, or could be created, and holds no links; raises OutputError."""
    try:
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{_shown(folder)}: found a file; a folder is needed")
        refuse_links(folder)
        _try_to_write(folder)
    except (OSError, ValueError) as error:
        raise OutputError(f"{_shown(folder)}: results cannot be written here: {_reason(error)}") from None


def _try_to_write(folder: Path) -> None:
    """Write to a folder, or to its nearest existing parent, and remove what was written."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    with tempfile.TemporaryDirectory(dir=folder, prefix=TRIAL):
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
        old = "" if folder.exists() else "".join(f"; the results before are in {one}" for one in _replaced(folder)[:1])
        raise OutputError(f"{_shown(folder)}: no results of a run: {RUN_FILE}: {_reason(error)}{old}") from None
    except (ValueError, RecursionError):
        raise OutputError(f"{_shown(folder / RUN_FILE)}: damaged: not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise OutputError(f"{_shown(folder / RUN_FILE)}: not of a run of this version of corridor")
    if wrong := wrong_entry(content):
        raise OutputError(f"{_shown(folder / RUN_FILE)}: damaged: found no {wrong} as a run has it")
    refuse_links(folder)
    return content


def refuse_links(folder: Path) -> None:
    """Check that no file or folder of results is a link: what it leads to would be read, or written, in its place.

    The folder itself may be one. Raises OutputError with the link's name.
    """
    if not folder.is_dir():
        return
    for place, folders, files in os.walk(folder):
        inner = Path(place)
        for name in sorted((*folders, *files)):
            if (inner / name).is_symlink():
                text = "found a link, which is not followed; results hold files of their own"
                raise OutputError(f"{_shown(inner / name)}: {text}")
        if inner != folder:
            folders.clear()


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
        _sweep(folder)
        partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}{_PARTIAL}"))
        with held(partial):
            partial.chmod(0o777 & ~umask())
            yield partial
            for file in partial.iterdir():
                sync_file(file)
            sync_folder(partial)
            _put(partial, folder)
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
    """Move ``partial`` to ``folder``; an older result is swapped with it, and deleted when that is on the disk."""
    if not folder.exists():
        partial.rename(folder)
        sync_folder(folder.parent)
        return
    if not _exchange(partial, folder):
        old = partial.with_name(partial.name + _OLD)
        folder.rename(old)
        try:
            partial.rename(folder)
        except BaseException:
            old.rename(folder)
            raise
        partial = old
    sync_folder(folder.parent)
    shutil.rmtree(partial, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what writers left that were ended from outside; a result that one of them was replacing is put back."""
    for old in _replaced(folder):
        if not folder.exists() and _is_left(old):
            old.rename(folder)
    for place in folder.parent.iterdir():
        if place.name.startswith(TRIAL):
            with suppress(OSError):
                place.rmdir()
        if place.name.startswith(f".{folder.name}{_PARTIAL}") and _is_left(place):
            shutil.rmtree(place, ignore_errors=True)


def _replaced(folder: Path) -> list[Path]:
    """Return older results of a folder that were moved away to be replaced, where folders cannot be swapped."""
    with suppress(OSError):
        return sorted(
            place
            for place in folder.parent.iterdir()
            if place.name.startswith(f".{folder.name}{_PARTIAL}") and place.name.endswith(_OLD)
        )
    return []


def _is_left(place: Path) -> bool:
    """Return whether nobody writes to a partial folder; one that was made a moment ago may not be held yet."""
    with suppress(OSError):
        if not place.is_symlink() and (time.time() - place.stat().st_mtime > _MOMENT or any(place.iterdir())):
            with held(place) as alone:
                return alone
    return False


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
