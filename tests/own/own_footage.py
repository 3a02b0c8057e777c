"""Videos, tracks and trees small enough to check by hand."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from PIL import Image

HEIGHT, WIDTH = 96, 160


def scene(number: int, places: dict[int, tuple[int, int]], colours: dict[int, tuple[int, int, int]]) -> np.ndarray:
    """Frame `number` (from 1): grey, on it one 40×20 block of one colour for each track at (left, top)."""
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for track, (left, top) in places.items():
        picture[max(0, top):top + 40, max(0, left):left + 20] = colours[track]
    return picture


def write_video(path: Path, pictures: list[np.ndarray], codec: str = "libx264", rate: int = 10,
                rotate: int | None = None, sound: bool = False) -> Path:
    """Nearly without loss, so that colours can be compared."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv444p" if codec == "libx264" else "yuv420p"
        stream.options = {"crf": "5"}
        if rotate is not None:
            stream.set_display_rotation(rotate)
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")))
        container.mux(stream.encode())
    return path


def write_sound(path: Path) -> Path:
    """A file with sound and no pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_tracks(path: Path, rows: list[tuple]) -> Path:
    path.write_text("".join(",".join(str(each) for each in row) + "\n" for row in rows))
    return path


def write_picture(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (16, 8)) -> Path:
    """One colour; size H×W."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size[::-1], colour).save(path)
    return path
