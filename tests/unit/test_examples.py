"""The examples in docstrings are run: each public name has one, and no other module has one that is not."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.studies import stored_results

PACKAGE = Path(sim.__file__).parent
PUBLIC = {name: stored_results.results if name == "results" else getattr(sim, name) for name in sim.__all__}
WITH_EXAMPLES = sorted(
    ".".join(["sim", *file.relative_to(PACKAGE).with_suffix("").parts])
    for file in PACKAGE.rglob("*.py")
    if ">>> " in file.read_text(encoding="utf-8")
)


# Fits take minutes even when they are small: their commands are in docs/forecasting.md, their tests in unit/api.
FITS = ("assimilate", "backtest", "calibrate", "forecast")


@pytest.mark.parametrize("name", FITS)
def test_a_fit_names_its_command(name: str) -> None:
    assert f"``corridor {name}``" in PUBLIC[name].__doc__


@pytest.mark.parametrize("name", sorted({*sim.__all__} - {*FITS, "__version__"}))
def test_a_public_name_has_an_example(name: str) -> None:
    assert doctest.DocTestParser().get_examples(PUBLIC[name].__doc__)
    assert PUBLIC[name].__module__ in WITH_EXAMPLES


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples_give_what_they_show(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told: list[Any] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    for test in doctest.DocTestFinder().find(importlib.import_module(module)):
        runner.run(test, out=told.append)
    assert runner.tries > 0
    assert runner.failures == 0, "".join(told)
