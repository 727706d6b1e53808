"""What ships as data is whole, says where it comes from, and agrees with itself."""

from __future__ import annotations

import io
import json
from importlib.resources import files
from itertools import pairwise

import pandas as pd
import pytest

from sim import data
from sim.data import map_path, observed_names, read_observed, read_places, read_sections
from sim.data.geography import country_names, outlines, sections

MEASURES = {
    *("recorded_attempts", "detections", "stock_in_transit_state", "returned", "landed", "flights"),
    *("procedures", "turn_backs", "claims_admitted", "onward"),
}
NATIONAL = {"recorded_attempts", "procedures", "turn_backs", "claims_admitted"}
COLUMNS = [
    *("series", "period_start", "period_end", "value", "low", "high", "measure", "basis", "quality", "source"),
    *("agency", "transit_state", "route", "note"),
]


def table(name):
    return pd.read_csv(io.StringIO(data.text(name)), keep_default_na=False, dtype=str)


def assert_in_order(rows):
    """Low, value and high rise, as far as they are known, and something is known."""
    for row in rows.to_dict("records"):
        known = [float(row[c]) for c in ("low", "value", "high") if row[c] != "" and not pd.isna(row[c])]
        assert known and known == sorted(known), row


@pytest.mark.parametrize("name", observed_names())
def test_observed_series_are_whole(name):
    rows = read_observed(name)
    assert list(rows.columns) == COLUMNS
    assert len(rows)
    assert (rows.period_start <= rows.period_end).all()
    years = {int(name[-4:])} if name[-4:].isdigit() else {2021, 2022, 2023}  # a series of several years names none
    assert rows.period_start.dt.year.isin(years).all()
    assert rows.period_end.dt.year.isin(years).all()
    assert_in_order(rows)
    assert (rows[["value", "low", "high"]].fillna(0) >= 0).all(axis=None)
    assert set(rows.measure) <= MEASURES
    assert rows.measure.nunique() == 1
    assert set(rows.basis) <= {"reported", "derived"}
    assert set(rows.quality) <= {"primary", "secondary"}
    assert set(rows.agency) <= {"", "poland", "lithuania", "latvia", "norway", "finland", "greece"}
    assert rows.source.str.len().gt(3).all()
    assert rows.note[rows.basis == "derived"].ne("").all()
    assert not rows.duplicated(["series", "period_start", "period_end"]).any()


def test_the_promised_series_ship():
    assert observed_names() == [
        "belarus-stock-2021",
        "benghazi-minsk-flights-2025",
        "crete-arrivals-2025",
        "eastern-border-detections-2021",
        "eastern-border-detections-2025",
        "evros-arrests-2020",
        "evros-entries-prevented-2020",
        "evros-gathered-2020",
        "germany-2021",
        "lapland-asylum-seekers-2015",
        "lapland-asylum-seekers-2016",
        "latvia-2021",
        "latvia-attempts",
        "latvia-detained-2021",
        "lithuania-attempts",
        "lithuania-registered-and-turned-away-2021",
        "poland-attempts",
        "poland-attempts-2021",
        "poland-attempts-2025",
        "returns-2021",
        "storskog-asylum-seekers-2015",
    ]


def test_national_series_name_their_agency_and_frontex_does_not():
    for name in observed_names():
        rows = read_observed(name)
        assert (rows.agency.ne("") == rows.measure.isin(NATIONAL)).all()


def bounds(row):
    """Least and most that a row allows: a value without bounds is exact, one with a single bound open."""
    known = {c: row[c] for c in ("low", "value", "high") if not pd.isna(row[c])}
    if set(known) == {"value"}:
        return known["value"], known["value"]
    return known.get("low", 0), known.get("high", float("inf"))


