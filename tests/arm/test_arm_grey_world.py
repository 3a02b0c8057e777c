"""Grey-world gains against numpy: each image by itself, one gain for a gallery, the known tint of a probe's camera."""

from types import SimpleNamespace

import numpy as np
import torch

from reidlib.arm.baselines import grey_gains, grey_world, grey_world_gallery, mean_colour, with_gains
from reidlib.arm.greyed import Greyed
from reidlib.arm.items import Items


def pictures(*lead, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).uniform(-0.9, 0.5, (*lead, 3, 4, 2)))


def test_grey_world_makes_the_channels_of_each_image_equal_and_keeps_their_level():
    x = pictures(2, 3)
    out = grey_world(x)
    light, before = mean_colour(out).numpy(), mean_colour(x).numpy()
    for b in range(2):
        for i in range(3):
            level = sum(((x[b, i, c].numpy() + 1) / 2).mean() for c in range(3)) / 3
            np.testing.assert_allclose(light[b, i], level)
            gain = level / before[b, i, 1]
            np.testing.assert_allclose(out[b, i, 1].numpy(), ((x[b, i, 1].numpy() + 1) / 2 * gain) * 2 - 1)
    tint = torch.tensor([0.5, 0.9, 0.7], dtype=x.dtype)  # another tint of the same light: the same up to its level
    tinted = grey_world(with_gains(x, tint))
    ratio = mean_colour(tinted) / mean_colour(out)
    torch.testing.assert_close(with_gains(out, ratio), tinted)


def test_one_gain_for_the_gallery_keeps_who_is_redder_than_whom():
    x, probes = pictures(2, 4), pictures(2, 3, seed=1)
    mask = torch.tensor([[True, True, False, True], [True, True, True, True]])
    g, p = grey_world_gallery(x, probes, mask)
    for b in range(2):
        real = [i for i in range(4) if mask[b, i]]
        colour = np.mean([((x[b, i].numpy() + 1) / 2).mean((1, 2)) for i in real], axis=0)
        for i in real:
            wanted = ((x[b, i].numpy() + 1) / 2 * (colour.mean() / colour)[:, None, None]) * 2 - 1
            np.testing.assert_allclose(g[b, i].numpy(), wanted)
    assert (g[0, 2] == -1).all()
    torch.testing.assert_close(p, grey_world(probes))
    ours, each = mean_colour(g)[1], mean_colour(grey_world(x))[1]
    assert (ours[:, 0] / ours[:, 1]).std() > 0.01  # redness still differs
    assert (each[:, 0] / each[:, 1]).std() < 1e-12  # here it is gone


def test_known_gains_of_the_probe_s_camera_undo_its_tint():
    people, mask = pictures(1, 30), torch.ones(1, 30, dtype=torch.bool)
    tints = torch.tensor([[0.4, 0.8, 0.9], [0.9, 0.7, 0.3]], dtype=people.dtype)
    gallery, probes = with_gains(people, tints[0]), with_gains(people, tints[1])
    training = with_gains(pictures(1, 400, seed=9), tints[1])
    gains = grey_gains(mean_colour(training).mean((0, 1)))
    g, p = grey_world_gallery(gallery, probes, mask, probe_gains=gains)

    def ranked(g, p):  # the nearest picture, each with its level taken off
        flat = [(x[0].flatten(1) + 1) / (x[0].flatten(1) + 1).mean() for x in (g, p)]
        return (torch.cdist(flat[1], flat[0]).argmin(-1) == torch.arange(30)).double().mean().item()

    assert ranked(gallery, probes) < 0.9
    assert ranked(g, p) == 1


def test_black_images_stay_finite():
    black = torch.full((1, 2, 3, 4, 2), -1.0, requires_grad=True)
    mask = torch.tensor([[False, False]])
    for out in (grey_world(black), *grey_world_gallery(black, black, mask)):
        assert (out == -1).all()
        assert torch.autograd.grad(out.sum(), black)[0].isfinite().all()


def test_a_greyed_source_gives_each_picture_by_itself_brought_to_grey():
    pictures = torch.rand(6, 3, 8, 4, generator=torch.Generator().manual_seed(1)) * 1.6 - 0.8
    numbers = np.arange(6)
    items = Items(numbers, numbers % 2, numbers * 0, "six", "hash")
    greyed = Greyed(SimpleNamespace(items=items, gather=lambda which: pictures[torch.as_tensor(which)]))
    assert greyed.items is items
    found = greyed.gather(torch.tensor([[4, 1], [1, 0]]))
    assert found.shape == (2, 2, 3, 8, 4)
    means = (found.double() + 1).mean((-2, -1))  # −1 is black
    assert (means.amax(-1) - means.amin(-1)).max() < 1e-6
    assert found[0, 1].equal(greyed.gather(torch.tensor([1]))[0])
    assert not found[0, 0].equal(pictures[4])
