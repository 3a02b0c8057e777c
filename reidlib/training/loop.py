"""The loop behind `fit` and `fit_stacked`: step, log, tell, save; and what happens when it goes wrong between."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import torch

from reidlib.errors import ReidError
from reidlib.training.checkpoints import copy_into
from reidlib.training.history import History
from reidlib.training.interrupts import deferred_interrupt
from reidlib.training.optimising import Updater
from reidlib.training.result import Fit, Progress
from reidlib.training.resume import Memory, named, part
from reidlib.training.seeded import seeded
from reidlib.training.settings import Optimiser

PAUSE = 0.2  # seconds between two calls of the callbacks
FETCH = 50  # steps after which a GPU's log is fetched at the latest; until then a NaN may go unseen


class Trained(Protocol):
    """One model, or S of them stacked.

    state : every parameter and buffer by name; the loop changes and restores them in place.
    leaves : those of them that learn.
    runs : S, or None for one model without that dimension.
    """

    state: dict[str, torch.Tensor]
    leaves: dict[str, torch.Tensor]
    runs: int | None

    def ready(self, batch: Any) -> Any:
        """The batch on the device."""

    def terms(self, batch: Any) -> Mapping[str, torch.Tensor]:
        """The loss terms, each () or (S,)."""


class Loop:
    """One training; `run` does it and returns one `Fit` for each run. Parameters as in `fit`."""

    def __init__(self, trained: Trained, batch_of: Callable[[int], Any], optimiser: Optimiser, steps: int, *,
                 seeds: Sequence[Any], device: torch.device, folder: Any, every: int,
                 callbacks: Sequence[Callable[[Progress], object]], stop: Callable[[Progress], bool | str] | None,
                 facts: Mapping[str, Any] | None) -> None:
        for name, value in (("steps", steps), ("every", every)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ReidError(f"Found {name}={value!r}", "a whole number from 1", f"pass {name}=100")
        self.trained, self.batch_of, self.optimiser, self.steps = trained, batch_of, optimiser, steps
        self.seeds, self.device, self.every, self.callbacks, self.stop = seeds, device, every, tuple(callbacks), stop
        self.updater = Updater(trained.leaves, optimiser, trained.runs)
        self.history = History(trained.runs or 1, lambda step: optimiser.rate(step, steps))
        self.memory = Memory(folder, {"optimiser": optimiser.as_dict(), "steps": steps, "seeds": list(seeds),
                                      "runs": trained.runs, "facts": dict(facts or {})})
        self.step, self.stopped, self.interrupted = 0, "", False
        self._before = 0.0  # seconds of earlier calls
        self._safe = True  # False from the forward pass to the end of the update: what is there then is half a step

    def run(self) -> list[Fit]:
        with self.memory, torch.enable_grad():
            self._start, self._told = time.monotonic(), None
            self._resume()
            self.updater.forget()
            if self.step < self.steps and not self.stopped:
                with deferred_interrupt() as interrupt:
                    try:
                        while self.step < self.steps and not self._asked_to_stop():
                            if interrupt.asked:
                                raise KeyboardInterrupt
                            self._one_step()
                            self._between_steps()
                    except KeyboardInterrupt:
                        if not self._safe:  # the second Ctrl-C; the checkpoint before is whole
                            raise
                        self.interrupted = True
                    except Exception:
                        if self._safe and not self.history.broken:
                            self._save()
                        raise
                    finally:
                        self.updater.forget()
                    self._save()
            self._tell(done=True)
        seconds = self._seconds()
        return [Fit(columns, self.step, self.steps, seconds, self.interrupted, self.stopped)
                for columns in self.history.columns]

    def _one_step(self) -> None:
        rate = self.optimiser.rate(self.step, self.steps)
        with seeded(*self.seeds, self.step):
            batch = self.trained.ready(self.batch_of(self.step))
            self._safe = False
            half = self.optimiser.precision == "bfloat16"
            # Without the cache of casts: under vmap it would keep tensors of a level that has ended.
            with torch.autocast(self.device.type, torch.bfloat16, enabled=half,
                                cache_enabled=self.trained.runs is None):
                terms = self._checked(self.trained.terms(batch))
            total = sum(terms.values())
            total.sum().backward()
        norm = self.updater.norm()
        self.history.add(terms, total, norm)
        if self.device.type == "cpu":  # costs nothing here, and stops before a NaN reaches the weights
            self.history.fetch()
        self.updater.step(rate, norm)
        self.updater.forget()
        self.step += 1
        self._safe = True

    def _checked(self, terms: Any) -> dict[str, torch.Tensor]:
        shape = () if self.trained.runs is None else (self.trained.runs,)
        fitting = isinstance(terms, Mapping) and terms and all(
            isinstance(term, torch.Tensor) and term.shape == shape for term in terms.values())
        if not fitting:
            found = ({name: tuple(getattr(term, "shape", ("no tensor",))) for name, term in terms.items()}
                     if isinstance(terms, Mapping) else type(terms).__name__)
            raise ReidError(f"The model answered a batch with {found}", "a dictionary of named loss terms, each a "
                            "tensor without dimensions", 'return {"loss": loss.mean()} from forward')
        if not any(term.requires_grad for term in terms.values()):
            raise ReidError("No loss term depends on a parameter that can learn", "at least one that does",
                            "look for .detach() or torch.no_grad() in forward, or unfreeze a part of the model")
        return {name: term.float() for name, term in terms.items()}

    def _between_steps(self) -> None:
        if self.history.waiting >= FETCH:
            self.history.fetch()
        if self.step % self.every == 0 and self.step < self.steps:
            self._save()
        if self._told is None or time.monotonic() - self._told >= PAUSE:
            self._tell(done=False)

    def _asked_to_stop(self) -> bool:
        # By step, not by clock, and asked again after a resume: so the answer does not depend on when a kill came.
        if self.stop and not self.stopped and self.step and self.step % self.every == 0:
            answer = self.stop(self._progress(done=False))
            self.stopped = answer if isinstance(answer, str) else "asked to stop" if answer else ""
        return bool(self.stopped)

    def _tell(self, done: bool) -> None:
        if self.callbacks and self.step:
            progress = self._progress(done)
            for callback in self.callbacks:
                callback(progress)
            self._told = time.monotonic()

    def _progress(self, done: bool) -> Progress:
        self.history.fetch()
        columns = self.history.mean()
        terms = {name: columns[name][-1] for name in self.history.names[:-2]}
        return Progress(self.step, self.steps, terms, self.optimiser.rate(self.step - 1, self.steps), self._seconds(),
                        done, columns)

    def _seconds(self) -> float:
        return self._before + time.monotonic() - self._start

    def _save(self) -> None:
        self.history.fetch()
        if not self.step:
            return
        tensors = {**named("model", self.trained.state), **named("optimiser", self.updater.state()),
                   "history": self.history.tensor()}
        self.memory.write(tensors, {"step": self.step, "steps": self.steps, "stopped": self.stopped,
                                    "history": self.history.names, "seconds": round(self._seconds(), 3)})

    def _resume(self) -> None:
        saved = self.memory.read()
        if saved is None:
            return
        tensors, facts = saved
        copy_into(self.trained.state, part(tensors, "model"), f"the training in {self.memory.path.parent}")
        self.updater.load(part(tensors, "optimiser"))
        self.history.load(facts["history"], tensors["history"])
        self.step, self.stopped, self._before = facts["step"], facts["stopped"], facts["seconds"]
