"""What notebook 03 builds is the frame CNN of the library."""

from __future__ import annotations

import pytest
import torch
from test_built_equals_library import built
from torch.nn.functional import conv2d, max_pool2d

from reidlib.course.definition import find
from reidlib.ran.frame_cnn import FILTERS, FRAME, KERNEL, PADDING, POOL, FrameCNN, receptive_fields
from reidlib.training.seeded import seeded

NOTEBOOK = "03_frame_features"


def _cnn(seed: int, **options) -> FrameCNN:
    with seeded("built 03", seed):
        return FrameCNN(**options)


def _built(*names: str) -> dict:
    functions = built(NOTEBOOK, *names)
    for function in functions.values():
        function.__globals__.update(torch=torch, max_pool2d=max_pool2d, unfold=torch.nn.functional.unfold)
    return functions


@pytest.mark.parametrize("init", ["he", "torch"])
def test_stage_and_frame_feature(init):
    cnn, generator = _cnn(1, features=16, init=init), torch.Generator().manual_seed(2)
    frames = torch.randn(3, *FRAME, generator=generator)
    mine = _built("stage", "frame_feature")
    with torch.no_grad():
        maps = frames
        for convolution, of_library in zip(cnn.convolutions, cnn.maps(frames), strict=True):
            maps = mine["stage"](maps, convolution.weight, convolution.bias)
            torch.testing.assert_close(maps, of_library, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(mine["frame_feature"](frames, cnn), cnn(frames), rtol=1e-4, atol=1e-4)
        # And without the padding of 4 it would be another network.
        first = cnn.convolutions[0]
        assert max_pool2d(conv2d(frames, first.weight, first.bias), POOL).shape != cnn.maps(frames)[0].shape


def test_parameters_by_formula():
    parameters, cnn = _built("parameters")["parameters"], _cnn(0)
    for layer in cnn.convolutions:
        mine = parameters(layer.in_channels, layer.out_channels, KERNEL)
        assert mine == sum(each.numel() for each in layer.parameters())
    for layer in (cnn.hidden, cnn.last):
        assert parameters(layer.in_features, layer.out_features) == sum(each.numel() for each in layer.parameters())


def test_the_exercises_know_the_librarys_network():
    field, size, shape = find("03.1").reference, find("03.2").reference, FRAME[1:]
    maps = _cnn(0).maps(torch.zeros(1, *FRAME))
    for k in range(len(FILTERS)):
        assert field([KERNEL, POOL] * (k + 1), [1, POOL] * (k + 1)) == receptive_fields()[k].size
        shape = size(*shape, KERNEL, PADDING, POOL)
        assert shape == tuple(maps[k].shape[2:])
