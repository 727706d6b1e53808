"""Cells of workbooks: a formula is found wherever it stands in the file."""

from __future__ import annotations

import io
import zipfile

import pytest

from sim.imports.sheets import _has_formula

BLOCK = 1 << 20  # read at once


def parts_of(content: bytes) -> zipfile.ZipFile:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("sheet1.xml", content)
    return zipfile.ZipFile(file)


@pytest.mark.parametrize("formula", [b"<f>1</f>", b'<x:f t="shared">'])
@pytest.mark.parametrize("place", [0, BLOCK - 4, BLOCK - 2, BLOCK - 1, BLOCK, 2 * BLOCK - 3])
def test_a_formula_is_found_wherever_blocks_end(place: int, formula: bytes) -> None:
    content = b"<c>" * BLOCK
    with parts_of(content[:place] + formula + content[place:]) as parts:
        assert _has_formula(parts, "sheet1.xml")
    with parts_of(content) as parts:
        assert not _has_formula(parts, "sheet1.xml")
