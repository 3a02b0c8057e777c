"""Answers to 03.3, standardising each frame."""

import torch
from stored_answers import right, wrong

KEY = "03.3"


@right(KEY)
def by_loops(planes):
    result = torch.zeros_like(planes)
    for t, frame in enumerate(planes):
        for c, plane in enumerate(frame):
            if plane.max() > plane.min():
                result[t, c] = (plane - plane.mean()) / plane.std()
    return result


@right(KEY)
def with_the_population_deviation(planes):
    centred = planes - planes.mean(dim=(2, 3), keepdim=True)
    return centred / centred.square().mean(dim=(2, 3), keepdim=True).sqrt().clamp_min(1e-3)


@wrong(KEY, "0 / 0 is no number", "non-finite")
def divided_by_zero(planes):
    return (planes - planes.mean((2, 3), keepdim=True)) / planes.std((2, 3), keepdim=True)


@wrong(KEY, "over all channels of a frame", "value")
def frame_by_frame(planes):
    flat = planes.flatten(1)
    return ((flat - flat.mean(1, True)) / flat.std(1, keepdim=True)).view_as(planes)


@wrong(KEY, "over all frames", "value")
def channel_by_channel(planes):
    axes = (0, 2, 3)
    return (planes - planes.mean(axes, keepdim=True)) / planes.std(axes, keepdim=True)


@wrong(KEY, "for everything", "value")
def all_at_once(planes):
    return (planes - planes.mean()) / planes.std()


@wrong(KEY, "divide by the variance", "value")
def by_the_variance(planes):
    variance = planes.var((2, 3), keepdim=True).clamp_min(1e-8)
    return (planes - planes.mean((2, 3), keepdim=True)) / variance


@wrong(KEY, "root of the deviation", "value")
def root_twice(planes):
    std = planes.std((2, 3), keepdim=True).clamp_min(1e-4)
    return (planes - planes.mean((2, 3), keepdim=True)) / std.sqrt()


@wrong(KEY, "The division is missing", "value")
def centred_only(planes):
    return planes - planes.mean((2, 3), keepdim=True)


@wrong(KEY, "changed its input `planes`", "input")
def in_place(planes):
    planes -= planes.mean((2, 3), keepdim=True)
    return planes / planes.std((2, 3), keepdim=True).clamp_min(1e-4)
