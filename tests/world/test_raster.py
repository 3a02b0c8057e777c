"""Coverage, textures and shadows against areas and positions computed by hand."""

import numpy as np
import pytest

from reidlib.world.raster import Light, darken, mark, paint
from reidlib.world.shapes import KNOTS, Blob, Lathe, Limb, Texture
from reidlib.world.truth import _lathe_motion, _limb_motion

FLAT = Light(0.0, 1.0)


def _texture(flat=False, rows=64, columns=64):
    rgb = np.zeros((3, rows, columns), np.float32)
    rgb[0] = (np.arange(rows)[:, None] + 0.5) / rows
    rgb[1] = (np.arange(columns)[None] + 0.5) / columns
    rgb[2] = 1.0
    return Texture(rgb, flat)


def _limb(a, b, ra, rb, n=1, turn=0.0, **options):
    tile = lambda v: np.tile(np.asarray(v, float), (n, 1))  # noqa: E731
    return Limb(
        _texture(), 0.0, np.full(n, turn), tile(a), tile(b), np.full(n, ra), np.full(n, rb), roundness=0.0, **options
    )


def _box(top, bottom, centre, half, n=1, flat=False, turn=0.0):
    wide = np.ones((n, KNOTS))
    return Lathe(
        _texture(flat),
        0.0,
        np.full(n, turn),
        np.full(n, top),
        np.full(n, bottom),
        centre * wide,
        half * wide,
        roundness=0.0,
    )


def _painted(shape, n=1, light=FLAT, number=7):
    shape.number = number
    rgb, ids = np.zeros((3, n, 128, 64), np.float32), np.zeros((n, 128, 64), np.uint16)
    paint(shape, rgb, ids, 0, light)
    return rgb, ids


@pytest.mark.parametrize("b", [(30.3, 90.1), (44.0, 70.0), (22.2, 40.7), (30.3, 40.6)])
def test_the_area_of_a_capsule_is_the_textbooks(b):
    a, r = (30.3, 40.6), 7.3
    rgb, _ = _painted(_limb(a, b, r, r))
    length = np.hypot(b[0] - a[0], b[1] - a[1])
    assert rgb[2].sum() == pytest.approx(np.pi * r * r + 2 * r * length, rel=0.01)


def test_the_area_of_a_box_and_of_a_cone():
    rgb, _ = _painted(_box(20.25, 80.75, 31.4, 12.2))
    assert rgb[2].sum() == pytest.approx(60.5 * 24.4, rel=0.005)
    cone = _box(20.0, 80.0, 32.0, 1.0)
    cone.half = np.linspace(2, 20, KNOTS)[None].astype(np.float32)
    cone.__post_init__()
    assert _painted(cone)[0][2].sum() == pytest.approx(60 * 22, rel=0.01)


def test_part_numbers_stand_where_coverage_reaches_one_half_and_mark_agrees():
    for shape in (_limb((20, 30), (40, 90), 5.5, 8.2), _box(11.3, 70.2, 40.4, 9.1)):
        rgb, ids = _painted(shape)
        assert np.array_equal(ids[0] == 7, rgb[2, 0] >= 0.5)
        canvas = np.zeros((1, 128 + 20, 64 + 20), bool)
        mark(shape, canvas, 0, 10)
        assert np.array_equal(canvas[0, 10:-10, 10:-10], ids[0] == 7)


def test_a_texture_runs_along_and_around():
    rgb, _ = _painted(_limb((32, 20), (32, 100), 9.0, 9.0))
    along = rgb[0, 0, 25:95, 32]
    assert np.allclose(along, (np.arange(25, 95) + 0.5 - 20) / 80, atol=0.02)
    # Seen from the front: column ½ in the middle; its left (turn +¼) at the picture's right edge.
    across = rgb[1, 0, 60, 24:40]
    v = (np.arange(24, 40) + 0.5 - 32) / 9
    assert np.allclose(across, 0.5 + np.arcsin(v) / (2 * np.pi), atol=0.02)


def test_a_turned_surface_shows_its_side():
    rgb, _ = _painted(_limb((32, 20), (32, 100), 9.0, 9.0, turn=np.pi / 2))  # facing the picture's right
    assert rgb[1, 0, 60, 32] == pytest.approx(0.25, abs=0.03)  # we see the right-hand side, turn −¼


def test_a_flat_texture_is_not_foreshortened():
    rgb, _ = _painted(_box(20.0, 80.0, 32.0, 16.0, flat=True))
    v = (np.arange(18, 46) + 0.5 - 32) / 16
    assert np.allclose(rgb[1, 0, 50, 18:46], 0.5 + v * 0.25, atol=0.02)


def test_light_from_the_right_brightens_the_right():
    shape = _box(20.0, 80.0, 32.0, 16.0)
    shape.roundness = 1.0
    rgb, _ = _painted(shape, light=Light(0.8, 0.0))
    assert rgb[2, 0, 50, 42] > rgb[2, 0, 50, 22] + 0.2
    assert np.allclose(_painted(shape, light=Light(-0.8, 0.0))[0][2, 0, 50, ::-1], rgb[2, 0, 50], atol=1e-5)


def test_shapes_are_painted_only_in_their_own_frames():
    shape = _limb((32, 20), (32, 100), 9.0, 9.0, n=2, t0=1)
    _, ids = _painted(shape, n=4)
    assert (ids > 0).any((1, 2)).tolist() == [False, True, True, False]


def test_a_blob_darkens_to_its_strength_in_the_middle_only():
    rgb = np.ones((3, 1, 128, 64), np.float32)
    one = np.ones(1)
    darken(Blob(32.5 * one, 100.5 * one, 10 * one, 5 * one, 0.0, 0.4 * one), rgb, 0)
    assert rgb[0, 0, 100, 32] == pytest.approx(0.6)
    assert rgb[0, 0, 100, 44] == rgb[0, 0, 107, 32] == 1.0


def test_motion_of_shifted_turned_and_scaled_shapes_by_hand():
    i = np.array([1])
    at = np.array([35.0]), np.array([55.0])
    limb = _limb((32, 20), (32, 100), 9.0, 9.0, n=2)
    limb.a[1] += (3, -2)
    limb.b[1] += (3, -2)
    limb.__post_init__()
    assert [float(v[0]) for v in _limb_motion(limb, i, *at)] == pytest.approx([3, -2], abs=1e-5)
    limb = _limb((32, 20), (32, 100), 9.0, 9.0, n=2)
    limb.b[1] = (112, 20)  # swings by 90° about its upper end: (72, 20 − 3) was (32 + 3, 60)
    limb.__post_init__()
    u, v = _limb_motion(limb, i, np.array([72.0]), np.array([17.0]))
    assert (72 - float(u[0]), 17 - float(v[0])) == pytest.approx((35, 60), abs=1e-4)
    box = _box(20.0, 80.0, 32.0, 10.0, n=2)
    box.top[1], box.bottom[1], box.half[1], box.centre[1] = 10, 130, 20, 34  # twice as large about row 30
    box.__post_init__()
    u, v = _lathe_motion(box, i, np.array([40.0]), np.array([70.0]))
    assert (40 - float(u[0]), 70 - float(v[0])) == pytest.approx((35, 50), abs=1e-4)
    box = _box(20.0, 80.0, 32.0, 10.0, n=2)
    box.turn[1] = 0.1  # the front moves to the right by half · sin(0.1)
    u, v = _lathe_motion(box, i, np.array([32 + 10 * np.sin(0.1)]), np.array([50.0]))
    assert float(u[0]) == pytest.approx(10 * np.sin(0.1), abs=2e-3)
