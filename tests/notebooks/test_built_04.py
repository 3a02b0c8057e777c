"""Notebook 04: Eq. 1 and 2 as the notebook writes them are the library's head, mask and all."""

from __future__ import annotations

import test_built_equals_library as helper
import torch

from reidlib.ran.heads import make_head
from reidlib.training.seeded import seeded


def _frame_attention():
    built = helper.built("04_frame_attention", "frame_attention")["frame_attention"]
    built.__globals__["torch"] = torch
    return built


def _case(seed, D=12):
    generator = torch.Generator().manual_seed(seed)
    with seeded("test_built_04", seed):
        head = make_head("ran", D, R=0, normalise="none", unit=False, bias=True)
    with torch.no_grad():
        head.score.bias.fill_(0.4)
    x = torch.randn(4, 9, D, generator=generator)
    mask = torch.arange(9) < torch.randint(1, 10, (4, 1), generator=generator)
    return head, x, mask


def test_frame_attention_is_the_head_without_refinement():
    built = _frame_attention()
    for seed in range(5):
        head, x, mask = _case(seed)
        f, attention = built(x, head.score.weight, head.score.bias, mask)
        expected = head(x, mask)
        torch.testing.assert_close(f, expected.video_feature)
        torch.testing.assert_close(attention, expected.attention[0])


def test_what_stands_in_the_padding_does_not_count():
    built = _frame_attention()
    head, x, mask = _case(7)
    spoiled = torch.where(mask[..., None], x, torch.nan)
    clean, _ = built(x, head.score.weight, head.score.bias, mask)
    f, attention = built(spoiled, head.score.weight, head.score.bias, mask)
    torch.testing.assert_close(f, clean)
    assert not attention[~mask].any()
    # The control: without the mask it does count.
    assert not torch.allclose(built(x, head.score.weight, head.score.bias, torch.ones_like(mask))[0], clean)
