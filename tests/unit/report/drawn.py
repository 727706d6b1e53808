"""What stands in a figure, as lines of text in the order of drawing: artists with their data, then the axes' own words.

Numbers have four significant digits; dates are written as dates. What Matplotlib does where nothing is asked is left
out (an artist's usual order, limits that follow the data), so that the lists are the same in all its versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.dates import DAILY, AutoDateLocator, num2date
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle, StepPatch
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from sim.report.svg import RC_SVG, Drawing

NUMBERS = (-1234.6, -10.0, -0.5, 0.0, 9.99, 10.0, 12345.0)  # shown by an axis that writes them in its own way


class Kept(Drawing):
    """A drawing that keeps its figure and its key."""

    def __init__(self, key: str, caption: str, figure: Figure) -> None:
        super().__init__("", caption)
        self.key, self.figure = key, figure

    @property
    def lines(self) -> list[str]:
        return drawn(self.figure)


def keep(key: str, caption: str, draw: Callable[[], Figure]) -> Kept:
    """In place of `drawing_of`: in the same style, but the figure is kept as it is."""
    with mpl.rc_context(RC_SVG):  # type: ignore[arg-type]
        return Kept(key, caption, draw())


def listed(block: str) -> list[str]:
    """The lines of a block of text; one that begins with three dots goes on with the line before."""
    lines = [line.strip() for line in block.strip().splitlines()]
    return "\n".join(lines).replace("\n... ", " ").split("\n")


def drawn(figure: Figure) -> list[str]:
    """The size of a figure, its layout and its own texts, then all of its axes."""
    lines = [f"figure {' x '.join(text(inches) for inches in figure.get_size_inches())}; {_layout(figure)}"]
    lines += [_text(one, None) for one in figure.texts]
    return lines + [line for axes in figure.axes for line in axes_of(axes)]


def _layout(figure: Figure) -> str:
    """The edges of what the axes take (left, bottom, right, top) and the room between them, as shares."""
    grid = figure.axes[0].get_subplotspec() if figure.axes else None
    ratios = ""
    for words, ask in (("heights", "get_height_ratios"), ("widths", "get_width_ratios")):
        shares = [] if grid is None else list(getattr(grid.get_gridspec(), ask)())
        ratios += f" {words} {text(shares)}" if {*shares} - {1} else ""
    if (engine := figure.get_layout_engine()) is not None:
        return type(engine).__name__.removesuffix("LayoutEngine").lower() + ratios
    pars = figure.subplotpars
    room = "" if (pars.wspace, pars.hspace) == (0.2, 0.2) else f" between {text((pars.wspace, pars.hspace))}"
    return f"within {text((pars.left, pars.bottom, pars.right, pars.top))}{room}{ratios}"


def axes_of(axes: Axes) -> list[str]:
    """All that stands in axes."""
    return [f"axes {_frame(axes)}", *artists_of(axes), *_words(axes)]


def artists_of(axes: Axes) -> list[str]:
    """The artists alone, without the axes' own words."""
    own = {*axes.lines, *axes.patches, *axes.collections, *axes.texts, *axes.images}
    return [_artist(one, axes) for one in axes.get_children() if one in own]


def _frame(axes: Axes) -> str:
    """Edges, grid and margins."""
    parts = ["".join(name[0] for name, spine in axes.spines.items() if spine.get_visible()) or "bare"]
    for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        known = axis.get_tick_params()
        looks = [f"{known['grid_color']}"] if "grid_color" in known else []
        for key in ("linewidth", "lw", "alpha"):
            looks += [f"{key.replace('lw', 'linewidth')} {known[f'grid_{key}']:g}"] if f"grid_{key}" in known else []
        parts += [" ".join(["grid", name, *looks])] if known["gridOn"] else []
        parts += [f"{name} {key} {known[key]:g}" for key in ("length", "labelsize") if key in known]
    return ", ".join([*parts, f"margins {text(axes.margins())}"])


