"""Rivals by name against loops of numpy, on the very episodes of the network; what each should and should not mend."""

import numpy as np
import pytest
import torch
from tiny_people import clouds

from reidlib.arm.episodes import EpisodeSampler
from reidlib.arm.evaluate import episodic
from reidlib.arm.rivals import best_image, rivals
from reidlib.errors import ReidError

SOURCE = clouds(30, images=3, cameras=3)
KNOWN = np.arange(15)  # training people
HERE = np.isin(SOURCE.items.pids, KNOWN)
Z, CAMS = SOURCE.feats[torch.from_numpy(HERE)], SOURCE.items.camids[HERE]


def drawn(**options):
    chosen = {"ways": 6, "shots": 2, "probes": 2, "episodes": 4, "distractors": 1, "on_short": "ragged"} | options
    return EpisodeSampler(SOURCE.items, np.arange(15, 30), **chosen).draw(0)


def camera_mean(camid):
    z = Z.double().numpy()
    return z[camid == CAMS].mean(0) if camid in CAMS else z.mean(0)


def moved(kind, gallery, probe, gallery_cams, probe_cam):
    """Both sides of one probe, without their shifts."""
    if kind == "plain":
        return gallery, probe
    if kind == "centred":
        return gallery - gallery.mean(0), probe - camera_mean(probe_cam)
    if kind == "own means":
        return gallery - np.stack([camera_mean(c) for c in gallery_cams]), probe - camera_mean(probe_cam)
    if kind == "z-scored":
        spread = Z.double().numpy().std(0, ddof=1)
        squares = ((gallery - gallery.mean(0)) ** 2).sum(0)
        own = np.sqrt((squares + 8 * spread**2) / (len(gallery) + 8))  # as if 8 training items were in the gallery
        return (gallery - gallery.mean(0)) / own, (probe - camera_mean(probe_cam)) / spread
    shifts = {c: gallery[gallery_cams == c].mean(0) for c in set(gallery_cams.tolist())}
    away = np.stack([shifts[c] for c in gallery_cams])
    return gallery - away, probe - shifts.get(probe_cam, gallery.mean(0))


def loops(name, episodes):
    """(B, Q, classes) by loops over episodes and probes."""
    kind, _, metric = name.rpartition(" ")
    kind = kind or "plain"
    z = SOURCE.feats.double().numpy()
    classes = max(episodes.ways, episodes.gallery.shape[1])
    found = np.full((*episodes.probes.shape, classes), -np.inf)
    for b in range(len(found)):
        real = episodes.gallery_mask[b].numpy()
        gallery, labels = z[episodes.gallery[b].numpy()[real]], episodes.gallery_labels[b].numpy()[real]
        cams = episodes.gallery_camids[b].numpy()[real]
        for q in range(found.shape[1]):
            g, p = moved(kind, gallery, z[int(episodes.probes[b, q])], cams, int(episodes.probe_camids[b, q]))
            for y in set(labels.tolist()):
                if metric == "prototypes":
                    found[b, q, y] = -np.sum((p - g[labels == y].mean(0)) ** 2)
                elif metric == "euclidean":
                    found[b, q, y] = max(-np.sum((p - g[labels == y]) ** 2, 1))
                else:
                    found[b, q, y] = max(g[labels == y] @ p / np.linalg.norm(g[labels == y], axis=1)
                                         / np.linalg.norm(p))
    return found


NAMES = [f"{kind}{metric}" for kind in ("", "centred ", "own means ", "z-scored ", "camera-centred ")
         for metric in ("cosine", "euclidean")] + ["prototypes", "centred prototypes"]


@pytest.mark.parametrize("mode", ["pair", "any"])
@pytest.mark.parametrize("name", NAMES)
def test_each_is_what_its_name_says(name, mode):
    episodes = drawn(mode=mode, shots=3)
    answer = rivals(Z, torch.from_numpy(CAMS))[name]
    z = SOURCE.feats
    scores = answer(z[episodes.gallery], z[episodes.probes], episodes).numpy()
    expected = loops(name, episodes)
    assert np.array_equal(np.isinf(scores), np.isinf(expected))
    np.testing.assert_allclose(scores, expected, rtol=2e-3, atol=2e-3)


