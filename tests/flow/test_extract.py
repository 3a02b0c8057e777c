"""The column of a store: the same bytes however it was made, and values that the library gives for one tracklet."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reidlib.data.store import Store
from reidlib.data.transforms import resize_frames
from reidlib.errors import ReidError
from reidlib.flow.colour import grey
from reidlib.flow.extract import extract_flow, find_store, tracklet_flow
from reidlib.flow.lucas_kanade import lucas_kanade
from reidlib.flow.single_scale import mclaughlin_flow

ROOT = Path(__file__).resolve().parents[2]


def test_the_column_holds_the_flow_of_every_tracklet(small_store):
    heard = []
    flow = extract_flow(small_store, "fast", workers=1, progress=lambda *call: heard.append(call))
    assert flow.shape == (int(small_store.lengths.sum()), 2, 64, 48)
    assert flow.dtype == np.float16
    assert heard == [(n + 1, 4) for n in range(4)]
    for number, tracklet in enumerate(small_store):
        rows = flow[small_store.starts[number]:][:tracklet.T]
        expected = lucas_kanade(grey(resize_frames(tracklet.frames)), "fast").numpy()
        np.testing.assert_allclose(rows, expected, atol=4e-3)
        assert not rows[0].any()
    assert Store.open(small_store.folder).tracklet(1, ("flow",)).columns["flow"].shape[1:] == (2, 64, 48)


def test_the_number_of_workers_and_an_interruption_change_no_byte(small_store):
    extract_flow(small_store, workers=1, column="alone")
    extract_flow(small_store, workers=2, column="pair")

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        extract_flow(small_store, workers=1, column="resumed", progress=stop)
    heard = []
    extract_flow(small_store, workers=1, column="resumed", progress=lambda *call: heard.append(call))
    assert heard == [(3, 4), (4, 4)]
    files = [small_store.folder / "derived" / name / f"{name}.npy" for name in ("alone", "pair", "resumed")]
    assert len({file.read_bytes() for file in files}) == 1


def test_a_script_without_a_main_guard_ends_with_the_same_bytes(small_store, tmp_path):
    """Its workers run the script again when they start; one process then does all the work."""
    script = tmp_path / "plain.py"
    script.write_text(f"from reidlib.data.store import Store\nfrom reidlib.flow.extract import extract_flow\n"
                      f"extract_flow(Store.open({str(small_store.folder)!r}), workers=2, column='plain')\n")
    subprocess.run([sys.executable, script], cwd=ROOT, check=True, timeout=120, capture_output=True,
                   env={**os.environ, "PYTHONPATH": str(ROOT)})
    extract_flow(small_store, workers=1)
    made = [(small_store.folder / "derived" / name / f"{name}.npy").read_bytes() for name in ("plain", "flow")]
    assert made[0] == made[1]


def test_a_finished_column_is_opened_and_another_method_is_refused(small_store):
    first = extract_flow(small_store, "fast", workers=1)
    heard = []
    again = extract_flow(small_store, "fast", workers=1, progress=lambda *call: heard.append(call))
    np.testing.assert_array_equal(again, first)
    assert heard == []
    with pytest.raises(ReidError, match="already holds something else"):
        extract_flow(small_store, "accurate", workers=1)


def test_methods_of_the_compared_papers(small_store):
    frames = small_store[0].frames
    stored = tracklet_flow(frames, "mclaughlin")
    np.testing.assert_array_equal(stored, mclaughlin_flow(frames).astype(np.float16))
    assert stored[0].any()
    single = tracklet_flow(frames, "single_scale")
    assert single.shape == stored.shape
    assert not single[0].any()


def test_a_single_frame_has_zero_flow():
    flow = tracklet_flow(np.zeros((1, 128, 64, 3), np.uint8))
    assert flow.shape == (1, 2, 64, 48)
    assert not flow.any()


def test_mistakes_are_named(small_store, tmp_path, monkeypatch):
    with pytest.raises(ReidError, match="method 'dis'"):
        extract_flow(small_store, "dis")
    with pytest.raises(ReidError, match="0 workers"):
        extract_flow(small_store, workers=0)
    assert small_store.derived == []
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "empty"))  # other tests render into the common one
    with pytest.raises(ReidError, match=r"nowhere.*there is none.*reidlib world render"):
        find_store(str(tmp_path / "nowhere"))


def test_a_damaged_or_locked_store_keeps_its_own_remedy(small_store, monkeypatch):
    where, stat = str(small_store.folder), os.stat

    def refuse(path, *arguments, **named):
        if str(path).endswith("store.json"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", refuse)
        with pytest.raises(ReidError, match=r"store\.json was refused \(Perm.*ask for permission") as caught:
            find_store(where)
        assert "render" not in str(caught.value)
    (small_store.folder / "store.json").write_text("half a docu")
    with pytest.raises(ReidError, match=r"is damaged: it is not JSON.*build it again") as caught:
        find_store(where)
    assert "render" not in str(caught.value)


def test_a_store_is_found_by_its_name_in_the_cache(monkeypatch, tmp_path):
    from reidlib.world.build import build
    from reidlib.world.versions import specify

    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path))
    built = build(specify("street-v1-small", 1), workers=1)
    assert find_store("street-v1-small").folder == built.folder
    with pytest.raises(ReidError, match=r"there is street-v1-small\. To do: pass .* one of those names\.$"):
        find_store("street-v1-smal")
    build(specify("street-v1-small", 2), workers=1)
    with pytest.raises(ReidError, match="2 stores called street-v1-small"):
        find_store("street-v1-small")
    assert find_store(str(built.folder)).hash == built.hash
