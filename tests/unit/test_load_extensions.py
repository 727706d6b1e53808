"""Extensions by name, file and source: which are loaded, how they travel, and who is blamed for an error."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from sim import load_extensions
from sim.data import extensions
from sim.data.extensions import Extension
from sim.load_extensions import Carried, ExtensionError, blamed, carried, clear, ensure, load, loaded, undo

QUIET = "made = []\n"


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    clear()
    for name in [name for name in sys.modules if name.startswith("corridor_extension_")]:
        del sys.modules[name]


def written(folder: Path, name: str, text: str = QUIET) -> Path:
    file = folder / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    return file


def names() -> list[str]:
    return [one.name for one in extensions.loaded]


def told(call: Any) -> str:
    with pytest.raises(ExtensionError) as caught:
        call()
    return str(caught.value)


def test_a_file_is_loaded_once_and_known_by_name_source_and_digest(tmp_path: Path) -> None:
    file = written(tmp_path, "mine")
    load(file, str(file))
    digest = sha256(QUIET.encode()).hexdigest()
    assert names() == ["mine"]
    assert extensions.digests() == {"mine": digest}
    assert extensions.files() == {"mine.py": QUIET.encode()}
    assert carried() == (Carried("mine", str(file), digest, QUIET.encode()),)
    (module,) = extensions.modules()
    assert (module.__name__, module.__file__) == ("corridor_extension_mine", str(file))
    assert sys.modules["corridor_extension_mine"] is module
    clear()
    assert names() == []
    assert carried() == ()


def test_what_it_compiles_is_kept_by_the_first_sixteen_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []

    def cached_as(name: str) -> Any:
        kept.append(name)
        return nullcontext()

    monkeypatch.setattr(load_extensions, "cached_as", cached_as)
    load(written(tmp_path, "mine"))
    assert kept == [f"extension-{sha256(QUIET.encode()).hexdigest()[:16]}"]


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    load(written(tmp_path, "mine"))
    (tmp_path / "b").mkdir()
    other = written(tmp_path / "b", "mine", "made = [1]\n")
    assert told(lambda: load(other)) == f"--with {other}: found two extensions called mine; allowed: one"
    load(written(tmp_path, "yours"))
    assert names() == ["mine", "yours"]


def test_what_is_no_extension_is_told(tmp_path: Path) -> None:
    none = tmp_path / "none.py"
    assert told(lambda: load(none)) == f"--with {none}: cannot be read: No such file or directory"
    odd = written(tmp_path, "my-own")
    assert told(lambda: load(odd)) == (
        f"--with {odd}: found the name 'my-own'; allowed: letters, digits and underscores"
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x = 1\n\nraise KeyError('no')\n", 3, "KeyError: 'no'"), ("x = 1\ny = (\n", 2, "SyntaxError: "),
        ("def f():\n    raise ValueError('in')\nf()\n", 2, "ValueError: in"),
        ("from sim.load_extensions import ExtensionError\nraise ExtensionError('as it is')\n", 2, "as it is"),
    ],
)  # fmt: skip
def test_an_error_names_file_and_line_and_leaves_nothing(tmp_path: Path, text: str, line: int, words: str) -> None:
    file = written(tmp_path, "bad", "from sim.load_extensions import undo\nundo.append(print)\n" + text)
    before = list(undo)
    assert told(lambda: load(file)).startswith(f"--with {file}, line {line + 2}: {words}") or line == 2
    assert "--with" in told(lambda: load(file))
    assert (names(), undo) == ([], before)
    assert "corridor_extension_bad" not in sys.modules


def test_what_was_added_is_taken_back_the_last_first(tmp_path: Path) -> None:
    text = "from sim import load_extensions as own\nown.told = []\n" + "".join(
        f"own.undo.append(lambda: own.told.append({k}))\n" for k in (1, 2)
    )
    load(written(tmp_path, "mine", text))
    found = load_extensions.told  # type: ignore[attr-defined]
    clear()
    assert (found, undo) == ([2, 1], [])
    del load_extensions.told  # type: ignore[attr-defined]


def test_within_a_block_only_these_are_loaded(tmp_path: Path) -> None:
    one, two = written(tmp_path, "one"), written(tmp_path, "two", "made = [2]\n")
    load(one)
    with loaded(two):
        assert names() == ["two"]
    assert names() == ["one"]
    with pytest.raises(RuntimeError), loaded(two):
        raise RuntimeError
    assert names() == ["one"]


def test_a_worker_loads_what_was_sent_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = written(tmp_path, "one"), written(tmp_path, "two", "made = [2]\n")
    load(one, two)
    sent = carried()
    modules = extensions.modules()
    ensure(sent)
    assert extensions.modules() == modules, "those that are there are left alone"
    ensure(sent[::-1])
    assert names() == ["two", "one"]
    ensure(sent[1:])
    assert names() == ["two"]
    home = tmp_path / "home"
    monkeypatch.setattr(load_extensions, "HOME", home)
    one.write_text("made = [3]\n")
    ensure(sent)
    copy = home / "extensions" / sent[0].sha256[:16] / "one.py"
    assert copy.read_bytes() == QUIET.encode()
    assert [module.__file__ for module in extensions.modules()] == [str(copy), str(two)]
    assert extensions.loaded[0].file == str(one)
    clear()
    one.unlink()
    monkeypatch.setattr(load_extensions, "HOME", None)
    ensure(sent)
    assert extensions.modules()[0].__file__ == str(one)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of two files, installed as an extension of the name ``science``."""
    folder = tmp_path / "science_package"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("from science_package.inner import a\ncount = 1\n")
    (folder / "inner" / "__init__.py").write_text("")
    (folder / "inner" / "a.py").write_text("def fail():\n    raise ValueError('deep\\nmore')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = SimpleNamespace(name="science", module="science_package")
    gone = SimpleNamespace(name="gone", module="no_such_package_at_all")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: {"corridor.extensions": [point, gone]}[group])
    return folder


