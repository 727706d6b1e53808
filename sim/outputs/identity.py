"""Whether results were made by the model in this process (`sim.engine.identity`), and what is said if not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.data import extensions
from sim.engine.identity import differences, identity, sources, version_of
from sim.outputs.folder import OutputError

__all__ = ["check_identity", "differences", "identity", "sources", "version_of", "without_extensions"]


def without_extensions(folder: Path, there: Any, error: Exception) -> OutputError | None:
    """Return the error for results whose scenario needs extensions that are not loaded; None if none are lacking.

    Args:
        folder: The folder of the results, which holds the extensions' sources.
        there: Identity recorded there.
        error: What reading the scenario without them gave.
    """
    recorded = there.get("extensions") if isinstance(there, Mapping) else None
    needed = [name for name in recorded or () if name not in extensions.digests()]
    if not needed:
        return None
    files = {name: [folder / "extensions" / f"{name}.py", folder / f"{name}.py"] for name in needed}
    words = " ".join(f"--with {next((f for f in files[name] if f.is_file()), name)}" for name in needed)
    return OutputError(f"{folder}: made with extensions that are not loaded; add {words} ({error})")


def check_identity(where: Path | str, there: Any, what_to_do: str, *more: str) -> None:
    """Refuse results that were made by another model.

    Args:
        where: Folder or file, for the message.
        there: Identity recorded there.
        what_to_do: What the user can do, for the message.
        *more: As `identity`.

    Raises:
        OutputError: If it is not the identity of the model in this process; the message names the differences.
    """
    found = differences(there, identity(*more))
    if found:
        raise OutputError(f"{where}: made by another model, which differs in {', '.join(found)}; {what_to_do}")
