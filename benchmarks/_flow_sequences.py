"""Moving pictures with known flow: photographs warped by a smooth motion, photographs cut into layers, the street.

Everything is (B, T, H, W) uint8 grey with flow (B, T, 2, H, W) in this library's convention. The photographs are those
that scikit-image ships; the settings of reidlib were chosen on draws of seed 0, so the benchmark uses others.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates

from reidlib.data.transforms import resize_flow, resize_frames
from reidlib.flow.colour import grey
from reidlib.flow.flo_file import read_flo
from reidlib.world.render import render
from reidlib.world.truth import exact_flow
from reidlib.world.versions import specify

PICTURES = ("brick", "grass", "gravel", "coffee", "chelsea", "camera", "rocket", "motorcycle_left")
LAYERS = ("brick", "gravel", "coffee", "chelsea", "camera", "rocket", "motorcycle_left", "coins", "moon", "text")
T = 17


@dataclass(frozen=True, eq=False)
class Sequences:
    name: str
    about: str
    frames: np.ndarray
    flow: np.ndarray
    mask: np.ndarray  # (B, T, H, W) pixels whose error counts


def picture(name: str) -> np.ndarray:
    """(H, W) float64 grey levels of a picture in scikit-image's own folder (no download)."""
    path = sorted(Path(skimage.data.__file__).parent.glob(f"{name}.*g"))[0]  # .png or .jpg
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), np.float64) @ (0.299, 0.587, 0.114)


def _smooth_field(rng: np.random.Generator, h: int, w: int) -> np.ndarray:
    """(h, w) Gaussian field with about one bump across, not periodic, standard deviation 1."""
    fy, fx = np.fft.fftfreq(2 * h)[:, None] * 2 * h, np.fft.rfftfreq(2 * w)[None] * 2 * w
    amplitude = np.exp(-0.5 * (np.hypot(fy, fx) / 2) ** 2)
    spectrum = rng.standard_normal(amplitude.shape) + 1j * rng.standard_normal(amplitude.shape)
    field = np.fft.irfft2(spectrum * amplitude, s=(2 * h, 2 * w))[:h, :w]
    return field / field.std()


def warped(rng: np.random.Generator, name: str, h: int, w: int, speed: float) -> tuple[np.ndarray, np.ndarray]:
    """(T, h, w) frames of one picture that streams along a constant field of mean length `speed`; noise of 2 levels."""
    image, scale = picture(name), rng.uniform(1, 2.5)
    image = gaussian_filter(image, 0.45 * scale)
    field = 0.7 * np.stack([_smooth_field(rng, h, w), _smooth_field(rng, h, w)]) + 0.7 * rng.standard_normal((2, 1, 1))
    field *= speed / np.hypot(*field).mean()
    top, left = (rng.uniform(0, max(1, full - scale * part)) for full, part in zip(image.shape, (h, w), strict=True))
    y, x = np.mgrid[:h, :w].astype(float)
    frames = np.empty((T, h, w))
    for t in range(T):
        frames[t] = map_coordinates(image, [y * scale + top, x * scale + left], order=3, mode="reflect")
        vx, vy = (map_coordinates(part, [y, x], order=1, mode="nearest") for part in field)
        x, y = x - vx, y - vy  # where the point that frame t + 1 shows here was in frame 0
    flow = np.zeros((T, 2, h, w), np.float32)
    flow[1:] = field
    return _with_noise(rng, frames, 2.0), flow


def _with_noise(rng: np.random.Generator, frames: np.ndarray, noise: float) -> np.ndarray:
    return np.clip(frames + noise * rng.standard_normal(frames.shape), 0, 255).round().astype(np.uint8)


