"""What fuzzing has found stays found: each kept content ends in a result, or in an own error that names the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzzing import signed
from tests.fuzzing.fuzz import KEPT, SECONDS, corpus_of
from tests.fuzzing.readers import Reader, judged, readers
from tests.limits import limited

READERS = {reader.name: reader for reader in readers()}
KEPT_CONTENTS = [(name, file) for name, reader in READERS.items() for file in corpus_of(reader, KEPT)]


@pytest.fixture(scope="module", autouse=True)
def clean() -> Iterator[None]:
    yield
    signed.remove_made()


@pytest.mark.parametrize(("name", "file"), KEPT_CONTENTS)
def test_a_kept_content_ends_well(name: str, file: str, tmp_path: Path) -> None:
    with limited(SECONDS):
        assert judged(READERS[name], tmp_path / "case", (KEPT / name / file).read_bytes()) == ""


@pytest.mark.parametrize("reader", [one for one in READERS.values() if one.kind != "text"], ids=lambda one: one.name)
def test_right_contents_are_read(reader: Reader, tmp_path: Path) -> None:
    content = reader.right()[0]
    assert judged(reader, tmp_path / "case", content) == ""
    (tmp_path / "again").mkdir()
    if reader.name != "begun":  # its record is of another experiment
        reader.read(tmp_path / "again", content)
