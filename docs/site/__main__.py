"""Build the site: ``python -m docs.site [FOLDER]``, by default into ``dist/site``.

The repository's Markdown is the source, and stays readable where it lies. It is copied to a temporary folder with the
same layout, so that links work there as they do in the repository; notebooks stand beside it with what they print;
pages that come from the code (parameters, commands, Python, data dictionary) are written there, and Sphinx makes HTML
of it. A broken link, a page that no menu leads to, or a page that would load something from the internet is an error.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sphinx.cmd.build import build_main

from docs.site.generated import generated
from docs.site.navigation import BELOW, NAVIGATION, contents, menu

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
COPIED = ("docs", "experiments", "scenarios", "sim/data", "tests/nightly")  # folders with pages, or with what they show
FILES = ("CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "codemeta.json", "LICENSE")
EXECUTED = "-executed"
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.parquet", "*.pyc", "site")
# What a browser would fetch from elsewhere. Links that a reader follows (<a href>) are not among it.
_LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=[\"'](?:https?:)?//[^\"']+"
    r"|<link\b(?![^>]*rel=[\"'](?:canonical|license)[\"'])[^>]*\bhref=[\"'](?:https?:)?//[^\"']+"
    r"|@import\s+(?:url\()?[\"']?(?:https?:)?//[^\s\"')]+"
    r"|\burl\([\"']?(?:https?:)?//[^\"')]+"
)


def stage(folder: Path) -> None:
    """Copy the pages and what they show to a folder, and write the generated pages and the menus there."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=_LEFT_OUT)
    for name in FILES:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder / name)
    for name, text in generated().items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    _append(folder / "docs" / "index.md", menu(NAVIGATION))
    for name in BELOW:
        for notebook in (folder / name).glob("*.ipynb"):  # beside the page of the same name
            shutil.copy(notebook, notebook.with_stem(f"{notebook.stem}{EXECUTED}"))
        pages = sorted(file.stem for file in (folder / name).glob("*.md") if file.stem != "README")
        shown = sorted(file.stem for file in (folder / name).glob(f"*{EXECUTED}.ipynb"))
        pages += [f"{stem.removesuffix(EXECUTED)} as a notebook, executed <{stem}>" for stem in shown]
        _append(folder / name / "README.md", contents(pages))


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def loaded_from_elsewhere(folder: Path) -> Iterator[str]:
    """Yield what pages, styles and scripts of a built site would load from the internet."""
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".html", ".css"}:
            for found in _LOADED.finditer(file.read_text(encoding="utf-8")):
                yield f"{file.relative_to(folder)}: {found[0]}"


def build(out: Path) -> int:
    """Build the site into a folder, which is made anew; 0 if nothing is wrong."""
    if out.exists() and not (out / "searchindex.js").exists() and any(out.iterdir()):
        print(f"{out}: holds something other than the site; choose another folder", file=sys.stderr)
        return 2
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temp:
        stage(Path(temp) / "pages")
        words = ["-b", "html", "-q", "-W", "--keep-going", "-n", "-T", "-j", "2", "-c", str(HERE)]
        status = build_main([*words, "-d", f"{temp}/doctrees", f"{temp}/pages", str(out)])
    shutil.rmtree(out / ".doctrees", ignore_errors=True)
    (out / ".buildinfo").unlink(missing_ok=True)
    (out / "index.html").write_text('<meta http-equiv="refresh" content="0; url=docs/index.html">\n', encoding="utf-8")
    for found in loaded_from_elsewhere(out):
        print(f"would be loaded from the internet: {found}", file=sys.stderr)
        status = 1
    if not status:
        print(f"{sum(1 for _ in out.rglob('*.html'))} pages: {out / 'index.html'}")
    return status


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1] if len(sys.argv) > 1 else "dist/site").resolve()))
