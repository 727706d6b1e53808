"""Which extensions are loaded: somebody else's science, by name, with the source that it was made from.

Every layer keeps what extensions add to it where it keeps its own; this list says whose it is. It is part of the
model's identity, and travels to workers.
"""

from __future__ import annotations

from hashlib import sha256
from types import ModuleType
from typing import NamedTuple


class Extension(NamedTuple):
    """A loaded extension.

    Attributes:
        name: Of its file, without the ending, or of its entry point.
        file: Where it was loaded from, as it was given.
        source: The bytes of its source; of a package, of all its Python files.
        module: What was made of it.
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
    """Return their modules."""
    return [extension.module for extension in loaded]


def files() -> dict[str, bytes]:
    """Return the sources of single-file extensions by file name, of which results keep a copy."""
    return {f"{extension.name}.py": extension.source for extension in loaded if extension.file.endswith(".py")}
