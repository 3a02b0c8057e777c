"""The rank wall keeps every order and tie, ignores what the protocol ignores, and says what it shows."""

from __future__ import annotations

import importlib
import json

import numpy as np
import pytest
from page_parts import Parts
from scipy.spatial.distance import cdist

from reidlib.errors import ReidError
from reidlib.evaluation.ranking import rank
from reidlib.views.rank_wall import rank_wall
from reidlib.views.rank_wall_picture import two_ends

HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=alert(1)>"


def arrays(seed: int = 0, probes: int = 6, gallery: int = 15, tied: bool = False) -> dict:
    """Probes and gallery with junk, distractors, items of the probe's own camera, and ties where asked."""
    rng = np.random.default_rng(seed)
    distances = rng.random((probes, gallery))
    probe_pids = rng.integers(1, 4, probes)
    gallery_pids = rng.choice([-1, 0, 1, 2, 3], gallery)
    gallery_pids[:3], gallery_camids = [1, 2, 3], rng.integers(0, 3, gallery)
    gallery_camids[:3] = 2  # so that every probe has a match
    return {
        "distances": np.round(distances, 1) if tied else distances,
        "probe_pids": probe_pids, "gallery_pids": gallery_pids,
        "probe_camids": rng.integers(0, 2, probes), "gallery_camids": gallery_camids,
        "probe_images": pictures(probes), "gallery_images": pictures(gallery),
    }  # fmt: skip


