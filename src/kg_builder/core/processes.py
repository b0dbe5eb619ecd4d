"""Runs independent work in forked processes, which share the memory of this one."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from typing import TypeVar

Element = TypeVar("Element")
Result = TypeVar("Result")


@contextlib.contextmanager
def beside(task: Callable[[], None]) -> Iterator[None]:
    """Run a task in a forked process in parallel with a `with` block, and wait for it at the end.

    Raise what the task raises. If the block raises, the process is killed. The process keeps the open files of this
    one, so the lock of a build stays until both have ended. Objects already in memory are frozen: the garbage
    collector would scan all of them repeatedly, and now scans only new objects.
    """
    gc.freeze()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_done, args=(task, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield
        try:
            failure = ours.recv()
        except EOFError:
            failure = RuntimeError("a process of this build has ended early")
    except BaseException:
        process.kill()
        raise
    finally:
        process.join()
        ours.close()
        gc.unfreeze()
    if failure:
        raise failure


def map_in_processes(task: Callable[[Element], Result], items: Sequence[Element], least: int = 8) -> list[Result]:
    """Return the results of a task for each item, in order; for fewer than `least` items, no process is forked.

    Task, items and results are sent between processes, so they must be picklable.

    >>> map_in_processes(abs, [-1, 2])
    [1, 2]
    """
    if len(items) < least:
        return [*map(task, items)]
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=_leave_interrupts) as pool:
        return [*pool.map(task, items)]


def _leave_interrupts() -> None:
    """Ignore interrupts: the parent process handles them and ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Turns:
    """The numbers below a limit, in order; forked processes share them, and each number goes to one process.

    >>> turns = Turns(3)
    >>> [*turns], [*turns]
    ([0, 1, 2], [])
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._next = multiprocessing.get_context("fork").Value("i", 0)

    def __iter__(self) -> Iterator[int]:
        """Yield the numbers that no process has taken yet."""
        while True:
            with self._next.get_lock():
                number = self._next.value
                self._next.value += 1
            if number >= self.limit:
                return
            yield number


def _done(task: Callable[[], None], said: Connection) -> None:
    """Run a task and report whether it failed; the parent process handles interrupts and kills this one."""
    _leave_interrupts()
    try:
        task()
    except Exception as error:  # noqa: BLE001  (the parent process raises it)
        try:
            said.send(error)
        except Exception:  # noqa: BLE001  (some exceptions cannot be pickled)
            said.send(RuntimeError(f"{type(error).__name__}: {error}"))
    else:
        said.send(None)
