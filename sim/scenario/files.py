"""Scenario files: finding them, and reading them within limits."""

from __future__ import annotations

import stat
from pathlib import Path

from sim.scenario.errors import Problem, ScenarioError, choices, show
from sim.scenario.nodes import MAX_BYTES

SUFFIXES = (".yaml", ".yml")
_PACKAGE = Path(__file__).resolve().parent.parent


def scenarios_folder() -> Path:
    """Return the folder of shipped scenarios: beside ``sim/`` in the repository, inside it in an installed package."""
    return shipped_folder("scenarios")


def shipped_folder(name: str) -> Path:
    """Return a folder that ships: inside an installed package, else beside ``sim/`` in a clone of the repository.

    A folder of that name beside an installed package may belong to another package, so a clone is recognised by its
    ``pyproject.toml``.
    """
    inside, clone = _PACKAGE / f"_{name}", _PACKAGE.parent
    return clone / name if (clone / "pyproject.toml").is_file() and not inside.is_dir() else inside


def scenario_names() -> list[str]:
    """Return names of the scenarios that ship, in alphabetical order."""
    return sorted(_shipped())


def _shipped() -> dict[str, Path]:
    folder = scenarios_folder()
    return {file.stem: file for suffix in SUFFIXES for file in folder.glob(f"*{suffix}")}


def scenario_file(name_or_path: str | Path) -> Path:
    """Return the file of a shipped scenario, or of a path that ends in .yaml or .yml; raises ScenarioError."""
    text = str(name_or_path)
    if text.endswith(SUFFIXES):
        return Path(name_or_path)
    shipped = _shipped()
    if text not in shipped:
        what = f"found {show(text)}, no scenario that ships, and no path ending in .yaml or .yml"
        raise ScenarioError(f"{what}; {choices(scenario_names(), text)}")
    return shipped[text]


def display(path: Path) -> str:
    """Return a path as shown in messages: relative to the working directory if it is inside."""
    try:
        text = str(path.resolve().relative_to(Path.cwd())) if path.is_absolute() else str(path)
    except (OSError, ValueError):
        text = str(path)
    return text if text.isprintable() else repr(text)


def read_text(path: Path) -> str:
    """Return the text of a regular UTF-8 file of at most 5 MB; raises ScenarioError."""
    return _decode(read_bytes(path), display(path))


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file of at most 5 MB; raises ScenarioError."""
    file = display(path)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "no regular file"
            raise ScenarioError(Problem(file, 0, "", f"found {kind}; a file is needed"))
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError(Problem(file, 0, "", f"cannot be read: {error.strerror or error}")) from None
    except ValueError as error:  # a NUL in the path
        raise ScenarioError(Problem(file, 0, "", f"cannot be read: {error}")) from None
    if len(data) > MAX_BYTES:
        raise ScenarioError(Problem(file, 0, "", f"too large; allowed: up to {MAX_BYTES:,} bytes"))
    return data


def _decode(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = f"found the byte 0x{data[error.start]:02x}, which is not UTF-8; save the file as UTF-8"
        raise ScenarioError(Problem(file, line, "", text)) from None


def inside(path: Path, *folders: Path) -> bool:
    """Return whether a file, links followed, lies in one of the folders."""
    try:
        real = path.resolve()
        return any(real.is_relative_to(folder.resolve()) for folder in folders)
    except (OSError, RuntimeError, ValueError):
        return False
