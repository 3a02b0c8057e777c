"""`cards_answer`: the whole table is the episode, fewer cards are a smaller episode, other orders matter to an LSTM."""

import numpy as np
import pytest
import torch

from reidlib.arm.cards import cards_answer
from reidlib.arm.episodes import Episodes
from reidlib.arm.systems import system
from reidlib.errors import ReidError


def network(name):
    found = system(name).on_features(8, neck=False).network(0)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():  # encoders that start at zero would hide what context does
        for parameter in (*found.gallery.parameters(), *found.probe.parameters()):
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.4)
    return found.eval()


def episodes(labels=((0, 1, 2, 2, -1),)):
    labels = torch.tensor(labels)
    mask, camids = labels >= 0, torch.ones_like(labels)
    probes = torch.tensor([[5, 6]])
    return Episodes(torch.arange(5)[None], mask, labels, camids, camids, probes, torch.tensor([[True, False]]),
                    torch.tensor([[1, -1]]), torch.zeros_like(probes), torch.zeros_like(probes), 3)


Z = torch.randn(7, 8, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("name", ["arm", "fce", "matching"])
def test_all_cards_give_what_the_episode_gives(name):
    arm, drawn = network(name), episodes()
    whole = arm.match(Z[drawn.gallery], Z[drawn.probes], drawn)
    found = cards_answer(arm, Z, drawn)([0, 1, 2, 3])
    np.testing.assert_allclose(found["log_probability"], whole.log_probability[0, 0].detach(), atol=1e-5)
    assert len(found["reads"]) == len(whole.attention)
    for mine, theirs in zip(found["reads"], whole.attention, strict=True):
        np.testing.assert_allclose(mine, theirs[0, 0, :4].detach(), atol=1e-6)


def test_a_card_taken_away_is_gone_from_everything():
    arm, drawn = network("arm"), episodes()
    found = cards_answer(arm, Z, drawn)([2, 1])
    smaller = episodes(((-1, 1, 2, -1, -1),))  # the same two, the others as padding
    whole = arm.match(Z[drawn.gallery], Z[drawn.probes], smaller)
    np.testing.assert_allclose(found["log_probability"], whole.log_probability[0, 0].detach(), atol=1e-5)
    np.testing.assert_allclose(found["reads"][0], whole.attention[0][0, 0, [2, 1]].detach(), atol=1e-6)
    assert found["log_probability"][0] == -np.inf
    assert np.exp(found["log_probability"]).sum() == pytest.approx(1)


def test_the_order_of_the_cards_moves_the_bilstm_and_not_attention():
    moved = {}
    for name in ("arm", "fce"):
        answer = cards_answer(network(name), Z, episodes())
        moved[name] = np.abs(answer([0, 1, 2, 3])["log_probability"] - answer([3, 2, 1, 0])["log_probability"]).max()
    assert moved["arm"] < 1e-5 < 1e-3 < moved["fce"]


def test_padding_and_empty_tables_are_refused():
    answer = cards_answer(network("arm"), Z, episodes())
    for cards in ([], [4], [0, 4]):
        with pytest.raises(ReidError, match="Found the cards"):
            answer(cards)
    with pytest.raises(ReidError, match="masked"):
        cards_answer(network("arm"), Z, episodes(), q=1)
