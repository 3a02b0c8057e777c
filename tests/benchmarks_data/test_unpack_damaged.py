"""Bombs, damage, cuts and headers made to confuse: each a sentence, and nothing left of it."""

import gzip
import struct
import tarfile
import zipfile

import pytest
from archive_maker import MAKERS, TREE, contents, image, make_tar, make_zip

from reidlib.data.benchmarks import unpack as module
from reidlib.data.benchmarks.unpack import unpack
from reidlib.errors import ReidError


@pytest.fixture(params=sorted(MAKERS))
def pack(request, tmp_path):
    """pack(members) -> archive, once for each kind."""
    return lambda members: MAKERS[request.param](tmp_path / f"prid.{request.param}", members)


def nothing_left(tmp_path, archive, target="out"):
    """Only the archive and a lock lie there: no target, no work in progress, no file outside."""
    return {each.name for each in tmp_path.iterdir()} <= {archive.name, f"{target}.unpacking.lock"}


def refused(archive, tmp_path, match, **limits):
    with pytest.raises(ReidError, match=match):
        unpack(archive, tmp_path / "out", **limits)
    assert nothing_left(tmp_path, archive)


def test_bombs(tmp_path, pack):
    zeros = bytes(1 << 20)
    archive = pack([(f"{number}.jpg", zeros) for number in range(20)])
    if (".zip" in archive.name and "stored" not in archive.name) or archive.suffix in (".gz", ".bz2", ".xz"):
        refused(archive, tmp_path, "more than 100.0 bytes for each packed byte, as an archive bomb would")
    refused(archive, tmp_path, r"more than 20,971,519 bytes.*limit_bytes", limit_bytes=20 * 2**20 - 1,
            limit_ratio=10**6)
    refused(archive, tmp_path, r"more than 19 members.*limit_members", limit_members=19, limit_ratio=10**6)
    with pytest.raises(ReidError, match="limit_ratio 0"):
        unpack(archive, tmp_path / "out", limit_ratio=0)
    assert unpack(archive, tmp_path / "out", limit_ratio=10**6, limit_members=20, limit_bytes=2**25).members == 20


def test_small_archives_of_equal_bytes_are_no_bombs(tmp_path, pack):
    assert unpack(pack([("a", bytes(1 << 22))]), tmp_path / "out").bytes == 1 << 22


def test_a_bomb_in_what_is_passed_over_and_behind_the_end(tmp_path):
    bomb = bytes(1 << 25)
    refused(make_tar(tmp_path / "a.tar.gz", [("../x", bomb)], "gz"), tmp_path, "archive bomb")
    (tmp_path / "a.tar.gz").unlink()
    plain_tar = make_tar(tmp_path / "a.tar", [("x", b"1")])
    archive = tmp_path / "b.tar.gz"
    archive.write_bytes(gzip.compress(plain_tar.read_bytes() + bomb))
    plain_tar.unlink()
    refused(archive, tmp_path, "archive bomb")


def test_archives_in_the_archive_stay_packed(tmp_path):
    inner = make_zip(tmp_path / "inner.zip", [("x", b"1")]).read_bytes()
    unpack(make_zip(tmp_path / "a.zip", [("inner.zip", inner)]), tmp_path / "out")
    assert contents(tmp_path / "out") == {"inner.zip": inner}


def test_a_zip_that_declares_less_than_it_holds(tmp_path):
    for field, value in ((24, 10), (24, 100_000), (16, 7)):  # in the directory: size too small, too large, another CRC
        archive = make_zip(tmp_path / "a.zip", [("x.jpg", image(1, 5000))])
        data = bytearray(archive.read_bytes())
        struct.pack_into("<I", data, data.rindex(b"PK\1\2") + field, value)
        archive.write_bytes(data)
        refused(archive, tmp_path, "damaged or was cut short")


def test_encrypted_and_unreadable_kinds(tmp_path):
    def with_field(offset, value):
        data = bytearray(make_zip(tmp_path / "a.zip", TREE.items()).read_bytes())
        struct.pack_into("<H", data, data.index(b"PK\1\2") + offset, value)
        (tmp_path / "a.zip").write_bytes(data)
        return tmp_path / "a.zip"
    refused(with_field(8, 1), tmp_path, r"is encrypted \(its member prid.cam_a.*asks for a password\).*by hand")
    refused(with_field(10, 9), tmp_path, r"zip method 9.*7-Zip")
    (tmp_path / "a.zip").unlink()
    for start, match in ((b"Rar!\x1a\7\1\0", "RAR.*give the folder"), (b"7z\xbc\xaf\x27\x1c", "7-Zip.*by hand"),
                         (b"PK\7\x08", "split zip"), (b"", "is empty"), (b"MZ", "no archive of a known kind"),
                         (b"\x89HDF\r\n", "no archive of a known kind"), (b"\x1f\x8b", "damaged"),
                         (b"BZh9", "damaged"), (b"\xfd7zXZ\0", "damaged"), (b"PK\3\4", "damaged")):
        archive = tmp_path / "a.bin"
        archive.write_bytes(start + bytes(700 if start else 0))
        refused(archive, tmp_path, match)
    archive.rename(tmp_path / "empty.tar").write_bytes(bytes(10240))
    refused(tmp_path / "empty.tar", tmp_path, "holds no file")


def test_an_archive_of_nothing_but_attacks(pack, tmp_path):
    archive = pack([("../x", b"1"), ("/y", b"2")])
    refused(archive, tmp_path, r"no file that can be written \(2 members.*first \.\./x: a path")


