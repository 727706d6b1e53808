"""Names as spreadsheets write them: blanks of every width, letters in two forms, and the words for totals."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from typing import Any

# Of the languages of the EU's institutions and of its eastern neighbours, as spreadsheets and agencies write them.
_TOTAL = frozenset(
    (
        *("total", "totals", "subtotal", "subtotals", "overall", "totale", "totali", "totaal", "totalt", "toplam"),
        *("suma", "sumy", "razem", "ogółem", "celkem", "spolu", "summe", "summa", "gesamt", "insgesamt", "gesamtsumme"),
        *("zwischensumme", "összesen", "yhteensä", "ukupno", "skupaj", "kopā", "kokku", "общо", "всего", "итого"),
        *("усього", "всього", "разом", "σύνολο"),
    )
)
_FIRST = frozenset(("all", "sum", "alle", "toutes", "tous"))  # stand for a total as a first word, not within a name
_SHARES = ("of which", "of whom", "thereof", "davon", "dont ", "di cui", "w tym", "incl. ", "including ")
_FILLERS = frozenset(
    ("no", "nr", "num", "number", "n", "of", "and", "the", "total", "minimum", "min", "estimated", "est")
)


def plain(cell: Any) -> str:
    """Return a cell as text: blanks of every width as one blank, none around it, and nothing that is invisible.

    Whole numbers have no decimals, and days no hours, as they have none in the spreadsheet.
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell)
    if text.isascii():
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", text)
    return " ".join("".join(sign for sign in text if unicodedata.category(sign) != "Cf" or sign.isspace()).split())


def with_hyphens(text: str) -> str:
    """Return a text with a hyphen for every dash and minus sign."""
    if text.isascii():
        return text
    return "".join("-" if sign == "\N{MINUS SIGN}" or unicodedata.category(sign) == "Pd" else sign for sign in text)


def same(name: str) -> str:
    """Normalise a name, so that spellings that differ in case, dashes or blanks around them are equal."""
    return re.sub(r" ?([-/]) ?", r"\1", with_hyphens(plain(name)).casefold())


def column_key(name: Any) -> str:
    """Normalise the name of a column: ``No. dead/missing`` equals ``Total Number of Dead and Missing``."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain(name)).casefold()
    words = re.findall(r"[^\W_]+", apart)
    return "".join([word for word in words if word not in _FILLERS] or words)


def total_of(name: str) -> str | None:
    """Return what a name is the total of, such as ``iraq`` for ``Iraq Total``; empty for all, None if no total."""
    words = re.findall(r"[^\W_]+", plain(name).casefold().replace("sub-total", "subtotal"))
    if not (_TOTAL.intersection(words) or (words and words[0] in _FIRST)):
        return None
    rest = [word for word in words if word not in _TOTAL and word not in {"grand", "sub", "of", "for", *_FIRST}]
    return " ".join(rest)


def is_share(name: str) -> bool:
    """Return whether a name says that its row is a part of the one above, such as ``of which minors``."""
    return plain(name).casefold().startswith(_SHARES)
