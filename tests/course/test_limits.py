"""Time limits: endless functions end, others are left alone, on the main thread and elsewhere."""

from __future__ import annotations

import signal
import sys
import threading
import time

import pytest

from reidlib.course import limits
from reidlib.course.limits import TimeLimit, limited
from reidlib.course.limits import _watched as watched

MECHANISMS = [limits._by_watchdog] + ([limits._by_alarm] if hasattr(signal, "setitimer") else [])
both = pytest.mark.parametrize("stop_after", MECHANISMS, ids=lambda f: f.__name__)


def endless():
    while True:
        pass


def catches_exceptions():
    while True:
        try:
            time.sleep(0.001)
        except Exception:
            continue


def catches_everything():
    while True:
        try:
            time.sleep(0.001)
        except:  # noqa: E722
            continue


def catches_everything_in_python():
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


@both
@pytest.mark.parametrize("function", [endless, catches_exceptions, catches_everything, catches_everything_in_python])
def test_endless_functions_end(stop_after, function):
    began = time.monotonic()
    with pytest.raises(TimeLimit):
        watched(stop_after, 0.1, function)
    assert 0.09 < time.monotonic() - began < 20


@both
def test_a_quick_function_gives_its_answer_and_its_own_error(stop_after):
    assert watched(stop_after, 5.0, lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        watched(stop_after, 5.0, lambda: 1 / 0)


@both
def test_nothing_arrives_after_a_function_that_just_made_it(stop_after):
    """Functions that end about when their time does: a late alarm must not hit the code after them."""
    outcomes = []
    for _ in range(300):
        try:
            outcomes.append(watched(stop_after, 0.002, lambda: time.sleep(0.002)))
        except TimeLimit:
            outcomes.append("stopped")
        sum(range(200))
    time.sleep(0.05)
    assert len(outcomes) == 300
    assert sys.gettrace() is None


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no alarm")
def test_sleeping_is_interrupted_on_the_main_thread():
    began = time.monotonic()
    with pytest.raises(TimeLimit):
        limited(0.1, time.sleep, 30)
    assert time.monotonic() - began < 20


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no alarm")
def test_somebody_elses_alarm_still_rings():
    """pytest-timeout and others use the same alarm: it is lent, not taken."""
    rung = []
    kept = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    before = signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(TimeLimit):
            limited(0.1, endless)
        assert rung == []
        deadline = time.monotonic() + 20
        while not rung and time.monotonic() < deadline:
            time.sleep(0.01)
        assert rung == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)
        signal.signal(signal.SIGALRM, kept)


def test_a_tracer_of_the_user_comes_back():
    """A debugger that traces the cell goes on after a stopped function."""
    kept = sys.gettrace()

    def tracer(frame, event, argument):
        return None

    sys.settrace(tracer)
    try:
        with pytest.raises(TimeLimit):
            limited(0.1, catches_everything)
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(kept)


def test_another_thread_is_limited_too_and_lives_on():
    outcome = []

    def work():
        try:
            limited(0.1, endless)
        except TimeLimit:
            outcome.append("stopped")
        outcome.append(limited(5.0, sum, [1, 2]))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert outcome == ["stopped", 3]


def test_arguments_are_handed_on():
    assert limited(5.0, lambda a, b=0: (a, b), 1, b=2) == (1, 2)