def layered(rng: np.random.Generator, h: int = 240, w: int = 320, shapes: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Two frames (2, h, w) of cut-out photographs, each with a motion of its own (affine, about 1.3 pixels)."""
    y, x = (np.mgrid[:2 * h, :2 * w] + 0.5) / 2 - 0.5  # drawn at twice the size: edges of real pictures are soft
    before, after, flow = np.zeros(x.shape), np.zeros(x.shape), np.zeros((2, *x.shape))
    for k in range(shapes + 1):
        scale, gain = rng.uniform(0.9, 1.8), rng.uniform(0.4, 1)
        image = gaussian_filter(picture(LAYERS[rng.integers(len(LAYERS))]), 0.45 * scale) * gain
        image += rng.uniform(0, 255 * (1 - gain))
        top, left, cy, cx = *rng.uniform(0, 200, 2), rng.uniform(0, h), rng.uniform(0, w)
        move = rng.standard_normal(2)
        move *= 1.3 * rng.uniform(0.3, 1.7) / np.hypot(*move)
        turn, zoom = rng.normal(0, 0.01), rng.normal(0, 0.008)
        vx, vy = move[0] + zoom * (x - cx) - turn * (y - cy), move[1] + turn * (x - cx) + zoom * (y - cy)
        back = np.linalg.inv([[1 - zoom, turn], [-turn, 1 - zoom]])  # frame t's place of what frame t − 1 shows
        dx, dy = x - cx + move[0], y - cy + move[1]
        old_x, old_y = back[0, 0] * dx + back[0, 1] * dy + cx, back[1, 0] * dx + back[1, 1] * dy + cy
        inside = _blob(rng, cy, cx, square=rng.random() < 0.4) if k else lambda y, x: np.ones(x.shape, bool)
        for frame, py, px in ((after, y, x), (before, old_y, old_x)):
            here = inside(py, px)
            frame[here] = map_coordinates(image, [py[here] * scale + top, px[here] * scale + left], order=1,
                                          mode="mirror")
            if frame is after:
                flow[0][here], flow[1][here] = vx[here], vy[here]
    halves = [gaussian_filter(frame, 0.7).reshape(h, 2, w, 2).mean((1, 3)) for frame in (before, after)]
    truth = np.zeros((2, 2, h, w), np.float32)
    truth[1] = flow[:, ::2, ::2]
    return _with_noise(rng, np.stack(halves), 1.0), truth


def _blob(rng: np.random.Generator, cy: float, cx: float, square: bool):
    """A turned rectangle or a three-lobed blob around (cy, cx), as a test of points."""
    (ry, rx), angle, phase = rng.uniform(18, 60, 2), rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)

    def inside(y: np.ndarray, x: np.ndarray) -> np.ndarray:
        a = ((x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)) / rx
        b = ((y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)) / ry
        if square:
            return np.maximum(np.abs(a), np.abs(b)) < 1
        return np.hypot(a, b) < 1 + 0.25 * np.sin(3 * np.arctan2(b, a) + phase)

    return inside


def _stack(name: str, about: str, drawn: list[tuple[np.ndarray, np.ndarray]]) -> Sequences:
    frames, flow = (np.stack(parts) for parts in zip(*drawn, strict=True))
    return Sequences(name, about, frames, flow, np.ones(frames.shape, bool))


def textures(size: tuple[int, int], speed: float, seed: int) -> Sequences:
    rng = np.random.default_rng([seed, *size])
    return _stack(f"textures {size[0]}×{size[1]}", f"photographs streaming at {speed} px, noise 2, seed {seed}",
                  [warped(rng, name, *size, speed) for name in PICTURES])


def layers(seed: int, count: int = 8) -> Sequences:
    rng = np.random.default_rng([seed, 99])
    return _stack("layers 240×320", f"{count} pairs of cut-out photographs with motions of their own, seed {seed}",
                  [layered(rng) for _ in range(count)])


def street(version: str, numbers: list[int], size: tuple[int, int]) -> Sequences:
    """Rendered tracklets with noise, blur and light drift; errors count on the visible person."""
    spec, drawn, masks = specify(version), [], []
    for number in numbers:
        rendered = render(spec, *spec.index(number))
        frames, mask = rendered.tracklet.frames[:T], rendered.tracklet.mask[:T]
        flow = exact_flow(rendered.scene, rendered.parts)[:T]
        shown = resize_frames(np.repeat(mask[..., None] * np.uint8(255), 3, axis=-1), size)[..., 0] > 127
        drawn.append((grey(resize_frames(frames, size)).numpy(), resize_flow(flow, size)))
        masks.append(shown)
    ids = ", ".join(f"p{spec.index(n)[0]:04d}_c{spec.index(n)[1]}" for n in numbers)
    result = _stack(f"street {size[0]}×{size[1]}", f"{version} revision {spec.revision}: {ids}; person pixels", drawn)
    return Sequences(result.name, result.about, result.frames, result.flow, np.stack(masks))


def middlebury(folder: Path) -> Sequences:
    """RubberWhale: its truth lives on the first frame, so the frames change places and the flow its sign."""
    truth, known = read_flo(folder / "RubberWhale.flo")
    pair = []
    for number in (2, 1):
        with Image.open(folder / f"RubberWhale{number}.png") as image:
            pair.append(np.asarray(image.convert("RGB")))
    flow = np.stack([np.zeros_like(truth), -truth])[None]
    frames = grey(np.stack(pair)).numpy()[None]
    return Sequences("RubberWhale 388×584", "Middlebury, the pair with public truth", frames, flow,
                     np.stack([known, known])[None])
