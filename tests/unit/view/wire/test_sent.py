"""When a chart is sent whole, and what its additions hold, with lines of the test."""

from __future__ import annotations

from typing import Any

from sim.view.wire.additions import Sent


class Model:
    """Somebody's series."""


def chart(points: int, day: int | None = None, events: Any = ()) -> dict[str, Any]:
    lines = [{"values": list(range(first, first + points))} for first in (0, 100, 200)]
    views = [{"stack": lines[:1], "lines": lines[1:2]}, {"lines": lines[2:]}]
    return {"day": points if day is None else day, "events": list(events), "views": views}


def test_up_to_sixteen_values_come_as_additions_to_what_was_sent_last() -> None:
    sent, model, first = Sent(), Model(), chart(3)
    assert sent.whole == {}
    assert sent.of(model, first) == (first, None)
    assert sent.whole is first
    whole, more = sent.of(model, chart(5))
    assert whole is first
    assert more == {"day": 5, "from": 3, "views": [[[3, 4], [103, 104]], [[203, 204]]]}
    assert sent.of(model, chart(3, day=4)) == (first, {"day": 4, "from": 3, "views": [[[], []], [[]]]})
    assert sent.of(model, chart(3)) == (first, None)
    _, more = sent.of(model, chart(19))
    assert more is not None and [len(line) for view in more["views"] for line in view] == [16] * 3
    later = chart(20)
    assert sent.of(model, later) == (later, None)
    assert sent.of(model, chart(21))[1] == {"day": 21, "from": 20, "views": [[[20], [120]], [[220]]]}


def test_what_is_not_a_continuation_is_sent_whole() -> None:
    sent, model = Sent(), Model()
    sent.of(model, chart(3))
    for other, whole in ((Model(), chart(4)), (model, chart(4, events=["ban"])), (model, chart(2))):
        sent.of(model, chart(3))
        assert sent.of(other, whole) == (whole, None)
        assert sent.whole is whole
    none, one = chart(0), chart(1)
    assert sent.of(model, none) == (none, None)
    assert sent.of(model, one) == (one, None), "there was nothing to add to"
    assert Sent().of(model, {"day": 0, "events": [], "views": []}) == ({"day": 0, "events": [], "views": []}, None)


def test_the_same_day_of_the_same_model_is_not_sent_again_while_it_lives() -> None:
    sent, model = Sent(), Model()
    first = chart(3)
    sent.of(model, first)
    assert sent.of(model, chart(3)) == (first, None)
    assert sent.whole is first
    del model
    again = chart(3)
    assert sent.of(Model(), again)[0] is again