def test_cut_anywhere_and_any_byte_changed(pack, tmp_path):
    archive = pack([("a.jpg", image(1, 300)), ("b.jpg", image(2, 300)), ("c.jpg", image(3, 300))])
    data = archive.read_bytes()
    body = len(data.rstrip(b"\0")) if archive.suffix == ".tar" else len(data)  # a tar ends in blocks of zeros
    end = -(-body // 512) * 512 + 512 if archive.suffix == ".tar" else body
    for cut in (*range(1, end, 97), end - 1):
        archive.write_bytes(data[:cut])
        refused(archive, tmp_path, "damaged|no archive")
    if archive.suffix != ".tar":  # plain tar has no checksum over its data
        image_at = data.find(image(2, 300)) if "stored" in archive.name else len(data) // 2
        archive.write_bytes(data[:image_at] + bytes([data[image_at] ^ 4]) + data[image_at + 1:])
        refused(archive, tmp_path, "damaged")
    archive.write_bytes(data)
    assert unpack(archive, tmp_path / "out").members == 3


def test_an_offset_before_the_beginning(tmp_path):
    archive = make_zip(tmp_path / "a.zip", TREE.items(), method=zipfile.ZIP_STORED)
    data = archive.read_bytes()
    archive.write_bytes(data[:1000] + data[1001:])  # all offsets behind are one too large, the first one is minus 1
    refused(archive, tmp_path, "damaged or was cut short")


def test_a_damaged_header_in_the_middle_of_a_tar_is_not_its_end(tmp_path):
    archive = make_tar(tmp_path / "a.tar", [("a", b"1"), ("b", b"2")])
    data = bytearray(archive.read_bytes())
    data[1024] ^= 1  # the second name: its header's checksum is wrong now
    archive.write_bytes(data)
    with tarfile.open(archive) as file:
        assert file.getnames() == ["a"]  # tarfile itself says nothing
    refused(archive, tmp_path, "end mark is missing")


def header(name=b"x", size=b"%011o\0" % 0, kind=b"0", magic=b"ustar\00000"):
    block = bytearray(name.ljust(100, b"\0") + b"0000644\0" + bytes(16) + size + b"%011o\0" % 0 + b" " * 8 + kind
                      + bytes(100) + magic).ljust(512, b"\0")
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def crafted(tmp_path, *pieces, packed=False):
    data = b"".join(piece.ljust(-(-len(piece) // 512) * 512, b"\0") for piece in pieces) + bytes(1024)
    path = tmp_path / "a.tar"
    path.write_bytes(gzip.compress(data) if packed else data)
    return path


def record(name: bytes, value: bytes) -> bytes:
    body = b" " + name + b"=" + value + b"\n"
    length = len(body) + 1
    while len(b"%d" % length) + len(body) != length:
        length += 1
    return b"%d" % length + body


@pytest.mark.timeout(60)
@pytest.mark.parametrize("packed", [False, True])
def test_headers_that_keep_readers_busy(tmp_path, packed):
    negative = b"\xff" * 10 + b"\xfc\0"  # base 256: minus 1024
    sized = record(b"size", b"-1024")
    long = b"%011o\0" % (1 << 25)
    digits = b"7" * 60_000
    hostile = {
        "negative": (header(size=negative), b"1"),
        "negative size": (header(kind=b"x", size=b"%011o\0" % len(sized)), sized, header(b"y"), header(b"z")),
        "header of": (header(kind=b"x", size=negative), b"1"),
        "header of 33554432": (header(kind=b"L", size=long), bytes(1 << 25), header()),
        "malformed": (header(kind=b"x", size=b"%011o\0" % 6000), b"3 a" * 2000, header()),
        "nothing but digits": (header(kind=b"x", size=b"%011o\0" % 60_000), digits, header()),
        "damaged": tuple(
            piece for _ in range(1200) for piece in (header(kind=b"K", size=b"%011o\0" % 1), b"a")),
        "unexpected end": (header(size=b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7), b"1"),
        "sparse": (header(kind=b"S"), b"1"),
        "sparse files": (header(kind=b"x", size=b"%011o\0" % 22), record(b"GNU.sparse.major", b"1"), header()),
    }
    for match, pieces in hostile.items():
        archive = crafted(tmp_path, *pieces, packed=packed)
        refused(archive, tmp_path, match)
    assert unpack(crafted(tmp_path, header(b"fine"), packed=packed), tmp_path / "out").members == 1


def test_long_names_and_large_sizes_in_extended_headers_are_read(tmp_path):
    name = "d" * 120 + "/" + "f" * 130 + "ü"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        archive = make_tar(tmp_path / "a.tar", [(name, b"1"), ("y", b"2")], form=form)
        assert unpack(archive, tmp_path / f"out{form}").members == 2
        assert contents(tmp_path / f"out{form}") == {name: b"1", "y": b"2"}


def test_an_archive_that_changes_while_it_is_read(tmp_path, monkeypatch):
    archive = make_tar(tmp_path / "a.tar", [("a", b"1"), ("b", b"2")])
    data = bytearray(archive.read_bytes())
    data[1536] = 0x33
    free = module.free_bytes
    monkeypatch.setattr(module, "free_bytes", lambda folder: archive.write_bytes(data) and free(folder))
    refused(archive, tmp_path, "member b has 1 bytes of 1, or a wrong checksum")
