"""The same flow on a GPU: pairs/s, ratio to one core, and the share of the memory's speed that it reaches."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from reidlib.flow.lucas_kanade import lucas_kanade

PAIRS = 16 * 1024


class Traffic(TorchDispatchMode):
    """Counts the bytes that operations read and write when nothing stays in a cache; views cost nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if not func.is_view:
            given = [value for value in (*args, *(kwargs or {}).values()) if isinstance(value, torch.Tensor)]
            made = [value for value in (result if isinstance(result, (tuple, list)) else (result,))
                    if isinstance(value, torch.Tensor)]
            self.bytes += sum(value.numel() * value.element_size() for value in (*given, *made))
        return result


def _seconds(run: Callable[[], object], rounds: int) -> float:
    run()
    times = []
    for _ in range(rounds):
        torch.cuda.synchronize()
        began = time.perf_counter()
        run()
        torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def device_rows(tables: dict[str, list[dict[str, object]]], rounds: int) -> list[dict[str, object]]:
    """One row per size and setting; `tables` holds the rows of one core under names that end in the size."""
    if not torch.cuda.is_available():
        print("\nno CUDA device: the GPU's rows are left out")
        return []
    name, rows = torch.cuda.get_device_name(), []
    block = torch.empty(1 << 30, dtype=torch.uint8, device="cuda")
    copy = 2 * len(block) / _seconds(lambda: block.clone(), rounds)
    print(f"\n{name}: copies {copy / 1e12:.2f} TB/s (read + write)")
    for title, core in tables.items():
        H, W = (int(part) for part in title.split()[-1].split("×"))
        generator = torch.Generator(device="cuda").manual_seed(0)
        frames = torch.randint(0, 256, (PAIRS // 16, 17, H, W), dtype=torch.uint8, device="cuda", generator=generator)
        for setting in ("fast", "accurate"):
            def run(frames: torch.Tensor = frames, setting: str = setting) -> torch.Tensor:
                return lucas_kanade(frames, setting, dtype=torch.float16)

            seconds = _seconds(run, rounds)
            with Traffic() as traffic:
                run()
            alone = next(row["pairs_per_second"] for row in core if row["name"] == f"reidlib {setting}")
            row = {"device": name, "size": f"{H}×{W}", "setting": setting, "pairs_per_second": round(PAIRS / seconds),
                   "times_one_core": round(PAIRS / seconds / alone, 1),
                   "share_of_copy_speed": round(traffic.bytes / seconds / copy, 3)}
            rows.append(row)
            print(f"{row['size']} {setting:<9} {row['pairs_per_second']:>12,} pairs/s, {row['times_one_core']:,.0f} × "
                  f"one core, {row['share_of_copy_speed']:.0%} of the copy's speed")
    return rows
