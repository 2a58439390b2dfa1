"""Tests of interrupting code that does not check its deadline."""

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from podium_ml.run.budget import Deadline
from podium_ml.training.interruption import OutOfTimeError, interrupted_at


def test_fit_is_interrupted_at_the_deadline() -> None:
    began = time.time()
    with pytest.raises(OutOfTimeError), interrupted_at(Deadline.after(0.2)):
        time.sleep(30)
    assert 0.15 < time.time() - began < 5


def test_no_interruption_before_the_deadline() -> None:
    with interrupted_at(Deadline.after(0.3)):
        pass
    time.sleep(0.4)


def test_deadline_in_the_past_interrupts_immediately() -> None:
    with pytest.raises(OutOfTimeError), interrupted_at(Deadline(1.0)):
        time.sleep(30)


@pytest.fixture
def own_alarm() -> Iterator[list[int]]:
    """Replace the current alarm with one that records signals, and restore it afterwards."""
    rung: list[int] = []
    handler = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    delay, interval = signal.setitimer(signal.ITIMER_REAL, 0)
    yield rung
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, delay, interval)


def test_previous_handler_is_restored(own_alarm: list[int]) -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(ValueError), interrupted_at(Deadline.after(5)):
        raise ValueError
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_previous_alarm_still_fires(own_alarm: list[int]) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    with interrupted_at(Deadline.after(5)):
        time.sleep(0.05)
    time.sleep(0.4)
    assert own_alarm == [signal.SIGALRM]


def test_no_deadline_sets_no_alarm(own_alarm: list[int]) -> None:
    with interrupted_at(Deadline()):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_other_threads_are_not_interrupted() -> None:
    done = []

    def work() -> None:
        with interrupted_at(Deadline.after(0.05)):
            time.sleep(0.15)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def sleep_like_catboost() -> None:
    try:
        time.sleep(5)
    except OutOfTimeError:
        raise KeyboardInterrupt from None


def test_library_that_turns_the_interruption_into_another_one() -> None:
    with pytest.raises(OutOfTimeError), interrupted_at(Deadline.after(0.05)):
        sleep_like_catboost()


def test_interruption_by_the_user_stays_one() -> None:
    with pytest.raises(KeyboardInterrupt), interrupted_at(Deadline.after(5)):
        raise KeyboardInterrupt
