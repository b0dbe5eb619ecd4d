"""Workers: limits are kept, what fails is replaced, and nothing is opened from within."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvloop

from kg_builder.core.problems import Location, ProblemsFound
from kg_builder.server.workers import Busy, Limits, TooLong, TooMuch, Workers

Result = TypeVar("Result")

STATE = {"answer": 42}


def state() -> dict[str, int]:
    return STATE


RUNNER = asyncio.Runner(loop_factory=uvloop.new_event_loop)
"""One loop for all, and of the kind that the server has, which treats pipes in a way of its own."""


def run(task: Coroutine[Any, Any, Result]) -> Result:
    return RUNNER.run(task)


def together(tasks: list[Coroutine[Any, Any, None]]) -> list[type]:
    """The types of what becomes of tasks that are begun one after the other."""

    async def gathered() -> list[type]:
        return [type(each) for each in await asyncio.gather(*tasks, return_exceptions=True)]

    return run(gathered())


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(state, [], Limits(workers=1, seconds=0.5, memory=500_000_000, waiting=2)) as workers:
        yield workers
    RUNNER.close()


def looked_up(found: dict[str, int], name: str) -> int:
    return found[name]


def process(_: object) -> int:
    return os.getpid()


def sleeping(_: object, seconds: float) -> None:
    time.sleep(seconds)


def killed(_: object) -> None:
    os.kill(os.getpid(), signal.SIGABRT)


def greedy(_: object) -> int:
    return len(bytes(1_000_000_000))


def reading(_: object) -> bytes:
    return Path(__file__).read_bytes()


def connecting(_: object) -> None:
    socket.socket()


class Broken:
    """What can be sent, but not received."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return int, ("none",)


def breaking(_: object) -> Broken:
    return Broken()


def length(_: object, sent: bytes) -> int:
    return len(sent)


def large(_: object) -> bytes:
    return bytes(30_000_000)


def complaining(_: object) -> None:
    raise ProblemsFound.at(Location("a file", 1), rule="rule", found="this", expected="that")


def test_a_task_is_done_on_the_state(workers: Workers) -> None:
    assert run(workers.run(looked_up, "answer")) == 42


def test_a_large_answer_arrives_whole(workers: Workers) -> None:
    assert run(workers.run(large)) == bytes(30_000_000)
    assert run(workers.run(looked_up, "answer")) == 42


def test_a_large_task_arrives_whole(workers: Workers) -> None:
    assert run(workers.run(length, bytes(30_000_000))) == 30_000_000


@pytest.mark.parametrize(
    ("task", "arguments", "error"),
    [
        (sleeping, (2,), TooLong),
        (killed, (), TooMuch),
        (greedy, (), TooMuch),
        (reading, (), RuntimeError),
        (connecting, (), RuntimeError),
        (looked_up, ("nothing",), RuntimeError),
        (complaining, (), ProblemsFound),
        (breaking, (), ValueError),
    ],
)
def test_a_task_that_fails_harms_no_other(
    workers: Workers, task: Callable[..., object], arguments: tuple[object, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        run(workers.run(task, *arguments))
    assert run(workers.run(looked_up, "answer")) == 42


def test_problems_are_told_as_they_are(workers: Workers) -> None:
    with pytest.raises(ProblemsFound) as found:
        run(workers.run(complaining))
    assert [str(problem) for problem in found.value.problems] == ["a file:1: found this, expected that."]


def test_a_worker_that_died_idle_is_replaced(workers: Workers) -> None:
    os.kill(run(workers.run(process)), signal.SIGKILL)
    time.sleep(0.1)
    with pytest.raises(TooMuch):
        run(workers.run(process))
    assert run(workers.run(looked_up, "answer")) == 42


def test_a_task_for_which_there_is_no_room_is_refused_at_once(workers: Workers) -> None:
    assert together([workers.run(sleeping, 0.1) for _ in range(4)]) == [type(None), type(None), type(None), Busy]


def test_a_task_that_waits_too_long_is_refused(workers: Workers) -> None:
    assert together([workers.run(sleeping, 0.4) for _ in range(3)]) == [type(None), type(None), Busy]


def test_a_task_that_nobody_waits_for_is_ended(workers: Workers) -> None:
    async def left() -> int:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(workers.run(sleeping, 0.4), 0.1)
        return await workers.run(looked_up, "answer")

    assert run(left()) == 42
