"""Rules by name, their replacements, and steps added to the day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sim.engine import ledger, queues, rules
from sim.engine.compiled import plain
from sim.engine.processes import attempts, booking


@pytest.fixture(autouse=True)
def as_shipped() -> Iterator[None]:
    yield
    rules.clear()


def test_processes_are_the_files_of_their_folder_and_the_ledger() -> None:
    names = [rules.short(module) for module in rules.PROCESSES]
    assert names[-1] == "ledger"
    assert names[:-1] == sorted(names[:-1])
    assert {"attempts", "booking", "decisions", "sea"} < set(names)
    assert rules.short(queues) == "queues"


def test_a_rule_has_the_name_of_its_module_and_its_own() -> None:
    assert rules.RULES["booking.has_run_out"] is booking.has_run_out
    assert rules.RULES["ledger.count"] is ledger.count
    assert "booking.draw" not in rules.RULES  # which booking takes from streams
    assert all(plain(rule).__name__ == name.partition(".")[2] for name, rule in rules.RULES.items())


def test_a_name_of_one_rule_will_do_without_its_module() -> None:
    assert rules.rule_named("has_run_out") == rules.rule_named("booking.has_run_out") == "booking.has_run_out"


def test_a_name_of_several_rules_or_of_none_is_refused_with_those_that_are_near() -> None:
    several = [name for name in rules.RULES if name.endswith(".run")]
    assert len(several) > 5
    with pytest.raises(ValueError, match="^rule: found 'run', which is one of several; allowed: " + ", ".join(several)):
        rules.rule_named("run")
    with pytest.raises(ValueError, match=r"^rule: found 'has_run_ou', no rule of the engine; did you mean has_run_"):
        rules.rule_named("has_run_ou")
    with pytest.raises(ValueError, match=r"^rule: found 'zzzz', no rule of the engine; did you mean another\?$"):
        rules.rule_named("zzzz")


def test_a_rule_is_replaced_once_by_a_function_of_as_many_arguments() -> None:
    def never(w: Any, r: Any, i: Any, day: Any) -> bool:
        return False

    assert rules.replace("has_run_out", never) == "booking.has_run_out"
    assert rules.replaced == {"booking.has_run_out": never}
    with pytest.raises(ValueError, match=r"^rule: found booking.has_run_out replaced twice, the second time by "):
        rules.replace("booking.has_run_out", never)
    rules.clear()
    assert rules.replaced == {}
    with pytest.raises(
        ValueError, match=r"^rule: found booking.has_run_out\(w, i\); allowed: booking.has_run_out\(w, r, i, day\)$"
    ):
        rules.replace("has_run_out", lambda w, i: False)
    assert rules.replaced == {}


def test_a_step_is_added_after_a_process_of_the_day_and_takes_tables_and_day() -> None:
    def look(w: Any, day: Any) -> None:
        pass

    rules.add_step("booking", look)
    assert rules.steps == [rules.Step("booking", look)]
    with pytest.raises(ValueError, match=r"^process: found after='queues'; allowed: aftermath, attempts, .*, ledger$"):
        rules.add_step("queues", look)
    with pytest.raises(ValueError, match=r"^process: found <lambda>\(w\); allowed: \(w, day\)$"):
        rules.add_step("booking", lambda w: None)
    assert len(rules.steps) == 1
    rules.clear()
    assert rules.steps == []


def test_what_is_patched_is_told_by_module_and_name_with_a_hash_of_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rules.changed_by_hand() == []
    assert rules.fingerprint() == {}
    monkeypatch.setattr(attempts, "detection_probability", lambda section, coaching, p: 0.5)
    first = rules.fingerprint()
    assert rules.changed_by_hand() == [(attempts, "detection_probability")]
    assert list(first) == ["attempts.detection_probability"]
    assert len(first["attempts.detection_probability"]) == 12
    monkeypatch.setattr(attempts, "detection_probability", lambda section, coaching, p: 0.5)
    assert rules.fingerprint() == first
    monkeypatch.setattr(attempts, "detection_probability", lambda section, coaching, p: 0.25)
    assert rules.fingerprint() != first
    monkeypatch.setattr(queues, "NEW_CONSTANT", 3, raising=False)
    assert [name for _, name in rules.changed_by_hand()] == ["detection_probability", "NEW_CONSTANT"]
    monkeypatch.undo()
    assert rules.fingerprint() == {}
