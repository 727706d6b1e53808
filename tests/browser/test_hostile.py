"""A scenario of somebody who means harm: its texts stay texts in view and report, and no file is reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.report.html import write_report
from sim.runs import run
from sim.scenario import load_scenario
from tests.browser.conftest import LIVE, Opener, Server

# Each sets `window.pwned` where it is taken for code: as an element, in an attribute, in a script, in a style, in SVG.
PAYLOADS = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=2>",
    '"><svg onload=window.pwned=3>',
    "' autofocus onfocus=window.pwned=4 x='",
    "</script><script>window.pwned=5</script>",
    "</style><script>window.pwned=6</script>",
    "javascript:window.pwned=7",
    "{{constructor.constructor('window.pwned=8')()}}",
    "${window.pwned=9}",
    "</title></text><iframe srcdoc='<script>parent.pwned=10</script>'>",
    "[x](javascript:window.pwned=11) ![x](x) <!-- -->",
)
CHILD = """
extends: carrier-ban
title: {all}
description: {all}
measures:
  carrier-ban: {{title: {0}}}
sections:
  pl-by-1: {{title: {1}}}
  pl-by-2: {{title: {2}}}
  pl-by-3: {{title: {4}}}
  pl-by-4: {{title: {5}}}
agencies:
  poland: {{country: {9}}}
  lithuania: {{country: {3}}}
cohorts:
  {cohort}: {{nationality: {7}}}
"""


@pytest.fixture(scope="module")
def hostile(reachable: Server) -> Path:
    """A scenario with payloads wherever a text may stand, in the working folder of a view."""
    import json

    plain = load_scenario("carrier-ban")
    sections = [name for name in plain.sections if plain.sections[name].agency == "poland"]
    texts = [json.dumps(payload) for payload in PAYLOADS]
    text = CHILD.format(*texts, all=json.dumps(" ".join(PAYLOADS)[:200]), cohort=sorted(plain.cohorts)[0])
    for number, name in enumerate(sections[:4], 1):
        text = text.replace(f"pl-by-{number}:", f"{name}:")
    file = reachable.log.parent / "evil.yaml"
    file.write_text(text)
    assert load_scenario(file).title.startswith("<script>")
    return file


def nothing_ran(page: Any) -> None:
    assert page.evaluate("window.pwned === undefined")
    assert page.locator("img[src='x'], iframe[srcdoc], [onerror], [onfocus], svg[onload]").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0


def test_texts_of_a_scenario_are_texts_in_the_view(hostile: Path, reachable: Server, open_page: Opener) -> None:
    page = open_page(address=f"{reachable.entrance}&scenario={hostile.name}&day=0", wait=LIVE)
    assert page.locator(".cv-levers").get_attribute("data-scenario") == hostile.name
    nothing_ran(page)
    page.get_by_role("button", name="Step a week").click()
    page.wait_for_function("document.querySelector('.cv-map').dataset.day === '7'")
    for part in page.locator(".cv-map svg *, .cv-chart svg *").all()[:40]:
        part.dispatch_event("pointermove")
    nothing_ran(page)
    assert "&lt;script&gt;window.pwned=1&lt;/script&gt;" in page.content(), "the title is shown, as a text"


def test_texts_of_a_scenario_are_texts_in_the_report(
    hostile: Path, open_page: Opener, tmp_path: Path, browser: Any
) -> None:
    results = run(load_scenario(hostile), days=60)
    file = write_report(results, tmp_path / "report.html")
    page = browser.new_page()
    page.goto(Path(file).as_uri())
    nothing_ran(page)
    assert PAYLOADS[0] in page.locator("h1").first.inner_text()
    page.close()


INJECTED = """() => {
    window.refused = [];
    document.addEventListener('securitypolicyviolation', (event) => window.refused.push(event.effectiveDirective));
    document.body.insertAdjacentHTML('beforeend', `<img src="static/absent" onerror="window.pwned=1">
        <img src="http://localhost:1/x.png"><iframe src="http://localhost:1/"></iframe>
        <form action="http://localhost:1/" target="_blank"></form>`);
    const script = document.createElement('script');
    script.textContent = 'window.pwned=2';
    document.body.append(script);
    fetch('http://localhost:1/').catch(() => {});
    document.querySelector('form[target]').submit();
}"""


def test_what_got_into_the_page_would_neither_run_nor_tell_others(server: Server, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.entrance)
    page.wait_for_selector(LIVE)
    page.evaluate(INJECTED)
    refused = ["script-src-attr", "script-src-elem", "img-src", "frame-src", "connect-src", "form-action"]
    page.wait_for_function("all => all.every(one => window.refused.includes(one))", arg=refused)
    assert page.evaluate("window.pwned === undefined")
    context.close()


ESCAPES = (
    "/../../../../../../etc/passwd", "/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/../../../../../../etc/passwd", "/static/public/..%2f..%2f..%2f..%2fetc/passwd",
    "/static/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static/nbextensions/..%5c..%5c..%5cetc%5cpasswd",
    "/_solara/cdn/../../../../../etc/passwd", "/_solara/cdn/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/evil.yaml", "/server.log", "//etc/passwd", "/file:///etc/passwd", "/static/public/evil.yaml",
)  # fmt: skip


@pytest.mark.parametrize("path", ESCAPES)
def test_no_file_outside_is_served(hostile: Path, reachable: Server, path: str) -> None:
    assert hostile.exists() and reachable.log.exists()
    body = reachable.ask(path)[1]
    assert b"root:" not in body
    assert b"extends: carrier-ban" not in body
    assert b"Corridor's view is at" not in body