def pictures(count: int, height: int = 16, width: int = 8) -> np.ndarray:
    """Three bands of colour each, about as smooth as people in front of walls."""
    colours = np.random.default_rng(count).integers(0, 256, (count, 3, 1, 3))
    return np.repeat(colours, -(-height // 3), axis=1)[:, :height].repeat(width, axis=2).astype(np.uint8)


def labels(given: dict) -> dict:
    return {name: given[name] for name in ("probe_pids", "gallery_pids", "probe_camids", "gallery_camids")}


def test_the_page_gets_every_order_and_every_tie():
    for seed in range(20):
        given = arrays(seed, tied=seed % 2 == 0)
        given["distances"] = given["distances"] * 10.0 ** (seed - 10)
        shown = np.array(rank_wall(**given).data["distances"])
        for before, after in zip(given["distances"], shown, strict=True):
            order = np.argsort(before, kind="stable")
            assert (np.argsort(after, kind="stable") == order).all()
            assert ((np.diff(before[order]) == 0) == (np.diff(after[order]) == 0)).all()
        np.testing.assert_allclose(shown, given["distances"], rtol=0, atol=1e-3 * given["distances"].max())


def test_close_distances_get_more_digits_and_others_do_not():
    given = arrays(1)
    given["distances"] = np.linspace(0, 1, 90).reshape(6, 15)
    assert max(len(str(value)) for row in rank_wall(**given).data["distances"] for value in row) <= 6
    given["distances"][0, 0], given["distances"][0, 1] = 0.5, 0.5 + 1e-9
    row = rank_wall(**given).data["distances"][0]
    assert row[0] < row[1]


@pytest.mark.parametrize("ties", ["stable", "pessimistic", "optimistic"])
@pytest.mark.parametrize("protocol", ["market1501", "camera_pair:probe_camera=0,gallery_camera=2"])
def test_the_rows_of_the_picture_are_those_of_rank(protocol, ties):
    """The first ✓ of a row carries the rank that `rank` counts without sorting; junk and own camera carry none."""
    # The package exports the function under the module's name.
    module = importlib.import_module("reidlib.views.rank_wall")

    rows_seen = 0
    for seed in range(8):
        given = arrays(seed, tied=True)
        ranking = rank(given["distances"], **labels(given), protocol=protocol, ties=ties)
        pair = [0, 2] if protocol.startswith("camera_pair") else None
        probes = module._Side(given["probe_pids"], given["probe_camids"], given["probe_images"], None)
        gallery = module._Side(given["gallery_pids"], given["gallery_camids"], given["gallery_images"], None)
        for p in two_ends(ranking, 100):
            row = module._row(p, given["distances"], probes, gallery, pair, ranking, 15)
            counted = [kind for kind in row.kinds if kind in ("match", "nonmatch")]
            assert counted.index("match") + 1 == row.first == ranking.first_rank[p]
            for kind, item in zip(row.kinds, np.argsort(given["distances"][p], kind="stable"), strict=True):
                if ties == "stable" and kind == "camera":
                    assert given["gallery_pids"][item] == given["probe_pids"][p]
                    assert given["gallery_camids"][item] == given["probe_camids"][p]
                if ties == "stable":
                    assert (kind == "junk") == (given["gallery_pids"][item] == -1)
            rows_seen += 1
    assert rows_seen > 20


def test_two_ends_are_the_ends_of_the_list():
    distances = np.array([[0.1, 0.5, 0.9]] * 5)
    ranking = rank(distances, probe_pids=[3, 1, 2, 9, 1], gallery_pids=[1, 2, 3], probe_camids=[0] * 5,
                   gallery_camids=[1] * 3)  # fmt: skip
    assert ranking.first_rank.tolist() == [3, 1, 2, 0, 1]
    assert two_ends(ranking, 2) == [1, 0]
    assert two_ends(ranking, 3) == [1, 4, 0]
    assert two_ends(ranking, 9) == [1, 4, 2, 0]  # the probe without a match is at no end


def test_the_sentence_and_the_marks_say_what_the_data_say():
    given = {
        "distances": [[0.1, 0.2, 0.3, 0.4], [0.4, 0.1, 0.2, 0.3]],
        "probe_pids": [1, 2], "gallery_pids": [1, 1, -1, 2], "probe_camids": [0, 0], "gallery_camids": [0, 1, 1, 1],
        "probe_images": pictures(2), "gallery_images": pictures(4),
    }  # fmt: skip
    view = rank_wall(**given, note="trained on nothing")
    assert "probe 1 first match at rank 1, matches shown at 1, 2 ignored" in view.alt
    assert "probe 2 first match at rank 2, matches shown at 2, 1 ignored" in view.alt
    assert "CMC: 50.0% at rank 1, 100.0% at rank 10; mAP 75.0%" in view.alt
    assert view.alt.endswith("Note: trained on nothing.")
    wall, curve = view.picture.axes
    texts = [text.get_text() for text in wall.texts]
    assert texts[:10] == ["◆ probe", "first: 1\nAP 1.00", "–", "0.100\nown camera", "✓ 1", "0.200", "–", "0.300\njunk",
                          "✗ 2", "0.400"]  # fmt: skip
    styles = [patch.get_linestyle() for patch in wall.patches[:5]]
    assert len({str(style) for style in styles}) == 3  # solid, dotted and dashed: not by colour alone
    assert curve.lines[0].get_ydata()[:2].tolist() == [0.5, 1.0]


def test_the_smallest_wall():
    one = {"probe_images": pictures(1), "gallery_images": pictures(1, 8, 24)}  # sides of another shape each
    view = rank_wall([[0.0]], [1], [1], [0], [1], **one)
    assert view.data["distances"] == [[0.0]]
    assert (view.data["top"], view.data["depth"]) == (1, 1)
    assert "CMC: 100.0% at rank 1" in view.alt
    assert view.picture.render().startswith(b"\x89PNG")


def test_features_give_the_same_wall_as_their_distances():
    given = arrays(3)
    rng = np.random.default_rng(5)
    probes, gallery = rng.normal(size=(6, 4)), rng.normal(size=(15, 4))
    given["distances"] = None
    wall = rank_wall(**given, probe_features=probes, gallery_features=gallery)
    np.testing.assert_allclose(wall.data["distances"], cdist(probes, gallery), atol=1e-3)


def test_equal_input_gives_equal_bytes_and_hostile_names_stay_data():
    given = {**arrays(4), "names": ([HOSTILE] * 6, None), "note": HOSTILE}
    view, again = rank_wall(**given), rank_wall(**given)
    assert view.html() == again.html()
    parts = Parts(view.html())
    assert parts.data["probes"]["names"] == [HOSTILE] * 6
    assert parts.data["gallery"]["names"] is None
    assert parts.tags.count("script") == 2
    assert parts.tags.count("img") == 1


def test_fifty_probes_and_150_items_stay_small():
    """The limits stated: two sheets below 300 KiB, distances below 90 KiB (measured on rendered people: 202 and 73)."""
    given = arrays(6, 50, 150)
    noise = np.random.default_rng(0)
    for side, count in (("probe_images", 50), ("gallery_images", 150)):
        smooth = pictures(count, 64, 32).astype(float) + noise.normal(0, 6, (count, 64, 32, 3))
        given[side] = smooth.clip(0, 255).astype(np.uint8)
    data = rank_wall(**given).data
    sheets = sum(len(data[side]["sheet"]["src"]) for side in ("probes", "gallery"))
    assert sheets < 300 * 1024
    assert len(json.dumps(data["distances"], separators=(",", ":"))) < 90 * 1024


WRONG = {
    "an empty gallery": ({"distances": np.empty((6, 0)), "gallery_pids": [], "gallery_camids": []}, "0 gallery items"),
    "no probes": ({"distances": np.empty((0, 15)), "probe_pids": [], "probe_camids": []}, "0 probes"),
    "NaN": ({"distances": np.full((6, 15), np.nan)}, "nan at distance"),
    "one dimension": ({"distances": np.ones(15)}, "two dimensions"),
    "too few pids": ({"probe_pids": [1, 2]}, "2 probe_pids"),
    "nobody known": ({"probe_pids": [7] * 6}, "no valid query"),
    "float images": ({"probe_images": np.ones((6, 16, 8, 3))}, "uint8 RGB"),
    "too few images": ({"gallery_images": pictures(14)}, "gallery_images"),
    "grey images": ({"gallery_images": np.ones((15, 16, 8), np.uint8)}, "gallery_images"),
    "too few names": ({"names": (["a"], None)}, "1 names for 6"),
    "no items in a row": ({"top": 0}, "top=0"),
    "a protocol by chance": ({"protocol": "single_gallery_shot"}, "by chance"),
    "distances and features": ({"probe_features": np.ones((6, 2))}, "either distances"),
    "nothing to compare": ({"distances": None}, "either distances"),
    "unknown ties": ({"ties": "fair"}, "ties='fair'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_a_sentence(case):
    change, words = WRONG[case]
    with pytest.raises(ReidError, match=words) as error:
        rank_wall(**{**arrays(0), **change})
    assert "To do:" in str(error.value)


def test_junk_at_no_distance_is_refused_in_words():
    """`rank` allows it; a page cannot hold it."""
    given = arrays(0)
    given["gallery_pids"][4] = -1
    given["distances"][2, 4] = np.nan
    with pytest.raises(ReidError, match=r"nan at distances?\[2, 4\]"):
        rank_wall(**given)
