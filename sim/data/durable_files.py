"""Atomic and durable writing of files: a crash, a full disk or a power cut leaves the old state or the new.

All files of Corridor are written here. A new file gets its name only when its bytes are on the disk, and its folder is
flushed to the disk too: otherwise some file systems (btrfs) may lose the name of a file but keep its contents. See
Pillai et al. (2014), "All File Systems Are Not Created Equal: On the Complexity of Crafting Crash-Consistent
Applications", OSDI 14, 433-448.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LONGEST_PREFIX = 40  # of a partial file's name, whose length file systems limit


def write_whole(file: Path, content: bytes) -> None:
    """Write a file atomically: under another name, flush it to the disk, then rename it.

    Args:
        file: The file; an older one is replaced, and its folder is created if missing.
        content: The whole content.

    Raises:
        OSError: If it cannot be written; no part of it is left then. If only the folder could not be flushed to
            the disk, the file exists, but a power cut may undo it.
    """
    make_folder(file.parent)
    handle, path = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:LONGEST_PREFIX]}.")
    partial = Path(path)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.chmod(0o666 & ~umask())
        partial.replace(file)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
    sync_folder(file.parent)


def write_text(file: Path, content: str) -> None:
    """Write text as UTF-8 by `write_whole`, with line ends unchanged."""
    write_whole(file, content.encode())


def append_whole(file: Path, content: bytes) -> None:
    """Append bytes to a file, created if missing: all of them reach the disk, or none.

    Raises:
        OSError: If they cannot be written; the file is then unchanged.
    """
    size = file.stat().st_size if file.exists() else None
    try:
        with file.open("ab") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if size is None:
            sync_folder(file.parent)
    except OSError:
        if size is None:
            file.unlink(missing_ok=True)
        else:
            os.truncate(file, size)
        raise


def make_folder(folder: Path) -> None:
    """Create a folder and its missing parents, each flushed to the disk; raises OSError."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for place in missing:
        sync_folder(place.parent)


def sync_file(file: Path) -> None:
    """Flush a file that was written elsewhere to the disk; raises OSError."""
    with file.open("rb+") as stream:  # Windows does not flush a file that is open only for reading
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk; raises OSError. On Windows this is neither possible nor needed."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def held(place: Path) -> Iterator[bool]:
    """Hold a folder until the end, or that of this process; yields whether nobody else does (unknown on Windows)."""
    if os.name == "nt":
        yield False
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        yield _is_free(handle)
    finally:
        os.close(handle)


def _is_free(handle: int) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def umask() -> int:
    """Return the umask of this process: the permission bits that new files lack."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
