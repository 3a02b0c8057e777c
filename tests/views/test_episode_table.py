"""What the episode table hands to its page, what it refuses, and what its picture says."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from page_parts import Parts

from reidlib.arm.baselines import centre
from reidlib.arm.matching import Matching, identity_log_probability
from reidlib.errors import ReidError
from reidlib.views.episode_table import EpisodeTable

RNG = np.random.default_rng(4)
N, D, CLASSES = 6, 8, 3
LABELS = np.array([0, 1, 2, 0, 1, 2])
IMAGES = RNG.integers(0, 255, (N, 16, 8, 3), dtype=np.uint8)
Z, F = RNG.normal(size=(N, D)), RNG.normal(size=D)
HOSTILE = "</script><script>window.pwned=1</script>$\\frac{"


def table(**changes) -> EpisodeTable:
    given = {"gallery_images": IMAGES, "gallery_labels": LABELS, "probe_image": IMAGES[1], "z_gallery": Z, "z_probe": F,
             "temperature": 0.2, "probe_label": 1}  # fmt: skip
    given |= changes
    parts = [given.pop(name) for name in ("gallery_images", "gallery_labels", "probe_image")]
    return EpisodeTable(*parts, **given)


def first_counts_most(order: list[int]) -> dict:
    """A network that the order matters to: card k of the table weighs half of card k − 1."""
    weights = 0.5 ** np.arange(len(order))
    weights /= weights.sum()
    with np.errstate(divide="ignore"):
        return {"log_probability": np.log(np.bincount(LABELS[order], weights, CLASSES)), "reads": [weights]}


def torch_answers(data: dict) -> list[np.ndarray]:
    """P of each person by reidlib.arm, plain and with the mean off, from the numbers that the page gets."""
    gallery, probe = torch.tensor([data["gallery"]]).double(), torch.tensor([[data["probe"]]]).double()
    mask, labels = torch.ones(gallery.shape[:2], dtype=torch.bool), torch.tensor([data["labels"]])
    matching = Matching(data["temperature"], learned=False).double()
    moved = centre(gallery, probe, mask, None if data["probe_mean"] is None else torch.tensor(data["probe_mean"]))
    return [identity_log_probability(matching(f, g, mask), mask, labels, data["classes"])[0, 0].exp().numpy()
            for g, f in ((gallery, probe), moved)]


def heights(picture) -> np.ndarray:
    return np.array([patch.get_height() for patch in picture.axes[2].patches]).reshape(-1, CLASSES)


@pytest.mark.parametrize("probe_mean", [None, RNG.normal(size=D)])
def test_the_picture_shows_what_arm_computes(probe_mean):
    view = table(probe_mean=probe_mean)
    plain, centred = torch_answers(view.data)
    np.testing.assert_allclose(heights(view.picture), [plain, centred], atol=1e-6)
    assert not np.allclose(plain, centred, atol=1e-2)
    assert f"cosine {plain[1]:.2f}" in view.alt
    assert f"mean off {centred[1]:.2f}" in view.alt


def test_the_sentence_says_who_is_first():
    view = table(z_probe=Z[0], answer=first_counts_most)
    p = np.array(view.data["network"]["p"])
    assert "6 gallery cards of 3 people. Probability of the right person, Person B" in view.alt
    assert f"network {p[1]:.2f}, behind Person A with {p[0]:.2f}" in view.alt
    assert "Read 1 puts 0.29 on the right cards" in view.alt  # (1/2 + 1/16) of 63/32
    assert "Most probable: cosine Person A" in table(z_probe=Z[0], probe_label=None).alt
    assert table(z_probe=Z[1]).alt.count("first") >= 1


def test_cards_are_framed_by_right_and_wrong():
    styles = [patch.get_linestyle() for patch in table().picture.axes[0].patches]
    assert styles == ["-", "--", "-", "--", "--", "-", "--"]  # the probe, then six cards
    assert {patch.get_linestyle() for patch in table(probe_label=None).picture.axes[0].patches} == {"-"}


def test_the_network_is_asked_for_the_first_table_and_for_another_order():
    asked = []

    def answer(order):
        asked.append(order)
        return first_counts_most(order)

    network = table(answer=answer).data["network"]
    assert asked == [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]]
    there, back = (np.exp(first_counts_most(order)["log_probability"]) for order in asked)
    assert network["effect"] == pytest.approx(np.abs(there - back).max(), abs=1e-6)
    np.testing.assert_allclose(network["p"], there, atol=1e-6)
    np.testing.assert_allclose(network["reads"], first_counts_most(asked[0])["reads"], atol=1e-6)


def test_live_messages_are_answered_in_the_order_of_the_table():
    view = table(answer=first_counts_most)
    network = view._heard({"order": [4, 0]})["network"]
    assert network["order"] == [4, 0]
    np.testing.assert_allclose(network["p"], [1 / 3, 2 / 3, 0], atol=1e-6)
    np.testing.assert_allclose(network["reads"], [[2 / 3, 1 / 3]], atol=1e-6)
    assert network["effect"] == pytest.approx(1 / 3, abs=1e-6)
    for order in ([], [0, 0], [N]):
        with pytest.raises(ReidError):
            view._heard({"order": order})


def test_a_recorded_answer_needs_no_callable():
    answer = first_counts_most(list(range(N)))
    data = table(answer=answer["log_probability"], reads=answer["reads"]).data
    np.testing.assert_allclose(data["network"]["reads"], answer["reads"], atol=1e-6)
    assert not data["asks"]
    assert table(reads=answer["reads"]).data["network"]["p"] is None
    assert table().data["network"] is None


def test_fewer_people_in_an_answer_have_probability_0():
    data = table(answer=np.log([0.25, 0.75])).data
    assert data["network"]["p"] == [0.25, 0.75, 0]


def test_small_features_keep_their_digits():
    data = table(z_gallery=1e-5 * Z).data
    np.testing.assert_allclose(data["gallery"], 1e-5 * Z, atol=1e-10)
    assert table(z_gallery=0 * Z).data["gallery"] == np.zeros((N, D)).tolist()


def test_hostile_names_stay_text_and_bytes_repeat():
    view = table(names=[HOSTILE, "b", "c"], note=HOSTILE, title=HOSTILE)
    parts = Parts(view.html())
    assert [kind for kind, _ in parts.scripts] == ["application/json", "module"]
    assert parts.data["names"][0] == parts.data["note"] == HOSTILE
    assert parts.one("img")["alt"] == view.alt
    assert view.html() == table(names=[HOSTILE, "b", "c"], note=HOSTILE, title=HOSTILE).html()


def test_payload_of_a_usual_episode():
    labels = np.repeat(np.arange(5), 5)
    z = RNG.normal(size=(26, 64))
    images = np.repeat(IMAGES[:1], 25, 0)
    view = table(gallery_images=images, gallery_labels=labels, z_gallery=z[1:], z_probe=z[0])
    assert len(json.dumps(view.data, separators=(",", ":"))) < 40 * 1024


def broken(array, place, value):
    array = np.array(array, float)
    array[place] = value
    return array


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"gallery_images": IMAGES[:0]}, "one frame or more, as"),
        ({"gallery_images": IMAGES / 255}, "float64"),
        ({"probe_image": IMAGES}, "Found probe_image"),
        ({"gallery_labels": LABELS[:-1]}, "for 6 cards"),
        ({"gallery_labels": LABELS - 1}, "Found gallery_labels"),
        ({"gallery_labels": LABELS / 1}, "Found gallery_labels float64"),
        ({"names": ["a", "b"]}, "2 names of people"),
        ({"names": ["a", "b", "b"]}, "a different name"),
        ({"probe_label": 3}, "probe_label=3"),
        ({"z_gallery": Z[:-1]}, "Found z_gallery"),
        ({"z_gallery": broken(Z, (2, 1), np.nan)}, r"nan in z_gallery at \[2, 1\]"),
        ({"z_gallery": Z[0]}, "Found z_gallery"),
        ({"z_probe": Z}, "Found z_probe"),
        ({"z_probe": broken(F, 0, np.inf)}, "inf in z_probe"),
        ({"probe_mean": F[:-1]}, "Found probe_mean"),
        ({"temperature": 0}, "temperature=0"),
        ({"temperature": float("nan")}, "temperature=nan"),
        ({"answer": np.zeros(4)}, "Found log_probability"),
        ({"answer": np.zeros(3)}, "sum to 3"),
        ({"answer": np.full(3, np.nan)}, "sum to nan"),
        ({"answer": first_counts_most, "reads": np.ones((1, N)) / N}, "Found reads beside"),
        ({"answer": lambda order: None}, "an answer of type NoneType"),
        ({"answer": lambda order: first_counts_most([0])}, r"reads\[0\]"),
        ({"reads": np.ones((1, N))}, "sums"),
        ({"reads": broken(np.ones((1, N)) / N, (0, 1), np.nan)}, r"nan in reads\[0\]"),
        ({"gallery_images": np.repeat(IMAGES, 7, 0), "gallery_labels": np.repeat(LABELS, 7)}, "Found 42 cards"),
    ],
)
def test_mistakes_are_sentences(changes, sentence):
    with pytest.raises(ReidError, match=sentence):
        table(**changes)
