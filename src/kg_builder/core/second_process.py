"""Does independent work in a second process, which sees all that this one holds and sends nothing back."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection


@contextlib.contextmanager
def beside(task: Callable[[], None]) -> Iterator[None]:
    """Do a task in a process that is forked from this one while a `with` block runs, and wait for it at the end.

    Raise what the task raises. Where the block raises, the process is killed. It holds the files that this one has
    open, so that the lock of a build stays until both have ended.
    """
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
    if failure:
        raise failure


def _done(task: Callable[[], None], said: Connection) -> None:
    """Do a task and say whether it failed; an interrupt is left to the other process, which kills this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        task()
    except Exception as error:  # noqa: BLE001  (whatever it is, the other process raises it)
        try:
            said.send(error)
        except Exception:  # noqa: BLE001  (some cannot be sent)
            said.send(RuntimeError(f"{type(error).__name__}: {error}"))
    else:
        said.send(None)
