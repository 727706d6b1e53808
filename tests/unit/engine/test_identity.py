"""Differences of identities, in words."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.identity import MOST_NAMED, differences, identity, sources, version_of

HERE: dict[str, Any] = {
    "sha256": "1", "version": "2.0", "sources": {f"{k}.py": "a" for k in range(9)}, "extensions": {"mine": "m"},
    "changed_by_hand": {},
}  # fmt: skip


@pytest.mark.parametrize("edited", [MOST_NAMED - 1, MOST_NAMED, MOST_NAMED + 1, 9])
def test_five_sources_are_named_and_the_rest_counted(edited: int) -> None:
    there = {**HERE, "sha256": "2", "sources": {f"{k}.py": "b" if k < edited else "a" for k in range(9)}}
    named = [f"sim/{k}.py" for k in range(min(edited, 5))]
    assert differences(there, HERE) == named + ([f"and {edited - 5} more"] if edited > 5 else [])


def test_what_is_on_one_side_only_is_said() -> None:
    there = {
        **HERE, "sha256": "2", "version": "1.0", "extensions": {"mine": "other", "yours": "y"},
        "changed_by_hand": {"attempts.run": "r"}, "sources": {**HERE["sources"], "new.py": "n"},
    }  # fmt: skip
    del there["sources"]["3.py"]
    assert differences(there, HERE) == [
        "version 1.0, here 2.0", "extension mine", "extension yours (there only)",
        "a rule changed by hand, attempts.run (there only)", "sim/3.py (here only)", "sim/new.py (there only)",
    ]  # fmt: skip


def test_the_same_hash_is_the_same_model_and_another_without_a_difference_is_damaged() -> None:
    assert differences({**HERE, "version": "0"}, HERE) == []
    assert differences({**HERE, "sha256": "2"}, HERE) == ["its record is damaged"]
    assert differences({**HERE, "sha256": "2", "sources": None}, HERE)[:1] == ["sim/0.py (here only)"]
    for nothing in (None, 3, {}, {"version": "2.0"}):
        assert differences(nothing, HERE) == ["its record does not say which model made it"]


def test_sources_are_those_that_count_and_more_on_request() -> None:
    assert not any(name.startswith(("inference", "report", "view", "studies/study")) for name in sources())
    more = sources(("inference",))
    assert {name for name in more if name.startswith("inference/")} >= {"inference/likelihood.py"}
    assert {name: more[name] for name in sources()} == sources()
    assert all(len(digest) == 12 for digest in more.values())
    assert {name.rpartition(".")[2] for name in more} == {"py", "csv"}
    assert identity("inference")["sha256"] != identity()["sha256"]
    assert len(identity()["sha256"]) == 64


def test_a_package_that_is_not_there_has_no_version() -> None:
    assert version_of("no-such-package-anywhere") == "not installed"
    assert version_of("numpy")[0].isdigit()
