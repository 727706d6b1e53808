"""Files of compiled code that are whole or not there: numba's own, each with a checksum, and on the disk when named.

numba loads whatever lies in its cache folder. After a power cut that may be an empty file, which ends every later
command, and a flipped bit may end the process. Here a file that is not what was written is removed, and its function
compiled anew.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile, UserProvidedCacheLocator

from sim.data.durable_files import write_whole

_SIZE = 16  # bytes of the checksum, at the end of each file
_PACKAGE = Path(__file__).parents[1]


class CheckedFiles(IndexDataCacheFile):  # type: ignore[misc]
    """The index and the compiled code of one function."""

    def _load_index(self) -> dict[Any, str]:
        content = self._checked(self._index_path)
        if content is None:
            return {}
        version, stamp, overloads = content
        fresh: bool = (version, stamp) == (self._version, self._source_stamp)
        return overloads if fresh else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        with self._open_for_write(self._index_path) as file:
            file.write(self._dump((self._version, self._source_stamp, overloads)))

    def _load_data(self, name: str) -> Any:
        return self._checked(self._data_path(name))

    def _checked(self, path: str) -> Any:
        """What a file holds; None if it is not there, or was damaged: it is removed then."""
        file = Path(path)
        try:
            content = file.read_bytes()
        except OSError:
            return None
        if _checksum(content[:-_SIZE]) == content[-_SIZE:]:
            return pickle.loads(content[:-_SIZE])
        with suppress(OSError):
            file.unlink()
        return None

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[BytesIO]:
        content = BytesIO()
        yield content
        written = content.getvalue()
        write_whole(Path(filepath), written + _checksum(written))


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=_SIZE).digest()


class _AnyPlace(UserProvidedCacheLocator):  # type: ignore[misc]
    """Folders of the package's functions are named by their place in it, so that each copy of it finds them."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        home = Path(py_file).absolute().parent
        if home.is_relative_to(_PACKAGE):
            return "-".join(home.relative_to(_PACKAGE.parent).parts)
        return str(super().get_suitable_cache_subpath(py_file))


class _InAnyPlace(CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes: ClassVar = [_AnyPlace, *CompileResultCacheImpl._locator_classes]


class CheckedCache(FunctionCache):  # type: ignore[misc]
    """The cache of one function; what cannot be read or written is compiled, and not kept."""

    _impl_class = _InAnyPlace

    def __init__(self, function: Callable[..., Any]) -> None:
        """As numba makes its own, with files that are checked."""
        super().__init__(function)
        own: Any = self._cache_file  # type: ignore[has-type]
        self._cache_file = CheckedFiles(own._cache_path, self._impl.filename_base, own._source_stamp)

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code, where there is room for it."""
        with suppress(OSError):
            super().save_overload(sig, data)


def kept(dispatcher: Any) -> Any:
    """A compiled function with a cache whose files are checked."""
    dispatcher._cache = CheckedCache(dispatcher.py_func)
    return dispatcher
