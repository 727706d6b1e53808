"""HTML for notebooks, used by scenarios, models, results and studies."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


def block(title: str, about: str, *tables: str) -> str:
    """Return a heading, a line of text (both escaped), and tables, which are HTML already."""
    return "\n".join([f"<h3>{escape(title)}</h3>", f"<p>{escape(about)}</p>", *tables])


def rows(pairs: Iterable[tuple[str, object]]) -> str:
    """Return a table of two columns; both are escaped."""
    lines = [f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>" for name, value in pairs]
    return "\n".join(["<table>", *lines, "</table>"])
