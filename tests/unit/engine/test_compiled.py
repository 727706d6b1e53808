"""The compiled code is found again: whoever starts a second process, or has a second copy, waits for no compiler."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

import sim
from sim.cli.common import announce_compilation
from sim.engine.compiled import JIT, cache_folder
from sim.scenario import to_yaml
from tests.strategies import tiny_scenario

PACKAGE = Path(sim.__file__).parent
ONE_DAY = "import sim; assert sim.__path__ == [{!r}]; sim.CorridorModel(sim.load_scenario('tiny.yaml')).step()"


@pytest.mark.long
@pytest.mark.skipif(not JIT, reason="nothing is compiled")
def test_a_second_process_compiles_nothing_nor_does_a_copy_elsewhere(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "copy" / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    env = {**os.environ, "CORRIDOR_CACHE": str(tmp_path)}
    own = tmp_path / "compiled" / cache_folder().name  # of its own, as tests beside this one fill the shared one
    for file in cache_folder().rglob("*.nb?"):
        (own / file.relative_to(cache_folder())).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, own / file.relative_to(cache_folder()))
    kept = []
    for home in (PACKAGE.parent, tmp_path / "copy"):
        command = [sys.executable, "-c", ONE_DAY.format(str(home / "sim"))]
        subprocess.run(command, check=True, timeout=300, cwd=tmp_path, env={**env, "PYTHONPATH": str(home)})
        kept.append({(file, file.stat().st_mtime_ns) for file in own.rglob("*.nb?")})
    assert kept[0] == kept[1] != set()


NOBODY = """
import pwd

def nobody(uid):
    raise KeyError(uid)

pwd.getpwuid = nobody
from sim.cli.main import app
app(["run", "tiny.yaml", "--days", "2", "--quiet", "--out", "r"])
"""


@pytest.mark.nightly
def test_a_user_without_a_home_runs_all_the_same_and_nothing_is_left_behind(tmp_path: Path) -> None:
    """As in a container, with a user of any number: nothing can be cached, nor stays in the temporary folder."""
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    homes = ("HOME", "CORRIDOR_CACHE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR")
    env = {name: value for name, value in os.environ.items() if name not in homes}
    env |= {"TMPDIR": str(tmp_path / "temporary"), "NUMBA_DISABLE_JIT": "1"}  # to compile takes a minute
    done = subprocess.run(
        [sys.executable, "-c", NOBODY], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "r" / "run.json").is_file()
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("cache", ["", "file/below"], ids=["no home", "not writable"])
def test_where_nothing_can_be_cached_there_is_no_folder_nor_a_substitute(
    cache: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path / cache) if cache else "")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)  # a KeyError, as for whom the system does not know
    assert cache_folder() is None
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize(("kept", "words"), [(True, "once for this version"), (False, "anew each time, as the cache")])
def test_the_announcement_says_whether_the_compiled_code_is_kept(
    kept: bool, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.engine.compiled.is_cached", lambda: False)
    monkeypatch.setattr("sim.engine.compiled.is_kept", lambda: kept)
    notes = Console(file=io.StringIO(), width=200)
    announce_compilation(notes)
    assert words in notes.file.getvalue()  # type: ignore[attr-defined]
