"""Answers to 09.3, cosines without the means."""

import torch
from stored_answers import right, wrong
from torch.nn.functional import cosine_similarity, normalize

KEY = "09.3"


@right(KEY)
def by_torch(gallery, probe, probe_mean):
    return cosine_similarity(gallery - gallery.mean(0), (probe - probe_mean)[None], dim=1)


@right(KEY)
def by_hand(gallery, probe, probe_mean):
    g, p = gallery - gallery.mean(0, keepdim=True), probe - probe_mean
    return torch.stack([each @ p / (each @ each).sqrt() / (p @ p).sqrt() for each in g])


@wrong(KEY, "Nothing was taken off", "value")
def plain(gallery, probe, probe_mean):
    return cosine_similarity(gallery, probe[None])


@wrong(KEY, "The probe keeps its camera's mean", "value")
def gallery_only(gallery, probe, probe_mean):
    return cosine_similarity(gallery - gallery.mean(0), probe[None])


@wrong(KEY, "The gallery keeps its mean", "value")
def probe_only(gallery, probe, probe_mean):
    return cosine_similarity(gallery, (probe - probe_mean)[None])


@wrong(KEY, "belongs to another camera", "value")
def one_mean_for_both(gallery, probe, probe_mean):
    return cosine_similarity(gallery - gallery.mean(0), (probe - gallery.mean(0))[None])


@wrong(KEY, "over its n items", "value")
def wrong_axis(gallery, probe, probe_mean):
    return cosine_similarity(gallery - gallery.mean(1, keepdim=True), (probe - probe_mean)[None])


@wrong(KEY, "divide by both lengths", "value")
def inner_products(gallery, probe, probe_mean):
    return (gallery - gallery.mean(0)) @ (probe - probe_mean)


@wrong(KEY, "First the means, then the lengths", "value")
def lengths_first(gallery, probe, probe_mean):
    unit = normalize(gallery, dim=1)
    return cosine_similarity(unit - unit.mean(0), (normalize(probe, dim=0) - probe_mean)[None])


@wrong(KEY, "changed its input `gallery`", "input")
def in_place(gallery, probe, probe_mean):
    gallery -= gallery.mean(0)
    return cosine_similarity(gallery, (probe - probe_mean)[None])
