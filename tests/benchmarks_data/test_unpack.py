"""Archives by hand: honest ones give just their files, hostile names come with a reason, nothing lies outside."""

import json
import os
import stat
import tarfile

import pytest
from archive_maker import MAKERS, TREE, contents, image, make_tar, make_zip

from reidlib.data.benchmarks import unpack as module
from reidlib.data.benchmarks.members import safe_path
from reidlib.data.benchmarks.unpack import official_archives, unpack
from reidlib.errors import ReidError


@pytest.fixture(params=sorted(MAKERS))
def pack(request, tmp_path):
    """pack(members) -> archive, once for each kind."""
    return lambda members: MAKERS[request.param](tmp_path / f"prid.{request.param}", members)


def test_an_ordinary_archive(pack, tmp_path):
    archive = pack(TREE.items())
    heard = []
    result = unpack(archive, tmp_path / "out", progress=lambda done, total: heard.append((done, total)))
    assert contents(tmp_path / "out") == TREE
    assert (result.folder, result.members, result.bytes) == (tmp_path / "out", 4, 900 + 0 + 70_000 + 5)
    assert result.passed == ()
    assert not result.before
    assert heard == sorted(heard)
    assert heard[-1] == (70_905, 70_905)
    assert {each.name for each in tmp_path.iterdir()} == {archive.name, "out", "out.unpacking.lock"}


