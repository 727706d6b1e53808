"""Reading a report as a browser would: its tags, what it refers to, its words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input", "source", "base", "embed", "wbr", "col"}
LOADS = {"script", "link", "iframe", "img", "image", "object", "embed", "video", "audio", "source", "base", "form"}
REFERENCES = ("href", "src", "xlink:href", "srcset", "data", "poster", "action", "background")


class Page(HTMLParser):
    """A parsed report; raises AssertionError where tags don't match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.tags: list[str] = []
        self.references: list[str] = []
        self.ids: list[str] = []
        self.words: dict[str, list[str]] = {}  # by the tag that they stand in
        self.attributes: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, f"</{tag}> in {self._open}"

    def handle_data(self, data: str) -> None:
        for tag in {*self._open}:
            self.words.setdefault(tag, []).append(data)

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.append((name, value or ""))
            if name in REFERENCES:
                self.references.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def text(self, tag: str = "body") -> str:
        """All words within a tag, a plain space between them."""
        return " ".join(" ".join(self.words.get(tag, [])).split())


def numbers(text: str) -> set[str]:
    """The numbers of a text, without sign; those of names such as `lv-by-1` left out."""
    return set(re.findall(r"(?<![\w.,-])\d(?:[\d,]*\d)?(?:\.\d+)?(?![\w-])", text.replace("−", " ").replace("+", " ")))
