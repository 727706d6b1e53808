"""Reading of all CSV files, shipped or from users: encodings, delimiters, and line numbers of rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import NamedTuple

from sim.data.spreadsheet import unguarded

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
# UTF-32 before UTF-16, as the mark of one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEPARATOR = re.compile(r"sep=(.)[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)  # a first line that Excel writes and obeys


class CsvError(ValueError):
    """Text is not CSV, at a line (0 when there is none)."""

    def __init__(self, line: int, text: str) -> None:
        self.line, self.text = line, text
        super().__init__(f"line {line}: {text}" if line else text)


class Csv(NamedTuple):
    """A table of text.

    Attributes:
        delimiter: Its name in messages, such as ``semicolon``.
        header: Names of the columns, without blanks around them.
        line: Line of the header, counted from 1.
        rows: Line and cells of each row below the header that is not blank. A row that spans lines has its last.
    """

    delimiter: str
    header: list[str]
    line: int
    rows: list[tuple[int, list[str]]]


def decode(content: bytes) -> str:
    """Return the text of a file: UTF-8 with or without a byte order mark, UTF-16 and UTF-32 with one.

    Anything else is refused: the letters of older encodings can only be guessed.

    Raises:
        CsvError: If a byte is not valid in the encoding.
    """
    mark, encoding = next((found for found in _MARKS if content.startswith(found[0])), (b"", "utf-8"))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, len(mark) + error.start) + 1
        found = f"found the byte 0x{error.object[error.start]:02x}, which is not {encoding.upper()}"
        raise CsvError(line, f"{found}; save the file as UTF-8") from None
    if "\0" in text:
        raise CsvError(
            text.count("\n", 0, text.index("\0")) + 1, "found a NUL, so that this is no CSV; save it as UTF-8"
        )
    return text


def read(text: str, score: Callable[[list[str]], int], search: int = 1) -> Csv:
    """Return the table in a text, with the delimiter under which its header is best understood.

    Args:
        text: The whole file, decoded.
        score: Returns how many cells of a line are understood as names of columns; 0 for a line that is not a header.
        search: Number of lines to search for the header; the first with the best score is taken.

    Raises:
        CsvError: If quotes are not closed, or a cell is too large.
    """
    stated = _SEPARATOR.match(text)
    skipped = 1 if stated else 0
    body = text[stated.end() :] if stated else text
    allowed = [stated[1]] if stated else list(DELIMITERS)
    best = max((_header(body, delimiter, score, search) for delimiter in allowed), key=lambda found: found[:2])
    position, delimiter = best[2:]
    name = DELIMITERS.get(delimiter, repr(delimiter))
    try:
        lines = list(_lines(body, delimiter))
    except CsvError as error:
        raise CsvError(error.line + skipped, f"{error.text} (read with the delimiter {name})") from None
    if not lines:
        return Csv(name, [], 1 + skipped, [])
    header = [cell.strip() for cell in lines[position][1]]
    rows = [(line + skipped, cells) for line, cells in lines[position + 1 :]]
    return Csv(name, header, lines[position][0] + skipped, rows)


def read_known(text: str, columns: Collection[str]) -> Csv:
    """Return the table in a text whose first line names ``columns``; raises CsvError."""
    return read(text, lambda cells: len({cell.strip() for cell in cells} & set(columns)))


def records(text: str) -> list[dict[str, str]]:
    """Return the rows of a table that ships, by column; commas delimit.

    Raises:
        CsvError: If a row has more or fewer cells than the header.
    """
    lines = list(_lines(text, ","))
    header = lines[0][1]
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            raise CsvError(line, f"found {len(cells)} cells; allowed: {len(header)}")
    return [dict(zip(header, cells, strict=True)) for _, cells in lines[1:]]


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise CsvError(reader.line_num, f"not CSV: {error}") from None


def _header(text: str, delimiter: str, score: Callable[[list[str]], int], search: int) -> tuple[int, int, int, str]:
    """Return score and cells of the best line, its position among non-blank lines, and the delimiter."""
    best = (0, 0, 0)
    try:
        for position, (_, cells) in enumerate(islice(_lines(text, delimiter), search)):
            best = max(best, (score(cells), len(cells), -position))
    except CsvError:  # quotes that make sense only with another delimiter
        pass
    return best[0], best[1], -best[2], delimiter
