"""Inline SVG figures: text kept as text, no external references, the same bytes for the same figure."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from xml.etree import ElementTree as ET

import matplotlib as mpl
from matplotlib.figure import Figure

from sim.report.style import INK, RC

RC_SVG = {
    **RC,
    "svg.fonttype": "none",
    "svg.hashsalt": "corridor",
    "figure.constrained_layout.use": False,
    "axes.titlesize": 9.5,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "axes.labelsize": 8,
    "text.color": INK,
}
_FAMILY = re.compile(r"font-family:[^;]*;?\s*")
_SHORTHAND = re.compile(r"font:\s*((?:[a-z]+ |[1-9]00 )*)([\d.]+px)[^;]*")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_LINK = "{http://www.w3.org/1999/xlink}href"
_ROUNDED = ("d", "x", "y", "transform", "width", "height")


class Drawing:
    """A figure of the report: inline SVG, with a title and a description for those who cannot see it."""

    def __init__(self, svg: str, caption: str) -> None:
        """See `drawing_of`."""
        self.svg = svg
        self.caption = caption


def drawing_of(key: str, caption: str, draw: Callable[[], Figure]) -> Drawing:
    """Return the drawing that ``draw`` makes; ``key``, an identifier, makes its ids unique in a page."""
    with mpl.rc_context(RC_SVG), warnings.catch_warnings():  # type: ignore[arg-type]
        # A character that matplotlib's font lacks is still text, which the browser shows in another font.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = draw()
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None}, transparent=True)
    return Drawing(_inline(stream.getvalue(), key, caption), caption)


def _inline(text: str, key: str, caption: str) -> str:
    root = ET.fromstring(text)
    for parent in root.iter():
        for part in list(parent):
            if part.tag.endswith(("}metadata", "}style")):
                parent.remove(part)
    used = set(re.findall(r"#([\w.-]+)", text))
    for element in root.iter():
        element.tag = element.tag.partition("}")[2] or element.tag
        element.attrib = _attributes(element.attrib, key, used)
        if element.text and not element.text.strip():
            element.text = None
        element.tail = None
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": caption}
    return ET.tostring(root, encoding="unicode")


def _attributes(attributes: dict[str, str], key: str, used: set[str]) -> dict[str, str]:
    """Remove fonts, names of groups and superfluous digits, and add the drawing's key to ids."""
    kept = {}
    for name, value in attributes.items():
        if name == "id":
            if value not in used:
                continue
            value = f"{key}-{value}"
        elif name == _LINK:
            name, value = "href", value.replace("#", f"#{key}-", 1) if value.startswith("#") else value
        elif name == "clip-path":
            value = value.replace("#", f"#{key}-")
        elif name == "style":
            value = _FAMILY.sub("", _SHORTHAND.sub(_plain_font, value)).strip().rstrip(";")
        elif name in _ROUNDED:
            value = " ".join(_NUMBER.sub(_short, value).split())
        if name != "transform" or not value.startswith("rotate(-0 "):
            kept[name] = value
    return kept


def _plain_font(found: re.Match[str]) -> str:
    weight = "; font-weight: bold" if "bold" in found[1] or "700" in found[1] else ""
    return f"font-size: {found[2]}{weight}"


def _short(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
