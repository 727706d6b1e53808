"""Writing files so that they are whole and stay: a crash, a full disk or a power cut leaves the old state or the new.

All files of Corridor are written here. A new file gets its name only when its bytes are on the disk, and the folder
that holds the name is brought to the disk too: without that, some file systems (btrfs) may lose the
name of a file whose contents they have kept. See Pillai et al. (2014), "All File Systems Are Not
Created Equal: On the Complexity of Crafting Crash-Consistent Applications", OSDI 14, 433-448.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

LONGEST_PREFIX = 40  # of a partial file's name, which must not outgrow what the file system allows


def write_whole(file: Path, content: bytes) -> None:
    """Write a file under another name, bring it to the disk, then give it its name: whole, or not at all.

    Args:
        file: An older one is replaced. Its folder is made if it is not there.
        content: All of it.

    Raises:
        OSError: If it cannot be written; no part of it is left then. If it was the folder that could not be brought to
            the disk, the file is there, and a power cut may take it back.
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
    """`write_whole` of text as UTF-8, its line ends as they are."""
    write_whole(file, content.encode())


def append_whole(file: Path, content: bytes) -> None:
    """Add bytes to the end of a file, which is made if it is not there: all of them on the disk, or none.

    Raises:
        OSError: If they cannot be written; the file is as it was then.
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
    """Make a folder and those above it that are not there, each on the disk when this returns; raises OSError."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for place in missing:
        sync_folder(place.parent)


def sync_file(file: Path) -> None:
    """Bring a file that somebody else has written to the disk; raises OSError."""
    with file.open("rb+") as stream:  # Windows brings nothing to the disk that is open for reading alone
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk; raises OSError. Windows has no way to, and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def umask() -> int:
    """Return the bits that new files of this process do without."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
