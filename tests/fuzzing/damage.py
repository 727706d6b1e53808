"""Contents of files gone wrong, whatever their kind: text by lines and words, JSON by values, anything by bytes."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from typing import Any

from tests.mutations import LINES, SIGNS, SLIPS, VALUES, aliases, encoded, nested

MOST = 300_000  # bytes
NUMBERS = (0, 1, -1, 2, 7, 255, 2**31 - 1, 2**31, 2**53, 2**63 - 1, 2**64, 10**30, -(2**63), 0.5, -0.0, 1e308)
WORDS = ("", "a", "..", "../x", "/etc/passwd", "a/b", "\x00", "\x1b[2J", "all", "base", "=1+1", "é" * 50, "x" * 5000)
_WORD = re.compile(rb"[\w.+-]+")


def damaged(content: bytes, kind: str, others: list[bytes], lot: random.Random) -> bytes:
    """A content changed once or several times.

    Args:
        content: The content.
        kind: "text", "json" (or lines of it), "zip" (whose parts are text) or "binary".
        others: Contents of the same reader, from which pieces are taken.
        lot: The source of chance.
    """
    for _ in range(lot.choice((1, 1, 1, 2, 3, 6))):
        ways = _WAYS["binary"] if lot.random() < 0.1 else _WAYS[kind]
        try:
            content = lot.choice(ways)(content, others, lot)[:MOST]
        except Exception:  # damaged too much already for this way
            content = flipped(content, others, lot)
    return content


def flipped(content: bytes, _: list[bytes], lot: random.Random) -> bytes:
    data = bytearray(content or b"x")
    for _ in range(lot.choice((1, 1, 2, 8))):
        data[lot.randrange(len(data))] ^= 1 << lot.randrange(8)
    return bytes(data)


def cut(content: bytes, _: list[bytes], lot: random.Random) -> bytes:
    first = lot.randrange(len(content) + 1)
    return (
        content[:first] if lot.random() < 0.5 else content[:first] + content[lot.randrange(first, len(content) + 1) :]
    )


def spliced(content: bytes, others: list[bytes], lot: random.Random) -> bytes:
    other = lot.choice(others)
    first = lot.randrange(len(other) + 1)
    place = lot.randrange(len(content) + 1)
    return content[:place] + other[first : first + lot.choice((1, 8, 100, len(other)))] + content[place:]


def set_bytes(content: bytes, _: list[bytes], lot: random.Random) -> bytes:
    data = bytearray(content or b"x")
    place, size = lot.randrange(len(data)), lot.choice((1, 2, 4, 8, 64))
    data[place : place + size] = lot.choice(
        (bytes(size), b"\xff" * size, lot.randbytes(size), b"\x7f" + b"\xff" * (size - 1))
    )
    return bytes(data)


def slipped(content: bytes, _: list[bytes], lot: random.Random) -> bytes:
    way = lot.choice((*SLIPS, *SLIPS, encoded, nested, aliases))
    return way(content.decode("utf-8", "replace") or "x", lot)


def word_changed(content: bytes, others: list[bytes], lot: random.Random) -> bytes:
    """A word of one place in another, or one that is special."""
    spot = lot.choice(list(_WORD.finditer(content)))
    pool = [*_WORD.findall(lot.choice(others)), *(value.encode("utf-8", "replace") for value in (*VALUES, *WORDS))]
    pool += [str(lot.choice(NUMBERS)).encode(), *(sign.encode("utf-8", "replace") for sign in SIGNS)]
    return content[: spot.start()] + lot.choice(pool) + content[spot.end() :]


def line_changed(content: bytes, others: list[bytes], lot: random.Random) -> bytes:
    """A line that is taken from elsewhere, doubled, moved or left out."""
    lines = content.split(b"\n")
    place = lot.randrange(len(lines))
    match lot.randrange(5):
        case 0:
            lines.insert(place, lot.choice(lot.choice(others).split(b"\n")))
        case 1:
            lines[place] = lot.choice(LINES).encode()
        case 2:
            del lines[place]
        case 3:
            lines.insert(lot.randrange(len(lines)), lines[place])
        case _:
            lines[place] *= lot.choice((2, 50))
    return b"\n".join(lines)


def value_changed(content: bytes, others: list[bytes], lot: random.Random) -> bytes:
    """A value of JSON, or of a line of it, by another type, size or place."""
    lines = content.split(b"\n") if content.count(b"}\n{") else [content]
    place = lot.randrange(len(lines))
    tree = json.loads(lines[place])
    spots = list(_spots(tree, [(tree, None)]))
    holder, key = lot.choice(spots)
    if key is None:
        tree = _value(lot, spots)
    elif lot.random() < 0.15:
        del holder[key]
    elif lot.random() < 0.1 and isinstance(holder, dict):
        holder[lot.choice(WORDS)] = holder.pop(key)
    else:
        holder[key] = _value(lot, spots)
    lines[place] = json.dumps(tree, ensure_ascii=lot.random() < 0.5).encode("utf-8", "replace")
    return b"\n".join(lines)


def _spots(tree: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    keys = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in keys:
        found.append((tree, key))
        _spots(value, found)
    return found


def _value(lot: random.Random, spots: list[tuple[Any, Any]]) -> Any:
    holder, key = lot.choice(spots)
    other = holder if key is None else holder[key]
    made = (lot.choice(NUMBERS), lot.choice(WORDS), None, True, [], {}, [other], {"a": other}, other, str(other)[:50])
    return lot.choice(made)


def part_changed(content: bytes, others: list[bytes], lot: random.Random) -> bytes:
    """A part of a zipped file, such as a workbook's sheet, changed as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        texts = {name: parts.read(name) for name in parts.namelist()}
    name = lot.choice([name for name in texts if "sheet" in name or "tring" in name] or list(texts))
    if lot.random() < 0.05:
        name = lot.choice(list(texts))
    way = lot.choice((word_changed, word_changed, cell_changed, cell_changed, cut, flipped))
    texts[name] = way(texts[name], [texts[name]], lot)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as parts:
        for part, text in texts.items():
            if part != name or lot.random() > 0.02:
                parts.writestr(part, text)
    return sink.getvalue()


def cell_changed(content: bytes, _: list[bytes], lot: random.Random) -> bytes:
    """What stands between two tags."""
    spot = lot.choice(list(re.finditer(rb">[^<]+<", content)))
    value = str(lot.choice((*NUMBERS, *VALUES, *WORDS[:6], "1.250", "1,250", "JAN2022", "SEPT2021", "2021-09")))
    return content[: spot.start() + 1] + value.encode("utf-8", "replace") + content[spot.end() - 1 :]


_WAYS: dict[str, tuple[Any, ...]] = {
    "binary": (flipped, flipped, cut, spliced, set_bytes),
    "text": (word_changed, word_changed, line_changed, slipped, spliced, cut),
    "json": (value_changed, value_changed, value_changed, word_changed, cut),
    "zip": (part_changed,),
}
