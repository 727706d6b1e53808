"""The list of loaded extensions, by name, with their sources.

Each layer stores the additions of extensions beside its own entries; this list records their origin. It is part of the
model's identity, and is sent to workers.
"""

from __future__ import annotations

from hashlib import sha256
from types import ModuleType
from typing import NamedTuple


class Extension(NamedTuple):
    """A loaded extension.

    Attributes:
        name: Name of its file, without the ending, or of its entry point.
        file: Path from which it was loaded, as given.
        source: The bytes of its source; for a package, of all its Python files.
        module: The loaded module.
    """

    name: str
    file: str
    source: bytes
    module: ModuleType

    @property
    def sha256(self) -> str:
        """Return the hash of its source (hexadecimal)."""
        return sha256(self.source).hexdigest()


loaded: list[Extension] = []


def digests() -> dict[str, str]:
    """Return the SHA-256 of the loaded extensions' sources by name, in the order of loading."""
    return {extension.name: extension.sha256 for extension in loaded}


def modules() -> list[ModuleType]:
    """Return the modules of the loaded extensions."""
    return [extension.module for extension in loaded]


def files() -> dict[str, bytes]:
    """Return the sources of single-file extensions by file name, of which results keep a copy."""
    return {f"{extension.name}.py": extension.source for extension in loaded if extension.file.endswith(".py")}