def test_all_of_them_are_told_and_none_is_the_same_as_another():
    episodes = drawn(mode="any")
    answers = rivals(Z, torch.from_numpy(CAMS))
    assert sorted(answers) == sorted(NAMES)
    z = SOURCE.feats
    scores = [answer(z[episodes.gallery], z[episodes.probes], episodes)[..., :6] for answer in answers.values()]
    assert not any(torch.allclose(scores[a], scores[b]) for a in range(len(scores)) for b in range(a))


def test_a_probe_is_judged_alone():
    episodes = drawn()
    z = SOURCE.feats
    for answer in rivals(Z, torch.from_numpy(CAMS)).values():
        whole = answer(z[episodes.gallery], z[episodes.probes], episodes)
        alone = episodes._replace(**{key: getattr(episodes, key)[:, 3:4] for key in episodes._fields
                                     if key.startswith("probe")})
        torch.testing.assert_close(answer(z[alone.gallery], z[alone.probes], alone), whole[:, 3:4])


def test_what_stands_at_padding_changes_nothing():
    episodes = drawn(shots=3)
    mask = episodes.gallery_mask.clone()
    mask[:, -4:] = False
    labels = episodes.gallery_labels.masked_fill(~mask, -1)
    hidden = episodes._replace(gallery_mask=mask, gallery_labels=labels)
    z = SOURCE.feats
    gallery = z[episodes.gallery]
    junk = gallery.clone()
    junk[~mask] = torch.nan
    for name, answer in rivals(Z, torch.from_numpy(CAMS)).items():
        clean, dirty = (answer(each, z[episodes.probes], hidden) for each in (gallery, junk))
        assert torch.equal(clean, dirty), name


def test_a_shift_of_one_camera_is_what_means_take_away():
    """Camera 1 adds a constant: plain ranking falls, rivals that know camera means do not."""
    shift = 8 * torch.nn.functional.one_hot(torch.tensor(2), 8)
    z = SOURCE.feats + shift * torch.from_numpy(SOURCE.items.camids == 1)[:, None]
    sampler = EpisodeSampler(SOURCE.items, np.arange(15, 30), ways=8, shots=1, episodes=20)
    answers = rivals(z[torch.from_numpy(HERE)], torch.from_numpy(CAMS))
    share = {name: each.rank_1.mean() for name, each in episodic(answers, z, sampler, 100).items()}
    plain = {name: each.rank_1.mean() for name, each in episodic(rivals(Z, torch.from_numpy(CAMS)), SOURCE.feats,
                                                                 sampler, 100).items()}
    assert share["cosine"] < plain["cosine"] - 0.2
    assert share["own means cosine"] == pytest.approx(plain["own means cosine"], abs=0.01)
    assert share["centred euclidean"] > share["euclidean"] + 0.2


def test_a_camera_that_training_never_saw_gets_the_mean_of_all():
    episodes = drawn()
    far = episodes._replace(probe_camids=torch.full_like(episodes.probe_camids, 9))
    answer = rivals(Z, torch.from_numpy(CAMS))["own means cosine"]
    z = SOURCE.feats
    found = answer(z[far.gallery], z[far.probes], far).numpy()
    np.testing.assert_allclose(found, loops("own means cosine", far), rtol=2e-3, atol=2e-3)


def test_the_best_image_of_an_identity_by_hand():
    episodes = drawn(ways=2, distractors=0, episodes=1, shots=2, probes=1)
    episodes = episodes._replace(gallery_labels=torch.tensor([[0, 1, 1, 0]]),
                                 gallery_mask=torch.tensor([[True, True, True, False]]))
    found = best_image(torch.tensor([[[3.0, 1.0, 2.0, 9.0]] * 2]), episodes)
    assert found.tolist() == [[[3.0, 2.0, -np.inf, -np.inf]] * 2]


@pytest.mark.parametrize(("z", "camids"), [(Z[:0], CAMS[:0]), (Z[:1], CAMS[:1]), (Z, CAMS[:3]), (Z[0], CAMS)])
def test_too_little_to_know_is_a_sentence(z, camids):
    with pytest.raises(ReidError, match=r"of training people.*m of 2 or more"):
        rivals(z, torch.from_numpy(camids))
