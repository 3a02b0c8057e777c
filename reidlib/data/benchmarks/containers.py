"""zip and tar, read so that a hostile or broken file ends in a sentence: never in a hang, a full memory, a short tree.

A container's `scan` fills a `Plan` from names and headers; `chunks` then gives the bytes of one member. tar has no
checksums, so `scan` reads each member once and keeps its CRC-32; with it, a cut archive is found before anything is
written.
"""

from __future__ import annotations

import bz2
import errno
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reidlib.data.benchmarks.members import FILE, FOLDER, Member, Plan, UnusableArchive
from reidlib.data.files import explain, plain
from reidlib.errors import ReidError

_CHUNK = 1 << 20
_LONGEST = 1 << 16  # bytes of one extended tar header; a name needs less than 1 of its 64 KiB
_DIGITS = bytes.maketrans(bytes(range(256)), bytes(48 if chr(byte).isdecimal() and byte < 128 else 49
                                                   for byte in range(256)))
_ELSEWHERE = "unpack it by hand and give the folder instead"
_DEVICE = "a device, a pipe or another special file"


@contextmanager
def reading(archive: Path) -> Iterator[None]:
    """Whatever a library says about a broken archive becomes one sentence; only a failing disk keeps its own."""
    try:
        yield
    except ReidError:
        raise
    except Exception as error:  # damaged archives raise more kinds than any documentation lists
        # A damaged offset makes the system refuse to go there, which is no failure of the disk.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL, errno.EOVERFLOW):
            raise explain(error, archive) from error
        raise broken(archive, f"{type(error).__name__}: {error}") from error


def broken(archive: Path, why: str) -> UnusableArchive:
    return UnusableArchive(f"{plain(archive)} is damaged or was cut short ({plain(why)[:200]})", "a whole archive",
                         "compare its size with the holder's page and download it again")


