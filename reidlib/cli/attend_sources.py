"""Where `reidlib attend` finds frames and weights: a folder of images, a tracklet of a store, an .npz."""

from __future__ import annotations

import shlex
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from reidlib.cli.wanted import tracklet_of
from reidlib.data.cache import cached_stores
from reidlib.data.files import explain, kind_of, plain
from reidlib.data.images import SUFFIXES, read_picture
from reidlib.data.own.natural import natural
from reidlib.data.transforms import resize_frames
from reidlib.errors import ReidError

Progress = Callable[[str, int, int], None]
OWN = ("features", "gallery", "gallery_pids", "pid")
KEYS = ("frames", "attention", "visibility", *OWN)
RECIPE = "numpy.savez(FILE, frames=…, attention=…)"


@dataclass
class Source:
    """Arguments of `AttentionStrip`, a name, and what must be said beside the numbers."""

    name: str
    arrays: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # of what was asked for and cannot be shown


def read_source(source: str, checkpoint: Path | None, gallery: int, pooling: str, progress: Progress) -> Source:
    """Whatever the user named. ReidError where it is none of the three kinds."""
    path = Path(source)
    store, _, tracklet = source.rpartition(":")
    if path.suffix.lower() == ".npz":
        found = _from_npz(path, pooling)
    elif (kind := kind_of(path)) == "folder" and kind_of(path / "store.json") != "file":
        found = _from_folder(path)
    elif not kind and store and tracklet:
        return _from_store(store, tracklet, checkpoint, gallery, progress)
    else:
        raise _none_of_them(source, kind)
    if "attention" not in found.arrays:
        seen, note = _attended(found.arrays["frames"], checkpoint)
        found.arrays |= seen
        found.notes += note
    return found


def _none_of_them(source: str, kind: str) -> ReidError:
    """What the name stands for, where that is neither frames nor a tracklet nor an .npz."""
    from reidlib.flow.extract import find_store

    needed = "a folder of frames, STORE:TRACKLET, or an .npz file"
    path, name = Path(source), plain(source)
    if kind == "folder" or (not kind and source in {each for each, _ in cached_stores()}):
        count = len(find_store(source))
        return ReidError(f"Found the store {name} of {count} tracklets, and none of them named",
                         f"STORE:TRACKLET, a name or a number from 0 to {count - 1}",
                         f"type reidlib attend {shlex.quote(f'{name}:0')}")
    if not kind:
        return ReidError(f"Found nothing of that name: {name}", needed,
                         "type reidlib attend street-v1-small:0, or the path of a folder with frame001.jpg, …")
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return ReidError(f"Found a single picture: {name}", "the folder with all frames of a tracklet",
                         f"type reidlib attend {shlex.quote(plain(path.parent))}")
    todo = "open that page in a browser, or name what it shall be made from" if suffix in (".html", ".htm") else \
        "cut tracklets from a video with reidlib tracklets first, or save frames as frame001.jpg, … in a folder"
    return ReidError(f"Found a file of another kind: {name}", needed, todo)


def _from_folder(folder: Path) -> Source:
    try:
        files = [each for each in folder.iterdir() if each.is_file() and not each.name.startswith(".")]
    except OSError as error:
        raise ReidError(f"The folder {plain(folder)} cannot be read ({error.strerror})", "one that you may read",
                        "check its permissions") from error
    pictures = sorted((each for each in files if each.suffix.lower() in SUFFIXES), key=lambda path: natural(path.name))
    if not pictures:
        raise ReidError(f"Found no frame in {plain(folder)} ({len(files)} files of other kinds)",
                        "images .jpg, .jpeg or .png", "pass the folder of one tracklet")
    kinds = sorted({each.suffix.lower().replace("jpeg", "jpg") for each in files})
    if len(kinds) > 1:
        raise ReidError(f"Found files of several kinds in {plain(folder)}: {', '.join(map(plain, kinds))}",
                        "the frames of one tracklet, all of one kind, and nothing else",
                        "move the others (masks, notes, a second series) to another folder")
    frames = [read_picture(each) for each in pictures]
    sizes = {each.shape[:2] for each in frames}
    size = frames[0].shape[:2]
    source = Source(plain(folder.resolve().name), {})
    if len(sizes) > 1:
        frames = [resize_frames(each[None], size)[0] for each in frames]
        source.notes.append(f"frames of {len(sizes)} sizes were resized to that of the first, {size[0]}×{size[1]}")
    source.arrays["frames"] = np.stack(frames)
    return source


