"""Somebody's own pictures: every layout, every mistake by name, and the pixels that a network would see."""

import os
import re
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from reidlib.arm.pictures import Pictures
from reidlib.data.files import plain
from reidlib.data.images import read_picture
from reidlib.data.transforms import resize_frames
from reidlib.errors import ReidError


def picture(path, seed=0, size=(64, 32), **options):
    """A random picture of height × width, written; its pixels (exact for .png)."""
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return pixels


@pytest.fixture
def probe(tmp_path):
    picture(tmp_path / "probe.png", 99)
    return tmp_path / "probe.png"


def test_a_folder_for_each_person(tmp_path, probe):
    pixels = [picture(tmp_path / "g" / name, k) for k, name in enumerate(("ann/1.png", "ann/2.png", "bob/x.png"))]
    found = Pictures(tmp_path / "g", [probe, probe])
    assert found.people == ("ann", "bob")
    assert found.items.pids.tolist() == [0, 0, 1, -1, -1]
    assert found.items.camids.tolist() == [0, 0, 0, 1, 1]  # one camera for the gallery, another for the probes
    assert found.counts().tolist() == [2, 1]
    assert found.gallery.tolist() == [0, 1, 2]
    assert found.probes.tolist() == [3, 4]
    assert len(found) == 5
    seen = found.gather(torch.arange(3))
    by_hand = (torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 255 - 0.5) * 2
    torch.testing.assert_close(seen, by_hand, atol=1e-6, rtol=0)
    assert torch.equal(found.gather(torch.tensor([[2], [0]]))[:, 0], seen[[2, 0]])
    with pytest.raises(ReidError, match="from 0 to 9"):
        found.gather([0, 9])


def test_cameras_from_folders_and_people_from_file_names(tmp_path, probe):
    for k, name in enumerate(("ann/north/1.png", "ann/south/1.png", "bob/south/1.png", "bob/0.png", "cleo_1.png",
                              "cleo_two_3.png", "dan.png", "_.png")):  # fmt: skip
        picture(tmp_path / "g" / name, k)
    found = Pictures(tmp_path / "g", [probe])
    told = {(found.people[pid], found.cameras[cam]) for pid, cam in zip(found.items.pids[:-1], found.items.camids[:-1],
                                                                      strict=True)}
    assert told == {("ann", "north"), ("ann", "south"), ("bob", "south"), ("bob", ""), ("cleo", ""), ("dan", ""),
                    ("_", "")}
    assert found.counts()[found.people.index("cleo")] == 2
    assert found.items.camids[-1] not in found.items.camids[:-1]


def test_suffixes_in_any_case_and_other_files_are_passed_over(tmp_path, probe):
    for k, name in enumerate(("ann/A.JPG", "ann/b.JpEg", "bob/C.PNG")):
        picture(tmp_path / "g" / name, k)
    for name in ("Thumbs.db", ".DS_Store", "ann/Thumbs.db", "ann/desktop.ini", "ann/._A.JPG", ".hidden.jpg",
                 "ann/notes.txt", ".git/x.jpg"):  # fmt: skip
        path = tmp_path / "g" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"no picture")
    found = Pictures(tmp_path / "g", [probe])
    assert sorted(path.name for path in found.paths) == ["A.JPG", "C.PNG", "b.JpEg", "probe.png"]


@pytest.mark.parametrize("size", [(64, 32), (128, 64), (33, 300), (1, 1), (500, 7)])
def test_any_size_becomes_the_one_that_is_asked_for(tmp_path, probe, size):
    pixels = [picture(tmp_path / "g" / f"{name}.png", k, size) for k, name in enumerate("ab")]
    for wanted in ((64, 32), (40, 20)):
        found = Pictures(tmp_path / "g", [probe], wanted)
        assert found.frames.shape == (3, *wanted, 3)
        for k in range(2):
            assert np.array_equal(found.frames[k], resize_frames(pixels[k][None], wanted)[0])


def test_pictures_are_turned_as_their_exif_says(tmp_path):
    pixels = np.zeros((8, 4, 3), np.uint8)
    pixels[0] = 255  # the upper edge is white
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise
    Image.fromarray(pixels).save(tmp_path / "turned.png", exif=exif)
    seen = read_picture(tmp_path / "turned.png")
    assert seen.shape == (4, 8, 3)
    assert np.all(seen[:, -1] == 255)  # now the right edge is
    assert np.all(seen[:, :-1] == 0)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1", "LA"])
def test_every_kind_of_colour_becomes_rgb(tmp_path, mode):
    suffix = "jpg" if mode == "CMYK" else "png"
    Image.fromarray(np.full((8, 4, 3), 255, np.uint8)).convert(mode).save(tmp_path / f"x.{suffix}")
    seen = read_picture(tmp_path / f"x.{suffix}")
    assert seen.shape == (8, 4, 3)
    assert seen.min() >= 250