@pytest.mark.parametrize("name", [n for n in observed_names() if not n.startswith(("belarus-stock", "eastern-border"))])
def test_a_longer_period_counts_no_less_than_one_within_it(name):  # stocks do not add up; Frontex revised its totals
    rows = read_observed(name).to_dict("records")
    for long in rows:
        for short in rows:
            if long["period_start"] <= short["period_start"] and short["period_end"] <= long["period_end"]:
                assert bounds(long)[1] >= bounds(short)[0], (long, short)


def test_monthly_attempts_at_the_polish_border_do_not_exceed_the_published_year():
    year = 39_670
    total = read_observed("poland-attempts-2021").value.sum()
    assert 0.98 * year < total < year


def test_lithuanian_turn_backs_add_up_to_the_published_total():
    rows = read_observed("lithuania-registered-and-turned-away-2021").set_index("period_end")
    registered_in_august = 600
    low = rows.low["2021-08-31"] - 570 + 981 + 4500
    high = rows.high["2021-08-31"] - 640 + 981 + 5050 + 506
    assert low < 8106 < high
    assert rows.value["2021-08-31"] - registered_in_august == 1850


def test_only_press_figures_of_frontex_ship_and_no_table_that_may_not():
    folder = files("sim.data")
    names = [f.name for part in (folder, folder.joinpath("observed")) for f in part.iterdir()]
    assert not {n for n in names if any(bad in n for bad in ("frontex_monthly", "deaths_monthly", "libya_central_med"))}
    for name in observed_names():
        rows = read_observed(name)
        frontex = rows[rows.measure == "detections"]
        assert frontex.source.str.contains("via").all()
        assert len(frontex) <= 4


def test_parameters_have_sources_and_tell_outcomes_from_inputs():
    rows = table("parameters.csv")
    assert list(rows.columns) == ["name", "value", "low", "high", "unit", "period", "source", "quality", "role", "note"]
    assert_in_order(rows)
    assert not rows.duplicated(["name", "period"]).any()
    assert set(rows.quality) == {"primary", "secondary"}
    assert set(rows.role) == {"input", "outcome"}
    assert rows[["name", "unit", "source"]].ne("").all(axis=None)
    outcomes = rows.name.str.contains("deaths|stock|occupancy|returns|pushbacks") & ~rows.name.str.startswith("libya")
    assert set(rows.role[outcomes]) == {"outcome"}


EFFECTS = {
    *(
        "asylum",
        "buffer-zone",
        "camp-cleared",
        "closure-announced",
        "crossing-closed",
        "crossing-reopened",
        "diplomacy",
    ),
    *("downstream", "emergency", "exclusion-zone", "fence", "fence-announced", "fence-begun", "flight-ban", "flights"),
    *("forces", "mass-event", "posture", "readmission", "repatriation", "route-shift", "sanctions", "surveillance"),
    *("surveillance-begun", "turn-back", "visa-stop"),
}


def test_events_say_what_they_change_and_are_in_order():
    rows = table("events.csv")
    columns = ["date", "end_date", "actor", "event", "effect", "value", "unit", "quality", "source"]
    assert list(rows.columns) == columns
    assert rows.date.str.fullmatch(r"20\d\d-\d\d(-\d\d)?").all()
    assert {part for effect in rows.effect for part in effect.split(", ")} == EFFECTS
    assert set(rows.quality) == {"primary", "secondary"}
    assert rows.value.ne("").eq(rows.unit.ne("")).all()
    pd.to_numeric(rows.value[rows.value != ""])
    assert rows.date.is_monotonic_increasing
    assert (rows.end_date.eq("") | (rows.end_date >= rows.date)).all()
    pd.to_datetime(rows.date, format="ISO8601")
    pd.to_datetime(rows.end_date[rows.end_date != ""], format="ISO8601")
    assert rows[["actor", "event", "effect", "source"]].ne("").all(axis=None)


def test_the_posture_of_belarus_after_2021_is_no_event():
    """It is inferred, or drawn: what is reported of it may not become an input."""
    rows = table("events.csv")
    assert not (rows.actor.str.contains("Belarus") & (rows.date > "2022-12") & rows.effect.eq("posture")).any()


