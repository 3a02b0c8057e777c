"""One picture from a file that somebody else wrote: read whole, turned upright, or refused in a sentence."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from reidlib.data.files import explain, kind_of, plain
from reidlib.errors import ReidError

SUFFIXES = (".jpg", ".jpeg", ".png")
MOST_PIXELS = 80_000_000  # just below where Pillow itself warns; larger ones may be made to fill the memory


def read_picture(path: str | Path) -> np.ndarray:
    """(H, W, 3) uint8, turned as EXIF says; ReidError naming the file where there is no picture in it."""
    path = Path(path)
    if kind_of(path) != "file":
        raise ReidError(f"Found no file {plain(path)}", "a picture, .jpg or .png", "check the path")
    return picture_from(path, plain(path))


def picture_from(content: Path | bytes, name: str) -> np.ndarray:
    """The same from a file or from bytes, which errors call `name`."""
    try:
        with Image.open(io.BytesIO(content) if isinstance(content, bytes) else content) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError(f"{opened.width}×{opened.height} pixels")
            if opened.mode.startswith(("I", "F")):  # 16 bits and more, of which conversion would cut off the top
                raise ValueError(f"grey values of mode {opened.mode}")
            return np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))
    except UnidentifiedImageError:
        reason = "its content is of no known kind"
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, Image.DecompressionBombError) as error:
        if isinstance(error, OSError) and error.errno:  # of the system, which read nothing; Pillow's own have no number
            raise explain(error, Path(name)) from error
        reason = plain(str(error) or type(error).__name__)
    raise ReidError(f"The picture {name} cannot be read ({reason})", "a whole .jpg or .png of 8 bits a colour",
                    "open and save it again in a picture viewer, or take it away")
