"""Inline SVG: what is kept of Matplotlib's file, what is taken out, and ids that are a drawing's own."""

from __future__ import annotations

import re
import warnings
from xml.etree import ElementTree as ET

import pytest
from matplotlib.figure import Figure

from sim.report import svg
from sim.report.svg import drawing_of

SMALL = """<?xml version="1.0" encoding="utf-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" height="5pt"
 viewBox="0 0 9 5" version="1.1">
 <metadata><rdf>about</rdf></metadata>
 <defs><style type="text/css">*{stroke: none}</style>
  <path id="m1" d="M 0.125 3.1415926 L -1.5000 2.004"/>
  <clipPath id="p1"><rect x="1.23456" y="2" width="3.000" height="4.5678"/></clipPath>
 </defs>
 <g id="figure_1"><g id="axes_1" clip-path="url(#p1)">
  <use xlink:href="#m1" x="7.12345" y="0.0001" style="fill: #0072b2; stroke-width: 1.23456"/>
  <image xlink:href="data:image/png;base64,iVBORw0#KGgo="/>
  <text style="font: 700 9.5px 'DejaVu Sans', sans-serif; text-anchor: start" x="1"
   transform="rotate(-0 1.23456 7)">A title</text>
  <text style="font-family: 'DejaVu Sans'; font-size: 8px;" transform="rotate(-90 1.23456 7)">label</text>
  <text style="font: 8px 'DejaVu Sans'">0.12345</text>
 </g></g>
</svg>"""


def test_what_is_kept_of_a_file() -> None:
    """Ids that are referred to, with the key before them; numbers with two decimals; no fonts, groups or metadata."""
    assert svg._inline(SMALL, "k", "a < b") == (
        '<svg viewBox="0 0 9 5" role="img" aria-label="a &lt; b">'
        '<defs><path id="k-m1" d="M 0.12 3.14 L -1.5 2" />'
        '<clipPath id="k-p1"><rect x="1.23" y="2" width="3" height="4.57" /></clipPath></defs>'
        '<g><g clip-path="url(#k-p1)">'
        '<use href="#k-m1" x="7.12" y="0" style="fill: #0072b2; stroke-width: 1.23456" />'
        '<image href="data:image/png;base64,iVBORw0#KGgo=" />'
        '<text style="font-size: 9.5px; font-weight: bold; text-anchor: start" x="1">A title</text>'
        '<text style="font-size: 8px" transform="rotate(-90 1.23 7)">label</text>'
        '<text style="font-size: 8px">0.12345</text>'
        "</g></g></svg>"
    )


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("font: bold 9.5px 'DejaVu Sans'; fill: red", "font-size: 9.5px; font-weight: bold; fill: red"),
        ("font: 400 10px 'DejaVu Sans'", "font-size: 10px"),
        ("font: italic 10px x", "font-size: 10px"),
        ("font-family: x; font-size: 3px", "font-size: 3px"),
    ],
)
def test_fonts_are_those_of_the_page(style: str, kept: str) -> None:
    assert svg._attributes({"style": style}, "k", set()) == {"style": kept}


def figure_of(text: str = "A & B") -> Figure:
    figure = Figure(figsize=(2, 1))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], marker="o")
    axes.set_title(text)
    return figure


def test_a_drawing_is_one_tree_whose_references_are_its_own() -> None:
    drawing = drawing_of("k", "a caption", figure_of)
    root = ET.fromstring(drawing.svg)
    assert (root.tag, drawing.caption) == ("svg", "a caption")
    assert root.attrib == {"viewBox": "0 0 144 72", "role": "img", "aria-label": "a caption"}
    ids = re.findall(r' id="([^"]+)"', drawing.svg)
    assert ids and len(ids) == len(set(ids)) and all(one.startswith("k-") for one in ids)
    assert set(re.findall(r"#(k-[\w.-]+)", drawing.svg)) == set(ids)
    assert [text.text for text in root.iter("text")][-1] == "A & B"
    assert "<style" not in drawing.svg and "metadata" not in drawing.svg and "xmlns" not in drawing.svg


def test_a_drawing_is_the_same_each_time_and_has_no_ground_of_its_own() -> None:
    first, second = (drawing_of("k", "a caption", figure_of).svg for _ in range(2))
    assert first == second
    assert "fill: #ffffff" not in first  # the page's ground shows through


def test_text_stays_text_in_the_report_s_size_and_colour() -> None:
    root = ET.fromstring(drawing_of("k", "", figure_of).svg)
    title = list(root.iter("text"))[-1]
    assert re.search(r"font-weight: (bold|700)", title.attrib["style"])
    assert "fill: #222222" in title.attrib["style"]
    sizes = [re.findall(r"font-size: ([\d.]+)px", text.attrib["style"])[0] for text in root.iter("text")]
    assert sizes[-1] == "9.5"
    assert {*sizes[:-1]} == {"8"}


def test_a_character_that_the_font_lacks_is_no_cause_for_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "\u1200" in drawing_of("k", "", lambda: figure_of("\u1200")).svg
