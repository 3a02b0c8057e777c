"""Middlebury's .flo files: two floats a pixel behind the word PIEH (Baker et al., A database and evaluation methodology
for optical flow, IJCV 2011)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reidlib.data.files import explained, write_whole
from reidlib.errors import ReidError

TAG = b"PIEH"  # 202021.25 as a little-endian float32
UNKNOWN = 1e9  # the format's limit: a larger component means that nobody knows the motion there
_LARGEST = 99_999


def read_flo(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Flow (2, H, W) float32, x right, y down, and known (H, W) bool; unknown pixels hold 0.

    Middlebury's truth lives on the first frame and points to the second: first(p) ≈ second(p + flow(p)). To compare it
    with a flow of this library, estimate on the frames (second, first) and change the sign.

    Raises
    ------
    ReidError : no such file, another format, or a file of another length than its size demands.
    """
    path = Path(path)
    with explained(path):
        data = path.read_bytes()
    if data[:4] != TAG or len(data) < 12:
        raise ReidError(f"{path} begins with {data[:4]!r}", "a Middlebury .flo file, which begins with b'PIEH'",
                        "check that the file is a flow and came through whole")
    W, H = (int(n) for n in np.frombuffer(data, "<i4", 2, 4))
    if not (1 <= W <= _LARGEST and 1 <= H <= _LARGEST) or len(data) != 12 + 8 * W * H:
        raise ReidError(f"{path} promises {H}×{W} pixels and has {len(data)} bytes", f"{12 + 8 * W * H} bytes",
                        "copy the file again; it was cut or changed on the way")
    flow = np.frombuffer(data, "<f4", 2 * W * H, 12).reshape(H, W, 2).transpose(2, 0, 1)
    known = (np.abs(flow) <= UNKNOWN).all(axis=0)  # NaN is unknown as well
    return np.ascontiguousarray(np.where(known, flow, 0), dtype=np.float32), known


def write_flo(path: str | Path, flow: np.ndarray, known: np.ndarray | None = None) -> Path:
    """Writes flow (2, H, W); pixels outside `known` (H, W) get the format's mark for unknown. Whole or not at all."""
    path, flow = Path(path), np.asarray(flow)
    if flow.ndim != 3 or flow.shape[0] != 2 or flow.dtype.kind != "f" or 0 in flow.shape:
        raise ReidError(f"Found flow of {flow.dtype} and shape {flow.shape}", "floats (2, H, W), x before y",
                        "write the frames of a tracklet one by one, flow[t]")
    known = np.ones(flow.shape[1:], bool) if known is None else np.asarray(known)
    if known.shape != flow.shape[1:] or known.dtype != bool:
        raise ReidError(f"Found a mask of {known.dtype} and shape {known.shape}", f"bool {flow.shape[1:]}",
                        "pass one bool a pixel, or none")
    if not (np.abs(flow[:, known]) <= UNKNOWN).all():
        raise ReidError("Found NaN, infinite or larger values than 1e9 among the known pixels", "pixels per frame",
                        "mark such pixels as unknown: pass known=np.isfinite(flow).all(axis=0)")
    marked = np.where(known, flow, np.float32(1.666666752e9)).astype("<f4")
    size = np.array(flow.shape[:0:-1], "<i4").tobytes()
    with explained(path):
        write_whole(path, TAG + size + np.ascontiguousarray(marked.transpose(1, 2, 0)).tobytes())
    return path