def _words(axes: Axes) -> Iterator[str]:
    for where in ("left", "center", "right"):
        if title := axes.get_title(loc=where):
            yield f"title {where} {title!r}"
    for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        if axis.label.get_text():
            pad = "" if axis.labelpad == 4 else f" pad {axis.labelpad:g}"
            yield f"{name} label {axis.label.get_text()!r} {axis.label.get_fontsize():g}{pad}"
        if axis.get_scale() != "linear":
            linear = getattr(axis.get_transform(), "linthresh", None)
            yield f"{name} scale {axis.get_scale()}" + ("" if linear is None else f" linear to {linear:g}")
        if not getattr(axes, f"get_autoscale{name}_on")():
            low, high = _limits(axes, name)
            yield f"{name} limits from {low}" if axis.get_scale() != "linear" else f"{name} limits {low} to {high}"
        locator = axis.get_major_locator()
        if isinstance(locator, FixedLocator):
            labels = [label.get_text() for label in axis.get_ticklabels()]
            turned = {label.get_rotation() for label in axis.get_ticklabels()} - {0.0}
            yield f"{name} ticks {text(locator.locs) or 'none'} {labels}" + "".join(
                f" turned {angle:g}" for angle in turned
            )
        if type(locator) is MaxNLocator:
            yield f"{name} ticks of 1.5 {text(locator.tick_values(0, 1.5))} of 50 {text(locator.tick_values(0, 50))}"
        if isinstance(locator, AutoDateLocator) and locator.minticks != AutoDateLocator().minticks:
            yield f"{name} dates {locator.minticks} to {locator.maxticks[DAILY]}"
        if isinstance(axis.get_major_formatter(), FuncFormatter) and not isinstance(locator, FixedLocator):
            yield f"{name} numbers {[axis.get_major_formatter()(value, 0) for value in NUMBERS]}"
    yield from _legend(axes)
    if not axes.axison:
        yield "off"


def _limits(axes: Axes, name: str) -> list[str]:
    ends = axes.get_xlim() if name == "x" else axes.get_ylim()
    return [_points((end,), axes) if name == "x" else text(end) for end in ends]


def _legend(axes: Axes) -> Iterator[str]:
    legend = axes.get_legend()
    if legend is not None:
        corner = axes.transAxes.inverted().transform(legend.get_bbox_to_anchor().min)
        title, texts = legend.get_title().get_text(), legend.get_texts()
        words = [f"legend {legend._loc} of {text(corner)}", f"columns {legend._ncols}"]  # type: ignore[attr-defined]
        words += [f"size {texts[0].get_fontsize():g}"] if texts else []
        words += [f"handles {legend.handlelength:g}", f"apart {legend.columnspacing:g}"]
        yield " ".join([*words, *([f"title {title!r}"] if title else [])])
        for entry, handle in zip(texts, legend.legend_handles, strict=True):
            yield f"entry {entry.get_text()!r} {_colour(handle)}"


def _artist(one: Artist, axes: Axes) -> str:
    words = _kinds(one, axes)
    usual = 2 if isinstance(one, (Line2D, LineCollection)) else 3 if isinstance(one, Text) else 1
    if isinstance(one, AxesImage):
        usual = 0
    parts = [words, _where(one, axes), f"z{one.get_zorder():g}" if one.get_zorder() != usual else ""]
    parts += [f"alpha {one.get_alpha():g}"] if one.get_alpha() is not None else []
    parts += [f"label {one.get_label()!r}"] if not str(one.get_label() or "_").startswith("_") else []
    return " ".join(part for part in parts if part)


def _kinds(one: Artist, axes: Axes) -> str:
    if isinstance(one, Text):
        return _text(one, axes)
    if isinstance(one, Line2D):
        data = " ".join(_points(point, axes) for point in one.get_xydata())
        words = f"line {data} {to_hex(one.get_color())}"
        if one.get_linestyle() != "None":
            cap = "" if one.get_solid_capstyle() == "projecting" else f" {one.get_solid_capstyle()}"
            words += f" {one.get_linewidth():g} {_dash(one)}{cap}"
            words += "" if one.get_drawstyle() == "default" else f" {one.get_drawstyle()}"
        if one.get_marker() not in (None, "None", ""):
            edge, width = to_hex(one.get_markeredgecolor()), one.get_markeredgewidth()
            edge = "" if (edge, width) == (to_hex(one.get_color()), 1) else f" edge {edge} {width:g}"
            words += f" mark {one.get_marker()} {one.get_markersize():g}{edge}"
        return words
    if isinstance(one, Rectangle):
        left, low, right, high = (*one.get_xy(), one.get_x() + one.get_width(), one.get_y() + one.get_height())
        return f"bar {_points((left, low), axes)} to {_points((right, high), axes)} {_filled(one)}"
    if isinstance(one, StepPatch):
        values, edges, base = one.get_data()
        where = " ".join(_points((edge,), axes) for edge in edges)
        return f"steps {text(values)} at {where} from {text(base)} {_filled(one)}"
    if isinstance(one, LineCollection):
        ways = ["-".join(_points(point, axes) for point in way) for way in one.get_segments()]
        return f"lines {' '.join(ways)} {_colour(one)} {text(one.get_linewidths())}"
    if isinstance(one, PolyCollection):
        rings = [" ".join(_ring(path.vertices, axes)) for path in one.get_paths()]
        return f"area {' | '.join(rings)} {_filled(one)}"
    if isinstance(one, QuadMesh):
        corners = one.get_coordinates()
        return (
            f"mesh {_rows(one.get_array())} at {text(corners[0, :, 0])} {text(corners[:, 0, 1])} {one.get_cmap().name}"
        )
    if isinstance(one, AxesImage):
        return f"image {_rows(one.get_array())} {one.get_cmap().name}"
    raise AssertionError(f"found an artist of another kind: {one}")


