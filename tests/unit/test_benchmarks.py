"""The command that runs the benchmarks of the repository."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

from experiments.benchmarks import __main__ as benchmarks


def test_benchmarks_that_do_not_exist_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        benchmarks.main(["engine", "nonsense"])
    assert ended.value.code == 2
    assert f"found nonsense; allowed: {', '.join(benchmarks.BENCHMARKS)}" in capsys.readouterr().err
    assert all((benchmarks.FOLDER / f"{name}.py").is_file() for name in benchmarks.BENCHMARKS)


def test_benchmarks_write_between_their_marks_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = "# Speed\n\n<!-- bench start -->\n"
    after = "<!-- end of bench -->\n\n<!-- bench engine -->\nold\n<!-- end of bench -->\n"
    page, script = tmp_path / "speed.md", tmp_path / "start.py"
    page.write_text(f"{before}old\n{after}", encoding="utf-8")
    monkeypatch.setattr(benchmarks, "PAGE", page)
    monkeypatch.setattr(benchmarks, "FOLDER", tmp_path)
    script.write_text("print('| what |\\n|---|\\n| \\\\1 s |')\n", encoding="utf-8")
    assert benchmarks.main(["start"]) == 0
    assert page.read_text(encoding="utf-8") == f"{before}old\n{after}"
    assert benchmarks.main(["start", "--write"]) == 0
    assert page.read_text(encoding="utf-8") == f"{before}| what |\n|---|\n| \\1 s |\n{after}"
    script.write_text("raise SystemExit(3)", encoding="utf-8")
    assert benchmarks.main(["start", "--write"]) == 1
    assert capsys.readouterr().err == "failed: start\n"
    assert "| what |" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(benchmarks.FOLDER.rglob("*.py")), ids=lambda file: file.stem)
def test_what_benchmarks_take_from_the_package_is_there(file: Path) -> None:
    """They are run by hand; a name that moved would only be missed on the day of a measurement."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "sim":
            module = importlib.import_module(node.module)
            for alias in node.names:
                assert hasattr(module, alias.name) or importlib.util.find_spec(f"{node.module}.{alias.name}")
