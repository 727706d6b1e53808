"""Settings of Sphinx for the site; ``python -m docs.site`` builds it."""

from importlib.metadata import version as version_of
from typing import Any

from myst_parser.parsers.sphinx_ import MystParser
from pygments.lexers.special import TextLexer

project = "Corridor"
author = "The Corridor authors"
copyright = "The Corridor authors, MIT licence"  # noqa: A001 (Sphinx wants this name)
version = release = version_of("corridor-sim")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
source_suffix = {".md": "markdown", ".ipynb": "myst-nb"}
exclude_patterns = ["experiments/tutorials/[0-9]*[!d].ipynb"]  # as links have them: downloads; shown are NAME-executed
nb_execution_mode = "off"  # a notebook has what it prints; tests hold it to that
language = "en"

myst_heading_anchors = 4
myst_all_links_external = False
myst_links_external_new_tab = False
suppress_warnings = ["myst.header"]  # a page may begin below a heading of the first rank

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False  # "Returns:" begins with a sentence, not with a type
nitpick_ignore_regex = [("py:.*", ".*")]  # types of other packages are no pages of ours

html_theme = "furo"
html_title = f"Corridor {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_permalinks_icon = "#"
html_last_updated_fmt = None
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
pygments_dark_style = "native"
highlight_language = "none"


def setup(app: Any) -> None:
    """Read Markdown without cells to execute; show blocks of data as they are: Pygments has no lexer for CSV."""
    app.add_source_parser(MystParser)
    app.add_lexer("csv", TextLexer)