def _ring(corners: Any, axes: Axes) -> list[str]:
    """The corners of an area, each once: how often Matplotlib says one is its own affair."""
    words = [_points(corner, axes) for corner in corners]
    once = [one for k, one in enumerate(words) if k == 0 or one != words[k - 1]]
    return once[:-1] if len(once) > 1 and once[0] == once[-1] else once


def _text(one: Text, axes: Axes | None) -> str:
    if isinstance(one, Annotation):
        away = "" if one.xyann == one.xy else f" and {text(one.xyann)} {one.anncoords}"
        at = f"{_points(one.xy, axes)} {one.xycoords}{away}"
    else:
        at = _points(one.get_position(), axes)
    weight = "" if one.get_fontweight() in ("normal", 400) else f" {one.get_fontweight()}"
    place = f"{one.get_ha()} {one.get_va()}"
    words = repr(one.get_text()).replace("\\u202f", " ")  # a thin space
    return f"text {words} at {at} {place} {one.get_fontsize():g}{weight} {to_hex(one.get_color())}"


def _where(one: Artist, axes: Axes) -> str:
    """The coordinates that an artist's numbers are, if it is not data."""
    if isinstance(one, Annotation):
        return ""
    transform = one.get_data_transform() if isinstance(one, (Rectangle, StepPatch)) else one.get_transform()
    for words, other in (
        ("(x of axes)", axes.get_yaxis_transform()),
        ("(y of axes)", axes.get_xaxis_transform()),
        ("(of axes)", axes.transAxes),
    ):
        if transform is other:
            return words
    return ""


def _filled(one: Any) -> str:
    face, edge = (np.atleast_2d(colour) for colour in (one.get_facecolor(), one.get_edgecolor()))
    width = float(np.atleast_1d(one.get_linewidth())[0])
    fill = to_hex(face[0]) if len(face) and face[0][3] > 0 else "empty"
    seen = width and edge.size and edge[0][3] > 0
    return f"{fill} edge {to_hex(edge[0])} {width:g}" if seen else fill


def _colour(one: Any) -> str:
    found = one.get_color() if hasattr(one, "get_color") else one.get_facecolor()
    return to_hex(found if isinstance(found, str) else np.atleast_2d(found)[0])


def _dash(one: Line2D) -> str:
    """Solid, or a dash's lengths in line widths; the offset first."""
    offset, dashes = one._unscaled_dash_pattern  # type: ignore[attr-defined]
    return "solid" if dashes is None else f"dashed {text(dashes)}" + (f" from {offset:g}" if offset else "")


def _points(values: Iterable[Any], axes: Axes | None) -> str:
    """Numbers of a point; the first is a date where the axis along x has dates."""
    shown = []
    for place, value in enumerate(values):
        if axes is not None and place == 0:
            number = float(np.asarray(axes.convert_xunits(value)).item())
            dated = isinstance(axes.xaxis.get_major_locator(), AutoDateLocator) and number > 1000
            shown.append(_date(number) if dated else text(number))
        else:
            shown.append(text(value))
    return ",".join(shown)


def _date(number: float) -> str:
    moment = num2date(number)
    return f"{moment:%Y-%m-%d}" if (moment.hour, moment.minute) == (0, 0) else f"{moment:%Y-%m-%dT%H:%M}"


def _rows(grid: Any) -> str:
    values = np.ma.filled(np.ma.asarray(grid, float), np.nan)
    return " / ".join(text(row) for row in np.atleast_2d(values))


def text(value: Any) -> str:
    """A number with four significant digits, or several with commas."""
    if value is None:
        return "none"
    if np.ndim(value):
        return ",".join(text(one) for one in value)
    return "0" if abs(float(value)) < 1e-9 else f"{float(value):.4g}"  # what rounding leaves of nought is nought
