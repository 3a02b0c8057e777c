"""Channels of a store's tracklets, against frame by frame without any column."""

import numpy as np
import pytest
import torch
from tiny_street import tiny_street

from reidlib.data.columns import ColumnWriter
from reidlib.data.transforms import CropFlip, resize_frames
from reidlib.errors import ReidError
from reidlib.flow.extract import tracklet_flow
from reidlib.flow.five_channels import MCLAUGHLIN, InputOptions, five_channels
from reidlib.ran.inputs import TrackletInputs

NUMBERS = np.array([2, 31, 2])
FRAMES = np.array([[0, 4, 16], [3, 3, 0], [16, 1, 2]])


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    """Starting a process takes longer than the flow of a tiny street."""
    monkeypatch.setattr("reidlib.data.workers.cores", lambda: 1)


def by_hand(store, number, frames, method="accurate", **options):
    """(1, T, 5, 56, 40) of one tracklet, from its full frames."""
    tracklet = store[number]
    small = torch.from_numpy(resize_frames(tracklet.frames)[frames]).movedim(-1, 1)
    flow = torch.from_numpy(tracklet_flow(tracklet.frames, method)[frames])
    return five_channels(small[None], flow[None], **options)


def test_channels_are_those_of_the_frames_and_their_flow(street, inputs):
    result = inputs.channels(NUMBERS, FRAMES)
    assert result.shape == (3, 3, 5, 56, 40)
    assert result.dtype == torch.float32
    for each, number, frames in zip(result, NUMBERS, FRAMES, strict=True):
        assert torch.equal(each, by_hand(street, number, frames)[0])
    assert not torch.equal(result[0], result[2])  # the same tracklet, other frames


def test_each_tracklet_has_its_own_crop_and_flip(street, inputs):
    draw = CropFlip(np.array([0, 8, 5]), np.array([8, 1, 0]), np.array([True, False, True]), (56, 40))
    result = inputs.channels(NUMBERS, FRAMES, draw)
    for b in range(3):
        one = CropFlip(draw.top[b:b + 1], draw.left[b:b + 1], draw.flip[b:b + 1], draw.crop)
        assert torch.equal(result[b:b + 1], by_hand(street, NUMBERS[b], FRAMES[b], draw=one))


@pytest.mark.parametrize(("options", "flow"), [
    (MCLAUGHLIN, "mclaughlin"), (InputOptions(channels="colour"), "accurate"), (InputOptions(), "single_scale"),
])
def test_options_and_flow_reach_the_channels(street, options, flow):
    result = TrackletInputs(street, options, flow).channels(NUMBERS[:1], FRAMES[:1])
    assert torch.equal(result, by_hand(street, NUMBERS[0], FRAMES[0], flow, options=options))
    if flow != "accurate":
        assert not torch.equal(result[:, :, 3:], by_hand(street, NUMBERS[0], FRAMES[0], options=options)[:, :, 3:])


def with_column(store, name, shape, value):
    with ColumnWriter(store, name, "float32", shape) as writer:
        for length in store.lengths.tolist():
            writer.append(np.full((length, *shape), value, np.float32))
        writer.finish()


def test_a_column_of_the_store_serves_as_flow(tmp_path):
    store = tiny_street(tmp_path / "s", persons=2)
    with_column(store, "known", (2, 64, 48), 1.5)
    result = TrackletInputs(store, flow="known").channels(np.array([1]), np.array([[0, 3]]))
    assert (result[:, :, 3:] == 1.5 / 4).all()
    with_column(store, "too_large", (2, 128, 64), 0)
    with pytest.raises(ReidError, match=r"\(\d+, 2, 128, 64\).*\(F, 2, 64, 48\)"):
        TrackletInputs(store, flow="too_large")


def test_columns_are_made_once_and_heard_of(tmp_path):
    store = tiny_street(tmp_path / "s", persons=2, size=(96, 72))
    heard = []
    first = TrackletInputs(store, flow="fast", progress=lambda *each: heard.append(each))
    assert [done for what, done, _ in heard if what == "small frames"] == [1, 2, 3, 4]
    assert [done for what, done, _ in heard if what == "flow"] == [1, 2, 3, 4]
    assert {total for *_, total in heard} == {4}
    assert store.derived == ["flow_fast", "frames_64x48"]
    heard.clear()
    again = TrackletInputs(store, flow="fast", progress=lambda *each: heard.append(each))
    assert heard == []
    at = np.array([1]), np.array([[2, 0]])
    assert torch.equal(first.channels(*at), again.channels(*at))


def test_frames_of_that_size_are_not_copied(tmp_path):
    store = tiny_street(tmp_path / "s", persons=1, size=(64, 48))
    assert TrackletInputs(store).frames is store.frames
    assert store.derived == ["flow"]


def test_facts_name_the_very_data(street, inputs):
    assert inputs.facts == {"data": "tiny", "data_version": "1", "data_hash": street.hash, "flow": inputs.flow_name}


@pytest.mark.parametrize(("options", "sentence"), [
    ({"flow": "farneback"}, "method 'farneback'"),
    ({"device": "tpu"}, "device 'tpu', which torch cannot use.*--device"),
])
def test_what_does_not_exist_is_named(street, options, sentence):
    before = street.derived
    with pytest.raises(ReidError, match=sentence):
        TrackletInputs(street, **options)
    assert street.derived == before


@pytest.mark.gpu
def test_the_gpu_sees_the_same_channels(street, inputs):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    there = TrackletInputs(street, device="cuda").channels(NUMBERS, FRAMES)
    assert there.is_cuda
    torch.testing.assert_close(there.cpu(), inputs.channels(NUMBERS, FRAMES), rtol=0, atol=1e-4)
