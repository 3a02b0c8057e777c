"""The palette is readable, safe for colour-blind readers, and never colour alone."""

from __future__ import annotations

import itertools

import matplotlib
import pytest
from colour_science import SIMULATIONS, closest_pair, contrast, lab, linear, mix
from matplotlib.figure import Figure

from reidlib.errors import ReidError
from reidlib.views import palette

THEMES = ("light", "dark")


def test_the_arithmetic_agrees_with_published_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the well-known near miss of 4.5
    assert lab(linear("#ffffff")) == pytest.approx([100, 0, 0], abs=0.02)
    assert lab(linear("#ff0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)  # sRGB red in CIE Lab, D65
    # Pure red and a green of the same lightness: plain to most, nearly one colour to a deutan reader.
    assert closest_pair(("#c04000", "#5f7a00"), "normal") > 50
    assert closest_pair(("#c04000", "#5f7a00"), "deutan") < 20


@pytest.mark.parametrize("theme", THEMES)
def test_roles_stand_out_from_every_background(theme):
    neutral = palette.THEMES[theme]
    for name, ground in itertools.product(palette.ROLES, (neutral.background, neutral.surface)):
        assert contrast(palette.colour(name, theme), ground) >= 3.0, (name, ground)


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable_on_every_ground_it_stands_on(theme):
    neutral = palette.THEMES[theme]
    # A chosen box of a view is filled with 16 % of its role's colour.
    fills = [mix(palette.colour(name, theme), 0.16, neutral.surface) for name in palette.ROLES]
    for ground in (neutral.background, neutral.surface, *fills):
        assert contrast(neutral.text, ground) >= 7.0, ground
        assert contrast(neutral.muted, ground) >= 4.5, ground
    for ground in (neutral.background, neutral.surface):
        assert contrast(neutral.line, ground) >= 3.0
        assert contrast(neutral.focus, ground) >= 4.5  # links are text too


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", SIMULATIONS)
def test_any_two_roles_stay_apart_for_every_vision(theme, vision):
    assert closest_pair([palette.colour(name, theme) for name in palette.ROLES], vision) >= 20


@pytest.mark.parametrize("vision", SIMULATIONS)
def test_series_stay_apart_and_claim_no_role(vision):
    lines = [palette.series(i)["color"] for i in range(6)]
    assert closest_pair(lines, vision) >= 8
    for line in lines:
        assert contrast(line, palette.THEMES["light"].background) >= 2.9
        for name in set(palette.ROLES) - {"visibility"}:
            assert closest_pair((line, palette.colour(name)), "normal") >= 20, (line, name)


def test_colour_is_never_the_only_difference():
    roles = palette.ROLES.values()
    for each in ("marker", "glyph", "hatch"):
        assert len({getattr(role, each) for role in roles}) == len(roles), each
    drawn = [palette.series(i) for i in range(6)]
    assert len({str(s["linestyle"]) for s in drawn}) == len({s["marker"] for s in drawn}) == 6


def test_the_agreed_meanings():
    """Same colour, same meaning: attention orange, visibility grey, probe blue, match green, non-match red."""
    hue = {name: matplotlib.colors.rgb_to_hsv(matplotlib.colors.to_rgb(palette.colour(name)))
           for name in palette.ROLES}  # fmt: skip
    degrees = {name: 360 * value[0] for name, value in hue.items()}
    assert 20 <= degrees["attention"] <= 45
    assert hue["visibility"][1] < 0.15
    assert 200 <= degrees["probe"] <= 240
    assert 120 <= degrees["match"] <= 165
    assert degrees["nonmatch"] >= 340 or degrees["nonmatch"] <= 15


def test_styles_are_what_matplotlib_takes():
    axes = Figure().subplots()
    axes.plot([0, 1], [0, 1], **palette.style("probe"))
    axes.plot([0, 1], [1, 0], **palette.series(3))
    bars = axes.bar([0], [1], **palette.bar_style("visibility"))
    assert matplotlib.colors.to_hex(axes.lines[0].get_color()) == palette.colour("probe")
    assert axes.lines[0].get_marker() == "D"
    assert bars[0].get_hatch() == "//"


def test_css_carries_every_role_and_neutral():
    for theme in THEMES:
        css = palette.css_variables(theme)
        assert css.count("--reid-") == len(palette.ROLES) + 6
        assert f"--reid-attention:{palette.colour('attention', theme)};" in css
        assert f"--reid-focus:{palette.THEMES[theme].focus};" in css


def test_mistakes_get_a_sentence():
    with pytest.raises(ReidError, match=r"role 'gallery'.*attention, visibility, probe, match, nonmatch"):
        palette.colour("gallery")
    for index in (-1, 6):
        with pytest.raises(ReidError, match="from 0 to 5"):
            palette.series(index)
