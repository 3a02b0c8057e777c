"""Archives for tests, honest and hostile, with any name, mode and size that a container can hold."""

import io
import os
import stat
import tarfile
import warnings
import zipfile
from pathlib import Path

import numpy as np


def image(number: int, size: int = 900) -> bytes:
    """Bytes that differ for each number and hardly compress."""
    return np.random.default_rng(number).bytes(size)


def make_zip(path, members, mode=stat.S_IFREG | 0o644, method=zipfile.ZIP_DEFLATED):
    """members : (name, bytes) or (name, bytes, Unix mode)."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", method) as file:
        warnings.filterwarnings("ignore", "Duplicate name")
        for name, data, *own in members:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name  # as it is, also with NUL and backslash
            info.compress_type = method
            info.create_system = 3
            info.external_attr = (own[0] if own else mode) << 16
            file.writestr(info, data)
    return path


def make_tar(path, members, packed="", form=tarfile.GNU_FORMAT):
    """members : (name, bytes) or (name, bytes, tar type) or (name, bytes, tar type, link name)."""
    with tarfile.open(path, f"w:{packed}", format=form, errors="surrogateescape") as file:
        for name, data, *own in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            if own:
                info.type = own[0]
            if len(own) > 1:
                info.linkname = own[1]
            file.addfile(info, io.BytesIO(data))
    return path


def contents(folder) -> dict[str, bytes]:
    """{path below `folder`: bytes} of all files but the mark; a link or special file fails the test."""
    found = {}
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            mode = os.lstat(os.path.join(place, name)).st_mode
            assert stat.S_ISREG(mode) or stat.S_ISDIR(mode), name
        for name in files:
            path = Path(place, name)
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    found.pop(".unpacked.json", None)
    return found


TREE = {"prid/cam_a/person_0001.png": image(1), "prid/cam_a/person_0002.PNG": image(2, 0),
        "prid/cam_b/person_0001.png": image(3, 70_000), "prid/read me.txt": b"hello"}
MAKERS = {"zip": make_zip, "stored.zip": lambda path, members: make_zip(path, members, method=zipfile.ZIP_STORED),
          "tar": make_tar, "tar.gz": lambda path, members: make_tar(path, members, "gz"),
          "tar.bz2": lambda path, members: make_tar(path, members, "bz2"),
          "tar.xz": lambda path, members: make_tar(path, members, "xz"),
          "pax.tar": lambda path, members: make_tar(path, members, form=tarfile.PAX_FORMAT),
          "ustar.tar": lambda path, members: make_tar(path, members, form=tarfile.USTAR_FORMAT)}
