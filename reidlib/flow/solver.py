"""The dense solver: from the coarsest level to the finest, warp, build the 2×2 systems, solve, smooth, repeat.

Lucas & Kanade (1981), coarse to fine as Bouguet (2000) describes it. At one pixel the motion v of a window minimises
Σ w (∇I · dv + d)², with d = I_t(p) − I_{t−1}(p − v) turned round: d = I_{t−1}(p − v) − I_t(p) = ∇I · dv. The normal
equations are [[a, b], [b, c]] dv = (e, f) with a = Σ w gx², b = Σ w gx gy, c = Σ w gy², e = Σ w gx d, f = Σ w gy d.

Ours: the gradients of both frames are averaged and kept for all iterations of a level, so that later iterations filter
two planes and not five; the systems are solved on a coarser grid; the motion is smoothed on that grid, where a window
counts the more the better its pixels agree with those they came from.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn.functional import grid_sample

from reidlib.flow import operators as op
from reidlib.flow.settings import Setting

SMALLEST = 8  # pixels of the shorter side of the coarsest level
AGREEMENT = (0.25 / 255) ** 2  # below a quarter of a grey level, windows agree equally well


def pyramid(frames: torch.Tensor, levels: int) -> list[torch.Tensor]:
    """(N, H, W) and its halves, quarters, … as long as the shorter side keeps 8 pixels."""
    result = [frames]
    while len(result) < levels and min(result[-1].shape[1:]) >= 2 * SMALLEST:
        H, W = result[-1].shape[1:]
        result.append(op.apply(op.shrink(H, frames.device), op.shrink(W, frames.device), result[-1]))
    return result


def double_gradients(total: torch.Tensor, out: torch.Tensor) -> None:
    """Twice the derivatives along x and y of (N, H, W) into `out` (2, N, H, W); the outermost pixels repeat."""
    gx, gy = out
    torch.sub(total[..., 2:], total[..., :-2], out=gx[..., 1:-1])
    torch.sub(total[..., 1], total[..., 0], out=gx[..., 0])
    torch.sub(total[..., -1], total[..., -2], out=gx[..., -1])
    torch.sub(total[..., 2:, :], total[..., :-2, :], out=gy[..., 1:-1, :])
    torch.sub(total[..., 1, :], total[..., 0, :], out=gy[..., 0, :])
    torch.sub(total[..., -1, :], total[..., -2, :], out=gy[..., -1, :])


@dataclass
class Level:
    """One level for N pairs: frames (N, h, w) of 0 … 1, the matrices of its size, and room for its planes."""

    previous: torch.Tensor
    current: torch.Tensor
    setting: Setting
    number: int

    def __post_init__(self) -> None:
        device, (N, h, w) = self.current.device, self.current.shape
        grid, size = self.setting.at("grid", self.number), self.setting.at("window", self.number)
        self.coarse = m, n = -(-h // grid), -(-w // grid)
        self.window = op.window(m, h, size, device), op.window(n, w, size, device)
        self.enlarge = op.interpolate(h, m, device), op.interpolate(w, n, device)
        sigma = self.setting.at("smoothing", self.number) / grid
        self.smooth = (op.smooth(m, sigma, device), op.smooth(n, sigma, device)) if sigma else None
        self.room = torch.empty(3 if self.setting.trust and self.smooth else 2, N, h, w, device=device)
        self.gradients = torch.empty(2, N, h, w, device=device)

    def warped(self, motion: torch.Tensor) -> torch.Tensor:
        """The previous frames seen from the current ones: (N, h, w), I_{t−1}(p − v)."""
        h, w = self.current.shape[1:]
        # The sampler reads one plane of x and one of y; interleaving them would cost a copy.
        motion = motion * motion.new_tensor([2 / w, 2 / h])[:, None, None, None]
        places = op.apply(*self.enlarge, motion)
        torch.sub(op.corners(w, places.device), places[0], out=places[0])
        torch.sub(op.corners(h, places.device)[:, None], places[1], out=places[1])
        mode = self.setting.at("interpolation", self.number)
        return grid_sample(self.previous[:, None], places.permute(1, 2, 3, 0), mode=mode, padding_mode="border",
                           align_corners=False)[:, 0]

    def build(self, warped: torch.Tensor) -> None:
        """Gradients, the inverse of each damped 2×2 matrix, and its smaller eigenvalue without damping."""
        double_gradients(warped + self.current, self.gradients)  # four times those of the mean frame
        gx, gy = self.gradients.mul_(0.25)
        products = gx.new_empty(3, *gx.shape)
        torch.mul(gx, gx, out=products[0])
        torch.mul(gx, gy, out=products[1])
        torch.mul(gy, gy, out=products[2])
        a, b, c = op.apply(*self.window, products)
        self.eigenvalue = (a + c) / 2 - torch.hypot((a - c) / 2, b)
        damping = (self.setting.at("damping", self.number) / 255) ** 2
        a, c = a + damping, c + damping
        scale = (a * c - b * b).reciprocal_()
        self.inverse = c * scale, -b * scale, a * scale

    def improve(self, motion: torch.Tensor | None, first: bool) -> torch.Tensor:
        """One iteration: (2, N, m, n) on the coarse grid in pixels of this level -> the same, nearer to the truth."""
        difference = (self.previous if motion is None else self.warped(motion)) - self.current
        if first:
            self.build(difference + self.current)
        torch.mul(self.gradients, difference, out=self.room[:2])
        if len(self.room) == 3:
            torch.mul(difference, difference, out=self.room[2])
        e, f, *disagreement = op.apply(*self.window, self.room)
        a, b, c = self.inverse
        step = torch.stack((a * e + b * f, b * e + c * f))
        motion = step if motion is None else step.add_(motion)
        if not disagreement:
            return op.apply(*self.smooth, motion) if self.smooth else motion
        # In float64, because float32 powers round differently in and beside vector registers: chunks would show.
        weight = disagreement[0].double().add_(AGREEMENT).pow_(-self.setting.trust).float()
        return op.apply(*self.smooth, motion.mul_(weight)).div_(op.apply(*self.smooth, weight))


def solve(previous: list[torch.Tensor], current: list[torch.Tensor],
          setting: Setting) -> tuple[torch.Tensor, torch.Tensor]:
    """Pyramids of N pairs -> flow (2, N, H, W) in pixels, and the smaller eigenvalue (N, H, W) in grey levels²."""
    motion, size = None, None
    for number in reversed(range(len(current))):
        level = Level(previous[number], current[number], setting, number)
        h, w = current[number].shape[1:]
        if motion is not None:
            maps = (op.interpolate(m, n, motion.device) for m, n in zip(level.coarse, motion.shape[2:], strict=True))
            motion = op.apply(*maps, motion) * motion.new_tensor([w / size[1], h / size[0]])[:, None, None, None]
        size = h, w
        for k in range(setting.at("iterations", number)):
            motion = level.improve(motion, first=k == 0)
    return op.apply(*level.enlarge, motion), op.apply(*level.enlarge, level.eigenvalue) * 255**2
