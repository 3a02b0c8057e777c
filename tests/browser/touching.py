"""Fingers on a page: real touch input through the browser's own protocol, so that touch-action and scrolling count."""

from __future__ import annotations

from typing import Any

STEPS = 6


class Fingers:
    """One finger on `page`, in CSS pixels of what is seen."""

    def __init__(self, page: Any) -> None:
        self.page, self._session = page, page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def tap(self, at: tuple[float, float]) -> None:
        self.page.touchscreen.tap(*at)
        self.page.wait_for_timeout(40)

    def drag(self, at: tuple[float, float], by: tuple[float, float]) -> None:
        """Put the finger down, move it in small steps and lift it."""
        self._send("touchStart", at)
        for step in range(1, STEPS + 1):
            self._send("touchMove", (at[0] + by[0] * step / STEPS, at[1] + by[1] * step / STEPS))
            self.page.wait_for_timeout(20)
        self._send("touchEnd")
        self.page.wait_for_timeout(60)

    def scrolled(self) -> tuple[float, float]:
        return tuple(self.page.evaluate("[scrollX, scrollY]"))


def spot(element: Any, share: tuple[float, float] = (0.5, 0.5)) -> tuple[float, float]:
    """A place on `element`, from (0, 0), its left upper corner, to (1, 1)."""
    box = element.bounding_box()
    return box["x"] + share[0] * box["width"], box["y"] + share[1] * box["height"]
