"""The branch: frames through the CNN, tracklets through the head, pairs with every frame computed once."""

import pytest
import torch
from torch import nn

from reidlib.errors import ReidError
from reidlib.ran.attention import weighted_mean
from reidlib.ran.frame_cnn import FrameCNN
from reidlib.ran.heads.head import Head, Pooled
from reidlib.ran.network import Network


class NormMean(Head):
    """Frames weigh by their length: a head with attention, without parameters."""

    def pool(self, frame_features, mask):
        logits = frame_features.norm(dim=-1)
        return Pooled(weighted_mean(logits * mask, frame_features), (logits * mask,), (logits,))


class Crossed(Head):
    """Each side is the mean of its own frames plus ten times the mean of the other's."""

    pooling = "pair"

    def forward_pair(self, first, second, first_mask=None, second_mask=None):
        own = []
        for each, mask in ((first, first_mask), (second, second_mask)):
            weights = each.new_ones(each.shape[:2]) if mask is None else mask.to(each)
            own.append(weighted_mean(weights, each))
        return Pooled(own[0] + 10 * own[1]), Pooled(own[1] + 10 * own[0])


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def made(head=None, **options):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Network(FrameCNN(features=6, hidden=8, **options), NormMean() if head is None else head).eval()


def lengths_mask(lengths, T):
    return torch.arange(T) < torch.tensor(lengths)[:, None]


def test_the_branch_is_the_loop_over_tracklets_and_frames():
    network, channels, mask = made(), drawn(3, 4, 5, 56, 40), lengths_mask([4, 1, 3], 4)
    pooled = network(channels, mask)
    assert pooled.video_feature.shape == (3, 6)
    for b, T in enumerate([4, 1, 3]):
        x = torch.cat([network.frame_cnn(channels[b, t:t + 1]) for t in range(T)])
        torch.testing.assert_close(network.frame_features(channels)[b, :T], x, rtol=1e-4, atol=1e-5)
        weights = x.norm(dim=1)
        f = (weights[:, None] * x).sum(0) / weights.sum()
        torch.testing.assert_close(pooled.video_feature[b], f / f.norm(), rtol=1e-4, atol=1e-5)


def test_masked_frames_may_hold_anything_and_give_no_gradient():
    network, channels, mask = made(), drawn(2, 4, 5, 56, 40), lengths_mask([4, 2], 4)
    clean = network(channels, mask).video_feature
    channels[1, 2:] = float("nan")
    channels.requires_grad_()
    f = network(channels, mask).video_feature
    assert torch.equal(f, clean)
    f.square().sum().backward()
    assert (channels.grad[1, 2:] == 0).all()
    assert channels.grad[1, :2].abs().sum() > 0
    assert all(each.grad.isfinite().all() for each in network.parameters())
    assert network(channels[:, :, :], None).video_feature[1].isnan().all()  # without the mask they do count


def test_a_frozen_trunk_takes_features():
    network = Network(nn.Identity(), NormMean(), features=6)
    x, mask = drawn(3, 4, 6), lengths_mask([4, 2, 1], 4)
    torch.testing.assert_close(network(x, mask).video_feature, NormMean()(x, mask).video_feature)
    assert network.features_out == 6


def test_pairs_gather_what_each_tracklet_gives_alone_and_every_frame_is_computed_once():
    network, channels, mask = made(), drawn(3, 2, 5, 56, 40), lengths_mask([2, 1, 2], 2)
    counted = []
    network.frame_cnn.register_forward_hook(lambda module, inputs, output: counted.append(len(output)))
    first, second = torch.tensor([0, 0, 1, 2]), torch.tensor([1, 2, 2, 0])
    sides = network.pair(channels, mask, first, second)
    assert counted == [6]
    alone = network(channels, mask)
    for side, index in zip(sides, (first, second), strict=True):
        torch.testing.assert_close(side.video_feature, alone.video_feature[index])
        torch.testing.assert_close(side.attention[0], alone.attention[0][index])
        torch.testing.assert_close(side.attention_logits[0], alone.attention_logits[0][index])


@pytest.mark.parametrize("masked", [True, False])
def test_heads_that_look_at_the_other_side_get_both_sides(masked):
    network, channels = made(Crossed()), drawn(3, 2, 5, 56, 40)
    mask = lengths_mask([2, 1, 2], 2) if masked else None
    counted = []
    network.frame_cnn.register_forward_hook(lambda module, inputs, output: counted.append(len(output)))
    first, second = torch.tensor([0, 1]), torch.tensor([1, 2])
    sides = network.pair(channels, mask, first, second)
    assert counted == [6]
    x = network.frame_features(channels)
    means = torch.stack([x[0].mean(0), x[1, :1].mean(0) if masked else x[1].mean(0), x[2].mean(0)])
    torch.testing.assert_close(sides[0].video_feature, means[first] + 10 * means[second])
    torch.testing.assert_close(sides[1].video_feature, means[second] + 10 * means[first])


def test_the_head_may_change_the_size():
    head = NormMean()
    assert made(head).features_out == 6
    head.features_out = 512
    assert made(head).features_out == 512


def test_bad_parts_are_refused():
    with pytest.raises(ReidError, match="features=128"):
        Network(nn.Identity(), NormMean())
    network = made()
    with pytest.raises(ReidError, match=r"channels\[None\]"):
        network(drawn(4, 6))
    with pytest.raises(ReidError, match=r"bool \(2, 3\)"):
        network(drawn(2, 3, 5, 56, 40), torch.ones(2, 4, dtype=torch.bool))
    with pytest.raises(ReidError, match="float32"):
        network(drawn(2, 3, 5, 56, 40), torch.ones(2, 3))
