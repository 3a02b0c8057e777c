"""Contrast measured where axe cannot decide: the text's colour against the pixels that lie behind it."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
from PIL import Image

# WCAG 1.4.3 for text, the lower bound for large text, and 1.4.11 for signs that are no letters or digits.
TEXT, LARGE = 4.5, 3.0
# A grid line or the edge of a bar may pass behind a text: so much of what is behind it must be right.
SHARE = 0.85
_LOOK = """targets => targets.map((target) => {
  const element = document.querySelector(target);
  const drawn = element.closest('svg') !== null;
  const style = getComputedStyle(element);
  const range = document.createRange();
  const own = [...element.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim());
  const boxes = own.flatMap((node) => (range.selectNodeContents(node), [...range.getClientRects()]));
  let opacity = 1;
  for (let each = element; each; each = each.parentElement) opacity *= getComputedStyle(each).opacity;
  const halo = drawn && style.paintOrder.startsWith('stroke') && parseFloat(style.strokeWidth) >= 2;
  const bold = Number(style.fontWeight) >= 700;
  const place = (box) => [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY];
  return { text: own.map((node) => node.textContent).join(' ').trim(), boxes: boxes.map(place), opacity,
    colour: drawn ? style.fill : style.color, halo: halo ? style.stroke : null,
    large: parseFloat(style.fontSize) >= (bold ? 18.66 : 24) };
})"""
_HIDE = """svg text, svg tspan { fill: transparent !important; stroke: transparent !important }
* { -webkit-text-fill-color: transparent !important }"""


def luminance(rgb: np.ndarray) -> np.ndarray:
    """Relative luminance (WCAG 2.1) of colours from 0 to 255, along the last axis."""
    share = np.asarray(rgb, float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one: Any, other: Any) -> np.ndarray:
    first, second = luminance(one), luminance(other)
    return (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)


def poor_contrast(page: Any, targets: list[str]) -> list[str]:
    """One line for each of the elements that stands out too little from what is behind it."""
    if not targets:
        return []
    looks = page.evaluate(_LOOK, targets)
    style = page.add_style_tag(content=_HIDE)
    pixels = np.asarray(Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB"))
    style.evaluate("each => each.remove()")
    measured = [(target, look, _worst(look, pixels)) for target, look in zip(targets, looks, strict=True)]
    return [f"contrast of {look['text']!r} at {target}: {worst:.2f}" for target, look, worst in measured
            if worst < _needed(look)]  # fmt: skip


def _needed(look: dict[str, Any]) -> float:
    return LARGE if look["large"] or not re.search(r"\w", look["text"]) else TEXT


def _worst(look: dict[str, Any], pixels: np.ndarray) -> float:
    """The contrast that the given share of the pixels behind the text reach."""
    behind = [pixels[max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1].reshape(-1, 3)
              for left, top, right, bottom in look["boxes"]]  # fmt: skip
    ground = np.concatenate(behind)
    if look["halo"]:
        ground = np.array([_rgba(look["halo"])[:3]])
    *colour, alpha = _rgba(look["colour"])
    alpha *= look["opacity"]
    return float(np.quantile(contrast(alpha * np.array(colour) + (1 - alpha) * ground, ground), 1 - SHARE))


def _rgba(css: str) -> list[float]:
    values = [float(each) for each in re.findall(r"[\d.]+", css)]
    if css.startswith("color(srgb"):
        values[:3] = [255 * each for each in values[:3]]
    return values if len(values) == 4 else [*values, 1.0]
