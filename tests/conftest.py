"""What all tests share: Hypothesis without a deadline, as how long an example takes is up to the machine; marks; order.

`pytest` alone runs on all cores; parts, and whatever says `-n`, as said.

With CORRIDOR_ORDER the files of tests come in another order: that of a seed, or of a new one for each run (`random`).
"""

from __future__ import annotations

import os
import random
import secrets
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("corridor", deadline=None)
settings.load_profile("corridor")

pytest.register_assert_rewrite("tests.browser.looks")  # so that what it asserts tells what was found
BROWSER = Path(__file__).parent / "browser"


MOST_PROCESSES = 4  # each takes more than a gigabyte in the end


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run the whole on all cores, a file in one process, unless the command says how; parts run in this process."""
    asked = config.option
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not asked.keyword
    said = getattr(asked, "numprocesses", 0) is not None  # it is absent without pytest-xdist
    if whole and not (said or asked.usepdb or asked.collectonly or hasattr(config, "workerinput")):
        asked.numprocesses, asked.maxprocesses = "logical", MOST_PROCESSES
        asked.dist, asked.loadscopereorder = "loadfile", False


def pytest_configure(config: pytest.Config) -> None:
    """Fix the seed of the order, so that the report can name it and workers of xdist have the same."""
    asked = os.environ.get("CORRIDOR_ORDER", "")
    if asked:
        os.environ["CORRIDOR_ORDER"] = str(secrets.randbelow(10**6)) if asked == "random" else str(int(asked))


def pytest_report_header() -> list[str]:
    """Name the order, so that a failure can be made again."""
    asked = os.environ.get("CORRIDOR_ORDER", "")
    return [f"files in a random order: CORRIDOR_ORDER={asked}"] if asked else []


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One worker has all tests in a browser, as two browsers at once get into each other's way; else a file each."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class BrowsersTogether(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = str(super()._split_scope(nodeid))
            return BROWSER.name if f"/{BROWSER.name}/" in file else file

    return BrowsersTogether(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests in a browser are long ones; files, with all their tests, in the order that was asked for.

    Else files with long tests come first, so that no worker is left with one at the end.
    """
    for item in items:
        if BROWSER in item.path.parents:
            item.add_marker(pytest.mark.long)
    first = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in first)
    if asked := os.environ.get("CORRIDOR_ORDER", ""):
        files = sorted({item.path for item in items})
        random.Random(int(asked)).shuffle(files)
        place = {file: number for number, file in enumerate(files)}
        items.sort(key=lambda item: place[item.path])
