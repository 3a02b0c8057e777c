"""A function over many items on several processes, results in order, safe against Ctrl-C and killed parents."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

import torch

from reidlib.errors import ReidError

Item, Result = TypeVar("Item"), TypeVar("Result")


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def refuse_in_worker() -> None:
    """Ends a worker that imports a script without `if __name__ == "__main__"` and comes back to where it was started.

    It would wait for ever for the lock that its parent holds; once it has ended, the parent does the work alone.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise SystemExit(1)


@contextmanager
def _ctrl_c_later() -> Iterator[None]:
    """Processes started inside never hear Ctrl-C, not even while they still import; the parent hears it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare() -> None:
    """Of a worker: one thread, Ctrl-C left to the parent, and no life without it."""
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def in_order(function: Callable[[Item], Result], items: list[Item], workers: int | None = None) -> Iterator[Result]:
    """function(item) of every item, in the order of the items.

    `workers` processes (default: one a core) are started afresh (no fork), so function and items must be picklable;
    each computes on one thread, and so does the single process of workers=1: the bytes do not depend on the number.
    """
    workers = cores() if workers is None else workers
    if workers < 1:
        raise ReidError(f"Found {workers} workers", "1 or more", "pass --workers 1, or leave the option out")
    if min(workers, len(items)) < 2:
        yield from _alone(function, items)
        return
    context = multiprocessing.get_context("spawn")
    waiting: deque[Future[Result]] = deque()
    done = 0
    pool = ProcessPoolExecutor(min(workers, len(items)), mp_context=context, initializer=_prepare)
    try:
        for item in items:
            with _ctrl_c_later():  # the pool starts its processes at the first call
                waiting.append(pool.submit(function, item))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
                done += 1
        while waiting:
            yield waiting.popleft().result()
            done += 1
        pool.shutdown()
    except BrokenProcessPool:
        pool.shutdown(wait=False, cancel_futures=True)
        # Where processes cannot be started (a script without `if __name__ == "__main__"`, a locked-down system).
        yield from _alone(function, items[done:])
    except BaseException:
        # Not waited for: cancelling what a pool has queued and then joining it was seen to wait for ever. Its processes
        # end by themselves, after their item or with their parent.
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _alone(function: Callable[[Item], Result], items: list[Item]) -> Iterator[Result]:
    threads = torch.get_num_threads()
    for item in items:
        torch.set_num_threads(1)  # more threads may round differently
        try:
            result = function(item)
        finally:
            torch.set_num_threads(threads)
        yield result
