"""Processes that run untrusted queries on their own state, within limits, and can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import math
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from typing import Any, Self, TypeVar, cast

from kg_builder.core.problems import Location, Problem, ProblemsFound

Result = TypeVar("Result")

Outcome = tuple[object, list[Problem] | Exception | None]
"""The result of a task, and the reason of its failure: one of them is None."""

READY = "ready"

ROOM = 2**24
"""Bytes of free memory that a worker must have after it has made its state."""

LOADING = 60
"""Maximum number of seconds until a worker is ready."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """The number of workers, the seconds and bytes of each, and the number of requests that may wait for them."""

    workers: int = 2
    seconds: float = 10
    memory: int = 2**30
    waiting: int = 64


class TooLong(Exception):  # noqa: N818  (reported as a limit, not as an error)
    """Raised for a task that was killed at its time limit."""


class TooMuch(Exception):  # noqa: N818
    """Raised for a task that ended its worker, because it needed more memory, or a deeper stack, than allowed."""


class Busy(Exception):  # noqa: N818
    """Raised for a task that was not started, because too many others wait."""


class Workers:
    """Processes that each hold a state, such as an open graph; the context manager leaves none of them behind.

    They are forked from a fork server, because this process has threads, and cannot open files or sockets
    once their state is made. pebble and the standard library's pools stay broken after an idle worker has died.
    """

    def __init__(self, make: Callable[[], object], modules: Iterable[str], limits: Limits) -> None:
        """Start the workers; `make` makes their state, `modules` are its imports.

        Raise `ProblemsFound` if a worker cannot make its state within its memory limit.
        """
        self.make = make
        self.limits = limits
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload([*modules])
        self.idle: asyncio.Queue[Worker] = asyncio.Queue()
        self.asked = 0
        self.stopped = False
        self.all = {Worker(self) for _ in range(limits.workers)}
        for worker in self.all:
            if not (worker.pipe.poll(LOADING) and worker.is_ready()):
                self.stop()
                raise ProblemsFound.at(
                    Location("--memory"),
                    rule="memory",
                    found=f"{limits.memory:,} bytes",
                    expected="room for the graph",
                    hint="Allow more.",
                )
            self.idle.put_nowait(worker)

    def __enter__(self) -> Self:
        """Return the workers."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no worker behind."""
        self.stop()

    def stop(self) -> None:
        """Kill all workers, whatever they do; waiting callers get `Busy`."""
        self.stopped = True
        for worker in self.all:
            worker.kill()

    async def run(self, task: Callable[..., Result], *arguments: object) -> Result:
        """Return the result of a task on a worker's state and arguments, all of which must be picklable.

        Raise `ProblemsFound` if the task does, `RuntimeError` for its other errors, and `Busy`, `TooLong` or `TooMuch`.
        """
        if self.asked >= self.limits.workers + self.limits.waiting:
            raise Busy
        self.asked += 1
        try:
            async with asyncio.timeout(self.limits.seconds):
                worker = await self.idle.get()
            return await self.answer(worker, task, arguments)
        except TimeoutError as error:
            raise Busy from error
        finally:
            self.asked -= 1

    async def answer(self, worker: Worker, task: Callable[..., Result], arguments: tuple[object, ...]) -> Result:
        """Return a worker's answer; after an incomplete one, replace it, so that the rest cannot reach another task."""
        try:
            result, failure = await worker.answer(task, arguments)
        except BaseException:
            if self.stopped:
                raise Busy from None
            worker.kill()
            self.all.discard(worker)
            worker = Worker(self)
            self.all.add(worker)
            raise
        finally:
            self.idle.put_nowait(worker)
        if isinstance(failure, list):
            raise ProblemsFound(failure)
        if failure:
            raise failure
        return cast("Result", result)


class Worker:
    """One process, and this side of the pipe to it."""

    def __init__(self, workers: Workers) -> None:
        """Start the process; it is ready a few tenths of a second later."""
        self.limits = workers.limits
        self.ready = False
        self.pipe, other = workers.context.Pipe()
        arguments = (other, workers.make, workers.limits)
        self.process = workers.context.Process(target=work, args=arguments, daemon=True)
        self.process.start()
        other.close()

    def is_ready(self) -> bool:
        """Return whether the process, which has answered or ended, has made its state."""
        with contextlib.suppress(EOFError, OSError):
            self.ready = self.ready or self.pipe.recv() == READY
        return self.ready

    async def answer(self, task: Callable[..., object], arguments: tuple[object, ...]) -> Outcome:
        """Return the outcome of the task; raise `TooLong`, or `TooMuch` if the process has ended."""
        try:
            if not self.ready:
                await self.said(LOADING)
                if not self.is_ready():
                    raise TooMuch
            self.pipe.send((task, arguments))
            await self.said(self.limits.seconds)
            return cast("Outcome", self.pipe.recv())
        except (EOFError, ConnectionError) as error:
            raise TooMuch from error

    async def said(self, seconds: float) -> None:
        """Wait until the process sends something or has ended; raise `TooLong` if neither happens in time.

        No thread waits for it, because a thread would also have to wait for the GIL.
        """
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self.pipe.fileno(), event.set)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError as error:
            raise TooLong from error
        finally:
            loop.remove_reader(self.pipe.fileno())
            os.set_blocking(self.pipe.fileno(), True)  # uvloop clears it, and large answers would be cut

    def kill(self) -> None:
        """Kill the process and wait until it has ended; a waiting reader gets the end of the pipe."""
        self.process.kill()
        self.process.join()


def work(pipe: Connection, make: Callable[[], object], limits: Limits) -> None:
    """Run tasks in a separate process until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all processes; the server ends its workers
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    state = make()
    bytearray(ROOM)  # the limit does not apply to state made before the fork, but to what comes now
    _close_the_door()
    pipe.send(READY)
    with contextlib.suppress(EOFError, OSError):
        while True:
            task, arguments = pipe.recv()
            signal.alarm(math.ceil(limits.seconds) + 1)  # ends this process even where the server is gone
            pipe.send(_outcome(task, state, arguments))
            signal.alarm(0)


def _close_the_door() -> None:
    """Prevent this process from opening files or sockets, whatever a query makes the engine do."""
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, lowest))


def _outcome(task: Callable[..., object], state: object, arguments: tuple[Any, ...]) -> Outcome:
    """Return the result of a task and None, or None and the reason of its failure: problems, or an exception."""
    try:
        return task(state, *arguments), None
    except ProblemsFound as found:
        return None, found.problems
    except (MemoryError, RecursionError):
        return None, TooMuch()
    except Exception as error:  # noqa: BLE001  (the worker continues after any error; some cannot be pickled)
        return None, RuntimeError(f"{type(error).__name__}: {error}")