def test_a_package_is_known_by_all_its_sources(installed: Path) -> None:
    load("science")
    source = b"".join((installed / name).read_bytes() for name in ("__init__.py", "inner/__init__.py", "inner/a.py"))
    (one,) = carried()
    assert one == Carried("science", "science_package", sha256(source).hexdigest(), None)
    assert extensions.files() == {}
    module = sys.modules["science_package"]
    ensure(())
    ensure((one,))
    assert sys.modules["science_package"] is not module, "it declares everything again"
    clear()
    changed = one._replace(sha256="0" * 64)
    assert told(lambda: ensure((changed,))) == (
        "--with science: the package installed here differs from the one where the run began"
    )
    assert told(lambda: load("scienc")) == (
        "--with scienc: no extension of that name (installed: gone, science); allowed: a file ending in .py, too"
    )
    assert told(lambda: load("gone")) == "--with gone: its module no_such_package_at_all is not installed"


def test_without_any_installed_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [])
    assert told(lambda: load("science")) == (
        "--with science: no extension of that name (none is installed); allowed: a file ending in .py, too"
    )


def raised(call: Any) -> BaseException:
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError


def test_an_error_is_blamed_on_the_extension_in_which_it_happened(tmp_path: Path, installed: Path) -> None:
    file = written(tmp_path, "mine", "def fail(call):\n    return call()\n\ndef own():\n    raise KeyError('x')\n")
    load(file, "science")
    mine, science = extensions.modules()
    assert blamed(raised(mine.own)) == f"--with {file}, line 5: KeyError: 'x'"
    assert (
        blamed(raised(lambda: mine.fail(lambda: 1 / 0)))
        == f"--with {file}, line 2: ZeroDivisionError: division by zero"
    )
    inner = installed / "inner" / "a.py"
    assert blamed(raised(science.a.fail)) == f"--with {inner}, line 2: ValueError: deep"
    assert blamed(raised(lambda: 1 / 0)) == ""
    numba = ValueError(f'Failed in nopython mode pipeline\n\n  what it is\n\nFile "{file}", line 4:\n')
    assert blamed(numba) == f"--with {file}, line 4: ValueError: what it is"


def test_rules_that_do_not_fit_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class TypingError(Exception):
        """As numba has it."""

    TypingError.__module__ = "numba.core.errors"
    module, other = ModuleType("own"), ModuleType("other")
    module.__file__, other.__file__ = "own.py", "other.py"
    monkeypatch.setattr(
        extensions, "loaded", [Extension(m.__name__, f"{m.__name__}.py", b"", m) for m in (module, other)]
    )

    def run() -> None:
        """Do nothing."""

    run.__module__ = "own"
    error = TypingError("Failed in nopython mode\nno match: %1 = x\nmore")
    monkeypatch.setattr(load_extensions.rules, "replaced", {"attempts.prepare": run})
    monkeypatch.setattr(load_extensions.rules, "steps", [SimpleNamespace(after="sea", run=run)])
    assert blamed(error) == (
        "--with own.py: the model cannot be compiled with attempts.prepare, the step after sea: no match; a rule takes "
        "and returns what the one that ships does, and a step nothing"
    )
    run.__module__ = "elsewhere"
    assert blamed(error) == ""
    assert blamed(ValueError("x")) == ""
