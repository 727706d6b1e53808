"""On a slow server, what somebody has done stays on the page until it has been answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sim.view.components import to_json
from sim.view.controls import lever_rows
from sim.view.session import Session
from sim.view.widgets import static

PANEL = """text => {
    %s
    const handlers = [];
    window.model = { values: { data: text, sent: "" }, get: (name) => model.values[name],
        send: (told) => Object.assign(model.values, told), on: (_, handler) => handlers.push(handler),
        off: () => {} };
    window.tell = (fresh) => { model.values.data = fresh; handlers.forEach((handler) => handler()); };
    render({ model, el: document.body });
}"""


@pytest.fixture
def panel(browser: Any) -> Iterator[Any]:
    """The panel of levers on a page of its own, with the data that it has from the server."""
    session = Session()
    data = {**lever_rows(session, session.model()), "answered": 0, "error": ""}
    context = browser.new_context()
    page = context.new_page()
    script = static("common.js", "history.js", "levers.js").replace("export default { render };", "")
    page.evaluate(PANEL % script, to_json(data))
    yield page, data
    context.close()


def tell(page: Any, data: dict[str, Any], answered: int) -> None:
    page.evaluate("text => tell(text)", to_json({**data, "answered": answered}))


def test_a_box_stays_ticked_until_its_answer(panel: Any) -> None:
    page, data = panel
    page.get_by_label("New changes from").fill("200")
    box = page.locator("#cv-ban-benghazi-minsk")
    box.check()
    tell(page, data, answered=0)  # the run goes on: nothing was answered
    assert box.is_checked()
    tell(page, {**data, "since": 200}, answered=1)  # to the date, before the box was ticked
    assert box.is_checked()
    assert '"ban":["benghazi-minsk"]' in page.evaluate("model.values.sent")
    tell(page, {**data, "since": 200}, answered=2)  # to the box: it was refused
    assert not box.is_checked()


def test_a_slider_stays_where_it_was_put_until_its_answer(panel: Any) -> None:
    page, data = panel
    slider = page.get_by_role("slider", name="Facilitation")
    before = slider.input_value()
    slider.fill("0.3")
    tell(page, data, answered=0)
    assert slider.input_value() == "0.3"
    tell(page, data, answered=1)  # to its way there; that it has arrived is another message
    assert slider.input_value() == "0.3"
    tell(page, data, answered=2)
    assert slider.input_value() == before