def open_archive(archive: Path) -> Zip | Tar:
    """By the file's first bytes, never by its name; ReidError naming the way out for anything but zip and tar."""
    with reading(archive), open(archive, "rb") as file:
        head = file.read(tarfile.BLOCKSIZE)
    if head[:4] in (b"PK\3\4", b"PK\5\6"):
        return Zip(archive)
    for start, opener in ((b"\x1f\x8b", gzip.GzipFile), (b"BZh", bz2.BZ2File), (b"\xfd7zXZ\0", lzma.LZMAFile)):
        if head.startswith(start):
            return Tar(archive, opener)
    if head[257:262] == b"ustar" or archive.suffix.lower() == ".tar":
        return Tar(archive, None)
    kind = "empty" if not head else "no archive of a known kind"
    for start, name in ((b"Rar!", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7-Zip"), (b"PK", "split zip")):
        if head.startswith(start):
            kind = f"a {name} archive, which Python cannot read"
    raise UnusableArchive(f"{plain(archive)} is {kind}", "a .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz archive, or a "
                          "folder", f"{_ELSEWHERE} (7-Zip, unar and bsdtar read most kinds)")


class Zip:
    def __init__(self, archive: Path) -> None:
        self.archive = archive
        with reading(archive):
            self._zip = zipfile.ZipFile(archive)

    def close(self) -> None:
        self._zip.close()

    def scan(self, plan: Plan) -> None:
        for info in self._zip.infolist():
            if info.flag_bits & 0x41:
                raise UnusableArchive(f"{plain(self.archive)} is encrypted (its member "
                                      f"{plain(info.orig_filename)} asks for a password)",
                                      "an archive without a password", _ELSEWHERE)
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise UnusableArchive(f"{plain(self.archive)} is compressed by zip method {info.compress_type} (its "
                                      f"member {plain(info.orig_filename)})", "a zip of stored or deflated members",
                                      f"{_ELSEWHERE} (7-Zip reads this method)")
            # `filename` ends at a NUL and depends on the system; `orig_filename` is what the archive holds.
            plan.add(info.orig_filename, _zip_kind(info), info.file_size, info.CRC, info)

    def chunks(self, member: Member) -> Iterator[bytes]:
        with reading(self.archive), self._zip.open(member.place) as file:
            while data := file.read(_CHUNK):
                yield data


def _zip_kind(info: zipfile.ZipInfo) -> str:
    """From the Unix mode where there is one (the type's four bits are 0 otherwise), and from the name."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "a symbolic link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return _DEVICE
    return FOLDER if kind == stat.S_IFDIR or info.orig_filename.endswith(("/", "\\")) else FILE


class Tar:
    def __init__(self, archive: Path, opener: type | None) -> None:
        self.archive, self._opener = archive, opener
        self._stream: _Forward | None = None

    def close(self) -> None:
        if self._stream:
            self._stream.close()
            self._stream = None

    def scan(self, plan: Plan) -> None:
        with reading(self.archive):
            stream = _Forward(self.archive, self._opener, plan)
        try:
            with reading(self.archive):
                self._scan(stream, plan)
        finally:
            stream.close()

    def _scan(self, stream: _Forward, plan: Plan) -> None:
        tar = tarfile.TarFile(fileobj=stream, mode="r", errors="surrogateescape")
        while (info := tar.next()) is not None:
            kind, crc = _tar_kind(info), 0
            if info.size < 0:
                raise broken(self.archive, "a negative size")
            if kind == FILE:
                stream.seek(info.offset_data)
                for data in stream.take(info.size):
                    crc = zlib.crc32(data, crc)
            # tarfile strips the slash that would tell an absolute "/" from nothing at all
            plan.add(info.name or "/", kind, info.size, crc, info.offset_data)
            tar.members = []  # tarfile would keep every header of the archive
        # tarfile takes a damaged or missing header for the end, which is a block of zeros.
        if stream.last != bytes(tarfile.BLOCKSIZE):
            raise broken(self.archive, "its end mark is missing")
        stream.drain()

    def chunks(self, member: Member) -> Iterator[bytes]:
        with reading(self.archive):
            if self._stream is None:
                self._stream = _Forward(self.archive, self._opener, None)
            self._stream.seek(member.place)
            yield from self._stream.take(member.size)


def _tar_kind(info: tarfile.TarInfo) -> str:
    if info.isreg():
        return FILE
    if info.isdir():
        return FOLDER
    return "a symbolic link" if info.issym() else "a hard link" if info.islnk() else _DEVICE


class _Forward:
    """The bytes of a tar, only ever forward, counted against the plan's limits, with each extended header checked.

    tarfile believes its headers: a negative size sends it round in circles, a long header fills the memory, crafted
    ones keep its patterns busy for hours. None of them gets past here.
    """

    def __init__(self, archive: Path, opener: type | None, plan: Plan | None) -> None:
        self._archive, self._plan, self._compressed = archive, plan, opener is not None
        self._file = opener(archive) if opener else open(archive, "rb")  # noqa: SIM115
        self._size = archive.stat().st_size
        self._at = 0
        self.last = b""  # the header block read last
        self._extends = b""  # its type, where it announces an extended header

    def close(self) -> None:
        self._file.close()

    def tell(self) -> int:
        return self._at

    def read(self, count: int = -1) -> bytes:
        """What tarfile reads: headers."""
        if not 0 <= count <= _LONGEST:
            raise broken(self._archive, f"a header of {count} bytes")
        data = self._read(count)
        if count == 1:  # a look whether the data before the next header is there
            return data
        self.last = data
        if self._extends:
            if self._extends in (b"x", b"g", b"X"):
                self._check_records(data)
            self._extends = b""
        elif data[156:157] == b"S":
            raise self._sparse()
        elif data[156:157] in (b"x", b"g", b"X", b"L", b"K"):
            self._extends = data[156:157]
        return data

    def _read(self, count: int) -> bytes:
        pieces = []
        while count and (data := self._file.read(min(count, _CHUNK))):
            pieces.append(data)
            count -= len(data)
            self._at += len(data)
        if self._plan and self._compressed:
            self._plan.limits.check(self._plan.archive, self._plan.packed, self._at, 0)
        return b"".join(pieces)

    def take(self, count: int) -> Iterator[bytes]:
        """The next `count` bytes, piece by piece; UnusableArchive where they end before."""
        while count:
            data = self._read(min(count, _CHUNK))
            if not data:
                raise broken(self._archive, "unexpected end")
            count -= len(data)
            yield data

    def seek(self, to: int, whence: int = os.SEEK_SET) -> int:
        if whence != os.SEEK_SET or to < self._at:
            raise broken(self._archive, "a header that points backwards")
        if self._compressed:
            for _ in self.take(to - self._at):
                pass
        elif to > self._size:
            raise broken(self._archive, "unexpected end")
        else:
            self._file.seek(to)
            self._at = to
        return to

    def drain(self) -> None:
        """Reads on to the end: there the compressor's own checksum stands."""
        while self._compressed and self._read(_CHUNK):
            pass

    def _check_records(self, data: bytes) -> None:
        """Records are "LENGTH NAME=VALUE\\n", each just as long as it says."""
        if b"GNU.sparse" in data:
            raise self._sparse()
        if b"0" * 100 in data.translate(_DIGITS):
            raise broken(self._archive, "a header of nothing but digits")
        at = 0
        while at < len(data) and data[at]:
            space = data.find(b" ", at, at + 10)
            length = int(data[at:space]) if space > at and data[at:space].isdigit() else 0
            end = at + length
            if not space < end <= len(data) or data[end - 1:end] != b"\n" or data.find(b"=", space, end) < 0:
                raise broken(self._archive, "a malformed extended header")
            at = end

    def _sparse(self) -> UnusableArchive:
        return UnusableArchive(f"{plain(self._archive)} holds sparse files", "a tar of plain files", _ELSEWHERE)
