"""A chart's page, which is sent only what comes on top, knows the same series as one that is sent all of them."""

from __future__ import annotations

import json
from typing import Any

from sim.view import series
from sim.view.live_model import WatchedModel
from sim.view.wire.additions import MOST, Sent
from tests.strategies import tiny_scenario


def put_together(whole: series.Chart, more: series.Chart | None) -> series.Chart:
    """What the page makes of them."""
    found: series.Chart = json.loads(json.dumps(whole))
    if more:
        found["day"] = more["day"]
        for view, lines in zip(found["views"], more["views"], strict=True):
            for line, values in zip([*view.get("stack", []), *view.get("lines", [])], lines, strict=True):
                line["values"][more["from"] :] = values
    return found


def walk(model: Any, days: int, sent: Sent) -> list[bool]:
    """Step, and compare each day; return on which days the whole was sent."""
    wholes = []
    for _ in range(days):
        model.step()
        chart = series.outcome_series(model)
        before = sent.whole
        whole, more = sent.of(model, chart)
        assert put_together(whole, more) == chart
        wholes.append(whole is not before)
    return wholes


def test_a_page_knows_all_days_though_few_are_sent() -> None:
    wholes = walk(WatchedModel(tiny_scenario()), 2 * MOST, Sent())
    assert wholes[0]
    assert sum(wholes) == 2


def test_what_was_skipped_comes_with_the_next_addition() -> None:
    model, sent = WatchedModel(tiny_scenario()).run_to(3), Sent()
    sent.of(model, series.load_series(model))
    chart = series.load_series(model.run_to(9))
    whole, more = sent.of(model, chart)
    assert more is not None and more["from"] == 3
    assert put_together(whole, more) == chart


def test_another_model_is_sent_whole() -> None:
    sent = Sent()
    walk(WatchedModel(tiny_scenario()), 5, sent)
    assert walk(WatchedModel(tiny_scenario()), 6, sent)[0]


def test_a_day_that_is_shown_again_needs_nothing_new() -> None:
    model, sent = WatchedModel(tiny_scenario()).run_to(4), Sent()
    first = sent.of(model, series.pressure_series(model))
    assert sent.of(model, series.pressure_series(model)) == first == (sent.whole, None)
