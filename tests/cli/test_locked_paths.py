"""A path that the system does not let one look at ends in a sentence, wherever a user may name one."""

import os
from pathlib import Path

import pytest

from reidlib.arm.pictures import Pictures
from reidlib.data.benchmarks.prepare import prepare
from reidlib.data.benchmarks.registry import find_benchmark
from reidlib.data.own.folder_tree import read_tree
from reidlib.data.own.identities import read_map
from reidlib.data.own.mot import read_rows
from reidlib.data.own.video import open_frames
from reidlib.errors import ReidError
from reidlib.training.checkpoints import load_checkpoint

READERS = {
    "tracks": read_rows, "map": read_map, "video": open_frames, "tree": read_tree, "checkpoint": load_checkpoint,
    "gallery": lambda path: Pictures(path, [path / "probe.png"]),
    "archive": lambda path: prepare(find_benchmark("mars"), path),
}  # fmt: skip


@pytest.mark.parametrize("what", READERS)
def test_a_locked_path_is_a_sentence(what, tmp_path, monkeypatch):
    locked, real = tmp_path / "secret" / "x.safetensors", os.stat

    def refusing(path, *arguments, **options):
        if not isinstance(path, int) and Path(os.fsdecode(path)) == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "stat", refusing)
    with pytest.raises(ReidError, match="refused") as told:
        READERS[what](locked)
    assert str(locked) in told.value.found
    assert told.value.todo