def test_places_are_of_known_kinds_and_on_the_map():
    rows = read_places()
    assert rows.index.is_unique and rows.title.is_unique
    assert set(rows.kind) == {"origin", "hub", "zone", "coast", "landing", "onward"}
    assert rows.lon.between(-12, 62).all() and rows.lat.between(18, 66).all()
    assert rows.source.ne("").all()


INLAND = {
    "Iraq": ["baghdad", "erbil", "basra"],
    "Syria": ["damascus"],
    "Libya": ["sabha"],
    "Russia": ["moscow"],
    "Germany": ["germany"],
    "Belarus": ["minsk", *read_places().query("kind == 'zone'").index],
}


@pytest.mark.parametrize(("country", "place"), [(c, p) for c, names in INLAND.items() for p in names])
def test_inland_places_lie_in_their_country(country, place):
    row = read_places().loc[place]
    assert [c["name"] for c, shape in countries() if inside(row.lon, row.lat, shape)] == [country]


def test_crimea_is_drawn_with_ukraine_as_the_map_page_says():
    assert [c["name"] for c, shape in countries() if inside(34.1, 45.0, shape)] == ["Ukraine"]
    page = data.text("MAP.md")
    assert "Made with Natural Earth" in page and "Crimea is drawn with Ukraine" in page


def countries():
    for iso3, polygons in outlines().items():
        yield {"name": country_names()[iso3]}, polygons


def inside(lon, lat, polygons):
    """Whether a ray to the east crosses the rings an odd number of times."""
    crossings = 0
    for polygon in polygons:
        for ring in polygon:
            for (x1, y1), (x2, y2) in pairwise(ring):
                if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
                    crossings += 1
    return crossings % 2 == 1


def test_lengths_of_sections_add_up_to_the_official_ones():
    length = read_sections().length_km
    assert length["pl-by-1":"pl-by-4"].sum() == pytest.approx(246.93)
    assert length["pl-by-5"] == 171.31
    assert length.filter(like="lt-by").sum() == pytest.approx(678.8)
    assert length.filter(like="lv-by").sum() == pytest.approx(172)


def test_sections_are_those_of_the_map_and_share_the_total_by_drawn_length():
    rows = read_sections()
    assert len(rows) == 13
    lines = json.loads(map_path("borders").read_text(encoding="utf-8"))["features"]
    drawn = {f["properties"]["code"]: f["properties"]["ne_km"] for f in lines if f["properties"]["kind"] == "section"}
    assert set(drawn) == set(rows.index) == set(sections())
    for code in rows.index:
        assert sections()[code].drawn_km == pytest.approx(drawn[code], rel=0.005)
        assert rows.agency[code] == {"pl": "poland", "lt": "lithuania", "lv": "latvia"}[code[:2]]
    for part in (rows.index[:4], rows.filter(like="lt-by", axis=0).index, rows.filter(like="lv-by", axis=0).index):
        scale = rows.length_km[part].sum() / sum(drawn[code] for code in part)
        for code in part:
            assert rows.length_km[code] == pytest.approx(drawn[code] * scale, abs=0.5)


@pytest.mark.parametrize(
    ("read", "name", "hint"),
    [(read_observed, "poland-attempt-2021", "poland-attempts-2021"), (map_path, "country", "countries")],
)
def test_an_unknown_name_says_what_is_allowed(read, name, hint):
    with pytest.raises(ValueError, match=f"found '{name}'.*allowed: .*did you mean '{hint}'"):
        read(name)


@pytest.mark.parametrize("name", ["../places", "", "observed/returns-2021", "returns-2021.csv"])
def test_a_path_is_no_name(name):
    with pytest.raises(ValueError, match="no observed series"):
        read_observed(name)


def test_map_layers_are_geojson_or_topojson():
    kinds = {"countries": "Topology", "borders": "FeatureCollection"}
    for name, kind in kinds.items():
        assert json.loads(map_path(name).read_text(encoding="utf-8"))["type"] == kind
