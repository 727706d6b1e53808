"""Worker processes import the script that started them: whether each of them would begin the study once more."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import FrameType, ModuleType

_GUARD = 'if __name__ == "__main__":'
_OTHERWISE = "or work in one process (jobs=1)"


class MainGuardError(RuntimeError):
    """A script that worker processes cannot import without running it again."""


def check_main() -> None:
    """Check that the program that runs can be imported by worker processes.

    Raises:
        MainGuardError: If it came by standard input, or what it does now would be done again by whoever imports it.
    """
    main = sys.modules.get("__main__")
    file = getattr(main, "__file__", None)
    name = str(getattr(getattr(main, "__spec__", None), "name", ""))
    if main is None or file is None or name.rpartition(".")[2] == "__main__":
        return  # a prompt, a notebook, python -c or python -m package: no worker imports it
    try:
        source = Path(file).read_bytes()
    except OSError:
        raise MainGuardError(
            f"worker processes cannot import the program, which came from {file}: save it as a file, with its work "
            f"below `{_GUARD}`, {_OTHERWISE}"
        ) from None
    line = _line_of(main)
    if line and not _is_guarded(source, line):
        raise MainGuardError(
            f"{file}, line {line}: worker processes import this file and would each begin the study again: put the "
            f"call below `{_GUARD}`, {_OTHERWISE}"
        )


def _line_of(main: ModuleType) -> int:
    """The line at which the program is, outside of functions; 0 where it is not on the stack, as in a thread."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_globals is vars(main) and frame.f_code.co_name == "<module>":
            return frame.f_lineno
        frame = frame.f_back
    return 0


def _is_guarded(source: bytes, line: int) -> bool:
    """Whether only the program itself comes to a line, and not who imports it."""
    try:
        tests = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.If)]
    except (SyntaxError, ValueError):  # no Python source, such as a frozen program's
        return True
    return any(
        node.lineno <= line <= (node.end_lineno or line)
        and "__name__" in {name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)}
        for node in tests
    )