def _from_npz(path: Path, pooling: str) -> Source:
    if kind_of(path) != "file":
        raise ReidError(f"Found no file {plain(path)}", "an .npz file", f"write one with {RECIPE}")
    try:
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ReidError(f"{plain(path)} holds a single array", "an .npz with frames", f"write one with {RECIPE}")
        with archive:
            given = {key: archive[key] for key in KEYS if key in archive.files}
            keys = ", ".join(map(plain, archive.files)) or "none"
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, OSError) and error.errno:  # of the system; numpy's own have no number
            raise explain(error, path) from error
        raise ReidError(f"{plain(path)} cannot be read ({plain(error)})",
                        "an .npz of plain numbers, no pickled objects",
                        f"write it with {RECIPE}") from error
    if "frames" not in given:
        raise ReidError(f"{plain(path)} has the keys {keys} and lacks frames", ", ".join(KEYS), f"use {RECIPE}")
    alone = [key for key in OWN if key in given]
    if alone and "attention" not in given:
        raise ReidError(f"{plain(path)} has {', '.join(alone)} and no attention", "the attention that belongs to them",
                        "add it, or leave them out: then a network of RAN computes all of it")
    pids, pid = given.pop("gallery_pids", None), given.pop("pid", None)
    source = Source(plain(path.name), given)
    if "attention" in given:
        given["pooling"] = pooling
    if pids is not None:
        if "gallery" not in given or pids.shape != given["gallery"].shape[:1]:
            raise ReidError(f"{plain(path)} has gallery_pids of shape {pids.shape}", "one for each row of gallery",
                            "save both from the same list")
        given["gallery_names"] = [f"pid {each}" for each in pids]
        given["match"] = np.flatnonzero(pids == pid).tolist() if pid is not None else None
        if given["match"] == []:
            source.warnings.append(f"pid {pid} is not among the gallery_pids of {plain(path)}, so there is no match "
                                   "whose rank could move")
    return source


def _from_store(where: str, which: str, checkpoint: Path | None, size: int, progress: Progress) -> Source:
    store, number = tracklet_of(f"{where}:{which}")
    chosen = store[number]
    others = _others(store, number, size)
    saved = _network(checkpoint)
    pooled = []
    for done, k in enumerate([number, *others]):
        progress("tracklets", done, len(others) + 1)
        pooled.append(_pooled(saved, store[k].frames))
    arrays, notes = pooled[0].arrays, [saved.note]
    arrays |= {"frames": chosen.frames, "note": saved.note}
    if "visibility" in chosen.columns:
        arrays["visibility"] = np.asarray(chosen.columns["visibility"], np.float64)
    if others:
        arrays["gallery"] = np.stack([each.video_feature for each in pooled[1:]])
        arrays["gallery_names"] = [store.names[k] for k in others]
        arrays["gallery_frames"] = np.stack([store[k].frames[len(store[k].frames) // 2] for k in others])
        arrays["match"] = [i for i, k in enumerate(others) if store.pids[k] == chosen.pid]
        notes.append(f"a gallery of {len(others)} shows how ranks move; it is no benchmark")
    elif size:
        notes.append("the store has no tracklet of another camera, so nothing is ranked")
    return Source(f"{store.name} {plain(chosen.name)}", arrays, notes)


def _others(store, number: int, size: int) -> list[int]:
    """Tracklets of other cameras: those of the same person first among equals, then spread over the store."""
    away = np.flatnonzero(store.camids != store.camids[number])
    own = away[store.pids[away] == store.pids[number]][:size]
    rest = np.setdiff1d(away, away[store.pids[away] == store.pids[number]])
    count = min(len(rest), size - len(own))
    spread = rest[np.linspace(0, len(rest) - 1, count).round().astype(int)] if count else rest[:0]
    return sorted(map(int, (*own, *spread)))


@dataclass
class _Pooled:
    arrays: dict[str, Any]
    video_feature: np.ndarray


def _network(checkpoint: Path | None):
    from reidlib.ran.saved import load_network
    from reidlib.ran.shipped import load_shipped

    saved = load_shipped() if checkpoint is None else load_network(checkpoint)
    if not saved.network.head.attention_count:  # none at all, or as many as there are frames
        raise ReidError(f"The head {saved.preset.head} gives no attention to look at",
                        "a head with one set of weights an iteration",
                        "leave --checkpoint out, or train one: reidlib train ran --preset consensus")
    return saved


def _attended(frames: np.ndarray, checkpoint: Path | None) -> tuple[dict[str, Any], list[str]]:
    from reidlib.views.attention_strip_data import checked_frames

    saved = _network(checkpoint)
    return {**_pooled(saved, checked_frames(frames)).arrays, "note": saved.note}, [saved.note]


def _pooled(saved, frames: np.ndarray) -> _Pooled:
    """Attention and features of one tracklet, whole, the centre of each frame."""
    import torch

    from reidlib.data.transforms import SIZE
    from reidlib.flow.extract import tracklet_flow
    from reidlib.flow.five_channels import five_channels
    from reidlib.ran.embed import FRAMES_AT_ONCE

    small = torch.from_numpy(resize_frames(frames, SIZE)).movedim(-1, 1)[None]
    flow = torch.from_numpy(tracklet_flow(frames, saved.preset.flow))[None]
    network = saved.network
    with torch.no_grad():
        channels = five_channels(small, flow, None, saved.preset.inputs)
        x = torch.cat([network.frame_features(part) for part in channels.split(FRAMES_AT_ONCE, 1)], 1)
        pooled = network.head(x)
    linear = network.head.pooling in ("sum", "weighted_mean")
    arrays = {"attention": torch.cat(pooled.attention).numpy(), "features": x[0].numpy(), "unit": network.head.unit,
              "pooling": network.head.pooling if linear else "other"}
    return _Pooled(arrays, pooled.video_feature[0].numpy())