def test_one_episode_of_all(tmp_path, probe):
    for k, name in enumerate(("a/1.png", "b/1.png", "b/2.png")):
        picture(tmp_path / "g" / name, k)
    drawn = Pictures(tmp_path / "g", [probe, probe]).episode()
    assert drawn.gallery.tolist() == [[0, 1, 2]]
    assert drawn.gallery_labels.tolist() == [[0, 1, 1]]
    assert drawn.gallery_camids.tolist() == [[0, 0, 0]]
    assert drawn.probes.tolist() == [[3, 4]]
    assert drawn.probe_labels.tolist() == [[-1, -1]]
    assert drawn.probe_camids.tolist() == [[1, 1]]
    assert drawn.ways == 2
    assert drawn.gallery_mask.all()
    assert drawn.probe_mask.all()
    assert all(each.dtype in (torch.int64, torch.bool) for each in drawn[:10])


def test_the_hash_names_the_content(tmp_path, probe):
    def name(*pictures):
        for file, seed in pictures:
            picture(tmp_path / "g" / file, seed)
        return Pictures(tmp_path / "g", [probe]).items.hash

    one = name(("a/1.png", 0), ("b/1.png", 1))
    assert one == name()
    assert one != name(("b/1.png", 2))


def _spoil(folder, kind):
    bad = folder / "a" / "bad.jpg"
    if kind == "text":
        bad.write_bytes(b"this is no picture")
    elif kind == "empty":
        bad.write_bytes(b"")
    elif kind == "truncated":
        picture(bad, size=(200, 200))
        bad.write_bytes(bad.read_bytes()[:900])
    elif kind == "deep":
        Image.fromarray(np.zeros((4, 4), np.uint16)).save(folder / "a" / "bad.png")
    elif kind == "bomb":
        Image.new("1", (10000, 10000)).save(folder / "a" / "bad.png")  # 12 kB that become 100 MB and more
    elif kind == "dangling":
        bad.symlink_to(folder / "nowhere.jpg")
    return bad


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", ["text", "empty", "truncated", "deep", "bomb", "dangling"])
def test_a_picture_that_cannot_be_read_is_named(tmp_path, probe, kind):
    for k, name in enumerate(("a/1.png", "b/1.png")):
        picture(tmp_path / "g" / name, k)
    _spoil(tmp_path / "g", kind)
    with pytest.raises(ReidError, match=r"bad\.(jpg|png)"):
        Pictures(tmp_path / "g", [probe])


def test_what_is_missing_is_a_sentence(tmp_path, probe):
    with pytest.raises(ReidError, match=r"Found no folder .*g\b"):
        Pictures(tmp_path / "g", [probe])
    (tmp_path / "g").mkdir()
    with pytest.raises(ReidError, match=r"Found no picture in .*g\. .*PERSON/CAMERA"):
        Pictures(tmp_path / "g", [probe])
    picture(tmp_path / "g" / "ann" / "1.png")
    with pytest.raises(ReidError, match=r"pictures of 1 person .*ann.*a single person gets 100 %"):
        Pictures(tmp_path / "g", [probe])
    picture(tmp_path / "g" / "bob" / "1.png")
    with pytest.raises(ReidError, match=r"Found no file .*missing\.png"):
        Pictures(tmp_path / "g", [tmp_path / "missing.png"])
    with pytest.raises(ReidError, match="Found no probe"):
        Pictures(tmp_path / "g", [])
    with pytest.raises(ReidError, match="Found no folder"):
        Pictures(probe, [probe])
    (tmp_path / "g" / "cleo").mkdir()
    with pytest.raises(ReidError, match=r"Found no picture in .*cleo"):
        Pictures(tmp_path / "g", [probe])


def test_names_cannot_command_a_terminal():
    assert plain("ann\x1b[31m\n\u202etxt\udcff") == "ann\\x1b[31m\\n\\u202etxt\\udcff"
    assert plain("Zoë 李 [red]") == "Zoë 李 [red]"
    assert re.fullmatch(r"[ -~]*", plain("".join(map(chr, range(256)))[:160]))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file names")
def test_hostile_names_are_people_like_others(tmp_path, probe):
    names = ("[red]x[", "a\x1b[2Jb", "-rf", "new\nline", os.fsdecode(b"\xff\xfe"))
    for k, name in enumerate(names):
        picture(tmp_path / "g" / name / "1.png", k)
    assert set(Pictures(tmp_path / "g", [probe]).people) == set(names)
    (tmp_path / "g" / "a\x1b[2Jb" / "2.png").write_bytes(b"no")
    with pytest.raises(ReidError) as caught:
        Pictures(tmp_path / "g", [probe])
    assert "\x1b" not in str(caught.value)
