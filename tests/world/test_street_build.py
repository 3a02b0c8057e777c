"""From a name to a store: workers, resuming, extending, errors."""

import json
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from reidlib.data.store import Store
from reidlib.errors import ReidError
from reidlib.world import build as building
from reidlib.world import truth
from reidlib.world.render import render
from reidlib.world.versions import specify

HASHES = json.loads((Path(__file__).parent / "hashes.json").read_text())
TINY = specify("street-v1-small", persons=4)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The whole small street, built by two processes."""
    return building.build(specify("street-v1-small"), tmp_path_factory.mktemp("small") / "store", workers=2)


@pytest.mark.slow
def test_the_whole_street_keeps_its_bytes(tmp_path):
    """The shipped network and every recorded result rest on these bytes."""
    assert building.build(specify("street-v1"), tmp_path / "street").hash == HASHES["stores"]["street-v1"]


def test_the_small_street_has_its_frozen_hash(small):
    assert small.hash == HASHES["stores"]["street-v1-small"]
    assert len(small) == 200
    assert small.pids.tolist() == [k // 2 for k in range(200)]
    assert small.camids.tolist() == [k % 2 for k in range(200)]
    assert small.spec == specify("street-v1-small").as_dict()


def test_stored_tracklets_equal_rendered_ones(small):
    for k in (0, 57, 199):
        again = render(specify("street-v1-small"), k // 2, k % 2).tracklet
        assert np.array_equal(small[k].frames, again.frames)
        assert np.array_equal(small[k].visibility, again.visibility)
        assert np.array_equal(small[k].mask, again.mask)


def test_more_persons_extend_a_store(small, tmp_path):
    few = building.build(TINY, tmp_path / "few", workers=1)
    assert few.names == small.names[: len(few)]
    assert np.array_equal(few.frames, small.frames[: len(few.frames)])
    assert few.checksums.tolist() == small.checksums[: len(few)].tolist()


def test_workers_and_interruptions_change_no_byte(tmp_path, monkeypatch):
    whole = building.build(TINY, tmp_path / "whole", workers=1)
    real = building.rendered
    calls = []

    def dies(spec, k):
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(k)
        return real(spec, k)

    monkeypatch.setattr(building, "rendered", dies)
    with pytest.raises(KeyboardInterrupt):
        building.build(TINY, tmp_path / "cut", workers=1)
    monkeypatch.setattr(building, "rendered", real)
    assert not (tmp_path / "cut").exists()
    seen = []
    store = building.build(TINY, tmp_path / "cut", workers=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(k, 8) for k in (4, 5, 6, 7, 8)]
    assert store.hash == whole.hash
    assert building.build(TINY, tmp_path / "cut", progress=lambda *_: pytest.fail("rendered twice")).hash == whole.hash


def test_without_processes_one_does_the_work(tmp_path, monkeypatch):
    def broken(*_args, **_options):
        raise PermissionError("no processes here")

    monkeypatch.setattr(building, "ProcessPoolExecutor", broken)
    assert [t.name for t in building.tracklets(TINY, 0, 2)] == [f"p{k // 2:04d}_c{k % 2}" for k in range(8)]


def test_a_script_without_a_main_guard_still_gets_its_store(tmp_path):
    root = Path(__file__).resolve().parents[2]
    script = tmp_path / "unguarded.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(root)!r})\nfrom reidlib.world.build import street\n"
        "store = street('street-v1-small', persons=4, folder=sys.argv[1], workers=2)\nprint(len(store))\n"
    )
    done = subprocess.run(
        [sys.executable, script, tmp_path / "s"], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.split()[-1] == "8"
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_killed_build_leaves_no_process_and_goes_on_to_the_same_bytes(tmp_path):
    if not Path("/proc").exists():
        pytest.skip("counts processes in /proc")
    root = str(Path(__file__).resolve().parents[2])
    code = (
        f"import sys; sys.path.insert(0, {root!r})\n"
        "from pathlib import Path\nfrom reidlib.world.build import build\nfrom reidlib.world.versions import specify\n"
        "if __name__ == '__main__':\n"
        "    build(specify('street-v1-small'), Path(sys.argv[1]), 2, lambda d, t: print(d, flush=True))\n"
    )
    for moment in (3, 40, 120):
        child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "s")], stdout=subprocess.PIPE, text=True)
        while int(child.stdout.readline()) < moment:
            pass
        workers = [int(p) for p in Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()]
        assert len(workers) >= 2
        child.kill()
        child.wait()
        child.stdout.close()
        until = time.monotonic() + 20
        while any(_alive(p) for p in workers):
            assert time.monotonic() < until, "workers outlived their build"
            time.sleep(0.1)
        assert not (tmp_path / "s").exists()
    store = building.build(specify("street-v1-small"), tmp_path / "s", workers=2)
    assert store.hash == HASHES["stores"]["street-v1-small"]


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_full_disk_is_told_before_the_first_frame(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(building.shutil, "disk_usage", lambda _: usage(10**9, 10**9, 10**7))
    with pytest.raises(
        ReidError, match=r"0\.0 GB free .*10,000,000 persons.*Needed: about .* GB\. To do: pass --persons 6 or"
    ):
        building.build(specify("street-v1-small", persons=10_000_000), tmp_path / "big")
    assert not (tmp_path / "big").exists()


def test_street_uses_the_cache_and_counts_on_stderr(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path))
    store = building.street("street-v1-small", persons=2, workers=1)
    assert store.folder.is_relative_to(tmp_path)
    assert "4 of 4 tracklets (100 %)" in capsys.readouterr().err
    again = building.street("street-v1-small", persons=2)
    assert again.hash == store.hash
    assert capsys.readouterr().err == ""


def test_days_are_in_the_info(tmp_path):
    store = building.street("street-v1-days", persons=1, days=2, strength=0.5, folder=tmp_path / "days", workers=1,
                            progress=lambda *_: None)  # fmt: skip
    assert store.info("day").tolist() == [0, 1, 0, 1]
    assert store.names == ["p0000_c0_d0", "p0000_c0_d1", "p0000_c1_d0", "p0000_c1_d1"]
    assert store.spec["strength"] == 0.5


def test_flow_of_a_stored_tracklet(small, tmp_path):
    r = render(specify("street-v1-small"), 3, 1)
    assert np.array_equal(building.flow_of(small, 7), truth.exact_flow(r.scene, r.parts))
    assert np.array_equal(building.flow_of(small, -193), building.flow_of(small, 7))


def test_flow_of_other_data_is_a_sentence():
    class Other(Store):
        def __init__(self, spec):
            self.folder, self.spec = Path("elsewhere"), spec

        def __len__(self):
            return 1

    with pytest.raises(ReidError, match="no rendered street"):
        building.flow_of(Other({"seed": 3}), 0)
    with pytest.raises(ReidError, match="revision 0"):
        building.flow_of(Other({**TINY.as_dict(), "revision": 0}), 0)