def test_a_second_run_does_nothing_and_says_so(pack, tmp_path, monkeypatch):
    archive = pack([*TREE.items(), ("../out", b"x")])
    first = unpack(archive, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    monkeypatch.setattr(module, "open_archive", None)  # it is not even opened
    moved = archive.rename(tmp_path / "renamed.bin")
    os.utime(moved, (1, 1))
    second = unpack(moved, tmp_path / "out")
    assert second.before
    assert (second.members, second.bytes, second.passed) == (first.members, first.bytes, first.passed)
    assert first.passed == (("../out", "a path that leads out of the folder (..)"),)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


def test_large_members_come_in_pieces(pack, tmp_path):
    archive = pack([("big.avi", image(5, 1_500_000)), ("small", b"1")])
    heard = []
    unpack(archive, tmp_path / "out", progress=lambda done, total: heard.append(done))
    assert contents(tmp_path / "out") == {"big.avi": image(5, 1_500_000), "small": b"1"}
    assert len(heard) >= 3
    assert heard == sorted(heard)


def test_a_target_that_holds_something_else_is_left_alone(tmp_path):
    archive = make_zip(tmp_path / "a.zip", TREE.items())
    other = make_zip(tmp_path / "b.zip", [("x", b"1")])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("a file")
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    unpack(other, tmp_path / "other")
    for name in ("mine", "file", "other", "link"):
        with pytest.raises(ReidError, match=r"already holds.*a free folder"):
            unpack(archive, tmp_path / name)
    assert contents(tmp_path / "mine") == {"thesis.txt": b"years of work"}
    assert contents(tmp_path / "other") == {"x": b"1"}
    (tmp_path / "empty").mkdir()
    assert unpack(archive, tmp_path / "empty").members == 4
    (tmp_path / "out.unpacking").mkdir()
    (tmp_path / "out.unpacking" / "mine").write_text("1")
    with pytest.raises(ReidError, match="was not written by reidlib"):
        unpack(archive, tmp_path / "out")
    assert contents(tmp_path / "out.unpacking") == {"mine": b"1"}


def test_a_changed_mark_is_a_sentence(tmp_path):
    archive = make_zip(tmp_path / "a.zip", TREE.items())
    unpack(archive, tmp_path / "out")
    mark = json.loads((tmp_path / "out" / ".unpacked.json").read_bytes())
    (tmp_path / "out" / ".unpacked.json").write_text(json.dumps({**mark, "members": "many"}))
    with pytest.raises(ReidError, match="was changed"):
        unpack(archive, tmp_path / "out")


HOSTILE = {  # name: part of the reason
    "/etc/evil": "absolute", "//server/share/evil": "absolute", "\\evil": "absolute", "../evil": "leads out",
    "a/../../evil": "leads out", "a/..": "leads out", "..": "leads out", "..\\..\\evil": "leads out",
    "a\\..\\..\\evil": "leads out", "C:/evil": "drive", "C:evil": "drive", "c:\\evil": "drive", "a/b:stream": "colon",
    "nul": "Windows device", "a/CON": "Windows device", "a/con.txt": "Windows device", "Lpt1.jpg": "Windows device",
    "COM²": "Windows device", "aux /x": "Windows cannot write", "con .txt": "Windows device",
    "a./x": "Windows cannot write", "a /x": "Windows cannot write", "a/x.": "Windows cannot write",
    "what?": "Windows cannot write", "a*b": "Windows cannot write", 'quote"': "Windows cannot write",
    "a\x1b[2J": "control", "new\nline": "control", "x" * 256 + ".jpg": "too long", "ä" * 128: "too long",
    "d/" * 65 + "x": "too long", ("d" * 30 + "/") * 40 + "x": "too long", ".unpacked.json": "another member",
    ".UNPACKED.json": "another member",
}


FRIENDLY = {"./a//b/./c.jpg": "a/b/c.jpg", "a\\b\\d.jpg": "a/b/d.jpg", "...a": "...a", "..a/b..c": "..a/b..c",
            "console.txt": "console.txt", "com10": "com10", "人/ü €.png": "人/ü €.png", "x" * 255: "x" * 255,
            ".hidden": ".hidden", "__MACOSX/._a": "__MACOSX/._a", "sub/.unpacked.json": "sub/.unpacked.json"}


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_hostile_names_are_passed_over_and_all_others_written(tmp_path, make):
    sandbox = tmp_path / "deep" / "sandbox"
    sandbox.mkdir(parents=True)
    names = [*HOSTILE, *FRIENDLY]
    archive = make(tmp_path / "deep" / "a.bin", [(name, image(k, 40)) for k, name in enumerate(names)])
    result = unpack(archive, sandbox / "out")
    assert contents(sandbox / "out") == {path: image(names.index(name), 40) for name, path in FRIENDLY.items()}
    assert len(result.passed) == len(HOSTILE)
    for (_, reason), wanted in zip(result.passed, HOSTILE.values(), strict=True):
        assert wanted in reason
    assert all(name.isprintable() for name, _ in result.passed)
    assert {each.name for each in sandbox.iterdir()} == {"out", "out.unpacking.lock"}
    assert {each.name for each in tmp_path.iterdir()} == {"deep"}
    assert {each.name for each in (tmp_path / "deep").iterdir()} == {"a.bin", "sandbox"}


def test_nul_and_surrogates_in_names(tmp_path):
    archive = make_zip(tmp_path / "a.zip", [("good", b"1"), ("evil.jpg\0.exe", b"2")])
    result = unpack(archive, tmp_path / "z")
    assert contents(tmp_path / "z") == {"good": b"1"}
    assert result.passed == (("evil.jpg\\x00.exe", "a name with control characters, or one that is no Unicode"),)
    archive = make_tar(tmp_path / "a.tar", [("good", b"1"), (b"b\xff".decode("utf-8", "surrogateescape"), b"2")])
    assert [reason for _, reason in unpack(archive, tmp_path / "t").passed] == [result.passed[0][1]]
    assert safe_path("a\0b")[0] == ""


def test_of_names_that_some_disk_takes_for_one_the_first_is_kept(pack, tmp_path):
    members = [("A/x.jpg", b"1"), ("a/X.JPG", b"2"), ("A/x.jpg", b"3"), ("f", b"4"), ("F/inside", b"5"),
               ("d/e/g", b"6"), ("D", b"7"), ("d/E", b"8"), ("caf\u00e9", b"9"), ("cafe\u0301", b"10"),
               ("a/y.jpg", b"11")]
    result = unpack(pack(members), tmp_path / "out")
    assert contents(tmp_path / "out") == {"A/x.jpg": b"1", "f": b"4", "d/e/g": b"6", "caf\u00e9": b"9",
                                          "a/y.jpg": b"11"}
    two = "a name that another member has, or that differs from it only in case"
    file, folder = "inside what is a file", "the name of a folder"
    assert result.passed == (("a/X.JPG", two), ("A/x.jpg", two), ("F/inside", file), ("D", folder), ("d/E", folder),
                             ("cafe\u0301", two))


def test_links_and_devices_are_never_made(tmp_path):
    (tmp_path / "secret").write_text("secret")
    kinds = [("in", b"", tarfile.SYMTYPE, "a/x"), ("out", b"", tarfile.SYMTYPE, str(tmp_path)),
             ("out/evil", b"through the link"), ("hard", b"", tarfile.LNKTYPE, "a/x"),
             ("hard_out", b"", tarfile.LNKTYPE, "../../secret"), ("fifo", b"", tarfile.FIFOTYPE),
             ("char", b"", tarfile.CHRTYPE), ("block", b"", tarfile.BLKTYPE)]
    archive = make_tar(tmp_path / "a.tar", [("a/x", b"1"), *kinds])
    result = unpack(archive, tmp_path / "tar")
    assert contents(tmp_path / "tar") == {"a/x": b"1", "out/evil": b"through the link"}
    device = "a device, a pipe or another special file"
    assert result.passed == (("in", "a symbolic link"), ("out", "a symbolic link"), ("hard", "a hard link"),
                             ("hard_out", "a hard link"), ("fifo", device), ("char", device), ("block", device))
    modes = {"link": stat.S_IFLNK, "fifo": stat.S_IFIFO, "char": stat.S_IFCHR, "block": stat.S_IFBLK,
             "socket": stat.S_IFSOCK, "setuid": stat.S_IFREG | stat.S_ISUID | 0o777, "nothing": 0}
    archive = make_zip(tmp_path / "a.zip", [(name, b"/etc/passwd", mode) for name, mode in modes.items()])
    result = unpack(archive, tmp_path / "zip")
    assert contents(tmp_path / "zip") == {"setuid": b"/etc/passwd", "nothing": b"/etc/passwd"}
    assert not os.stat(tmp_path / "zip" / "setuid").st_mode & (stat.S_ISUID | 0o111)
    assert dict(result.passed) == {"link": "a symbolic link", "fifo": device, "char": device, "block": device,
                                   "socket": device}
    assert {each.name for each in tmp_path.iterdir()} == {
        "a.tar", "a.zip", "secret", "tar", "zip", "tar.unpacking.lock", "zip.unpacking.lock"}


def test_empty_folders_come_too(tmp_path):
    archive = make_tar(tmp_path / "a.tar", [(".", b"", tarfile.DIRTYPE), ("empty/in", b"", tarfile.DIRTYPE),
                                            ("x", b"1")])
    unpack(archive, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == [".unpacked.json", "empty", "in", "x"]
    archive = make_zip(tmp_path / "a.zip", [("empty/", b""), ("x", b"1"), ("../up/", b"")])
    assert len(unpack(archive, tmp_path / "zip").passed) == 1
    assert (tmp_path / "zip" / "empty").is_dir()


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, match in (("pipe", "is no file"), ("missing.zip", "does not exist"), (".", "is a folder")):
        with pytest.raises(ReidError, match=match):
            unpack(tmp_path / name, tmp_path / "out")


def test_official_archives(tmp_path):
    for name in ("prid_2011.zip", "PRID_2011.ZIP", "prid.tar.gz", "mars.zip", "._prid_2011.zip", "Prid.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "prid_folder.zip").mkdir()
    assert [path.name for path in official_archives(tmp_path, ["prid*.zip", "*.tar.gz", "PRID_2011*"])] == [
        "PRID_2011.ZIP", "prid.tar.gz", "prid_2011.zip"]
    assert official_archives(tmp_path, ["*.rar"]) == []
    with pytest.raises(ReidError, match="could not be used"):
        official_archives(tmp_path / "missing", ["*"])
