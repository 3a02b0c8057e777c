"""Networks whose context changes much, galleries with distractors and junk, and answers worked out one by one."""

import numpy as np
import torch

from reidlib.arm.context import distances_in_context
from reidlib.arm.systems import System

D, P, G = 8, 300, 60  # more probes than are judged at a time
FORMS = {
    "arm": ("view", "attlstm", {}), "hidden": ("view", "attlstm", {"mask_same_camera": True}),
    "sab": ("sab", "cross", {}), "split": ("split", "none", {}), "bilstm": ("bilstm", "attlstm", {}),
}  # fmt: skip


def built(form, scale=0.4):
    """A network in float64, all parameters drawn, so that context changes much."""
    gallery, probe, options = FORMS[form]
    system = System(form, gallery, probe, probe_options=options).on_features(D, neck=False)
    network = system.network(0).double().eval()
    rng = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in [*network.gallery.parameters(), *network.probe.parameters()]:
            parameter.add_(scale * torch.randn(parameter.shape, generator=rng, dtype=parameter.dtype))
    return network


def plain():
    return System("matching", "none", "none").on_features(D, neck=False).network(0).eval()


def data(seed=0, probes=P, gallery=G):
    """Keyword arguments of `rank_in_context`: identities 1 … 15, distractors (0 and 99), junk (−1), 3 cameras."""
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(100, D))
    probe_pids = rng.integers(1, 16, probes)
    gallery_pids = rng.permutation(np.resize([*range(1, 16), 0, 0, 99, -1, -1], gallery))
    return {
        "probe_z": means[probe_pids] + rng.normal(size=(probes, D)),
        "gallery_z": means[gallery_pids] + rng.normal(size=(gallery, D)),
        "probe_pids": probe_pids, "gallery_pids": gallery_pids,
        "probe_camids": rng.integers(0, 3, probes), "gallery_camids": rng.integers(0, 3, gallery),
    }  # fmt: skip


def told(given):
    """The same without labels, as the functions below take it."""
    return {name: value for name, value in given.items() if not name.endswith("pids")}


def whole(network, given, **options):
    parts = list(distances_in_context(network, **told(given), **options))
    assert [rows.start for rows, _ in parts] == list(range(0, len(given["probe_z"]), 256))
    return np.concatenate([distance for _, distance in parts])


def same(one, other):
    for name in ("first_ranks", "average_precisions", "inverse_negative_penalties", "cmc"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    return one.summary() == other.summary()


def minus_cos(f, g):
    f, g = (x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (f, g))
    return -f @ np.swapaxes(g, -1, -2)


def without_junk(given):
    kept = given["gallery_pids"] != -1
    return {name: value[kept] if name.startswith("gallery") else value for name, value in given.items()}


def alone(network, z, g, given, p, items):
    """cos(f, g) of one probe and some items, by the network itself."""
    camids = torch.from_numpy(given["gallery_camids"][items])[None]
    mask = torch.ones_like(camids, dtype=torch.bool)
    with torch.no_grad():
        g = network.encode(torch.from_numpy(g[items])[None], mask, camids)
        f = network.read(torch.from_numpy(z[p])[None, None], g, mask, camids,
                         torch.from_numpy(given["probe_camids"][p:p + 1])[None]).f
    return minus_cos(f[0].numpy(), g[0].numpy())[0]
