"""Work on bytes from strangers, in a process of its own: whatever it does, it ends in time and within its memory.

Each call is a fresh fork of a server that has the modules loaded already, so that it starts in milliseconds and what one
call breaks no other sees. A call that is too slow or too large dies, and its caller is told.
"""

import contextlib
import multiprocessing
import resource
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

R = TypeVar("R")
_PRELOADED: dict[str, None] = {}


class AsideFailed(Exception):
    """The call gave no result. `why` is a stable key: busy, too-slow, died (most often of too much memory)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Aside:
    """Runs calls aside, at most `at_once` of them. Safe to use from several threads.

    `modules` are loaded once. A function, its arguments, its result and its errors must be picklable, and its error's class
    one that is made from its `args`.
    """

    def __init__(
        self, modules: Sequence[str], *, at_once: int = 2, seconds: float = 60.0, memory_bytes: int = 2 << 30,
        patience_s: float = 10.0,
    ) -> None:  # fmt: skip
        self._seconds, self._memory, self._patience = seconds, memory_bytes, patience_s
        self._free = threading.BoundedSemaphore(at_once)
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        # The server is one for the process, and so is its list: several of these must not take each other's modules away.
        _PRELOADED.update(dict.fromkeys(modules))
        self._context.set_forkserver_preload(["__main__", *_PRELOADED])

    def __call__(self, call: Callable[..., R], *arguments: Any) -> R:
        """What `call` returns or raises.

        Raises: AsideFailed; and whatever `call` raises.
        """
        if not self._free.acquire(timeout=self._patience):
            raise AsideFailed("busy")
        try:
            result: R = self._result(call, arguments)
            return result
        finally:
            self._free.release()

    def _result(self, call: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        with self._started(call, arguments) as receiver:
            if not receiver.poll(self._seconds):
                raise AsideFailed("too-slow")
            try:
                is_good, said = receiver.recv()
            except EOFError:
                raise AsideFailed("died") from None
        if is_good:
            return said
        try:
            raise said
        finally:
            del said, arguments  # else the error holds this frame, and this frame the error and the bytes

    @contextlib.contextmanager
    def _started(self, call: Callable[..., Any], arguments: tuple[Any, ...]) -> Iterator[Connection]:
        receiver, sender = self._context.Pipe(duplex=False)
        limits = self._memory, int(self._seconds) + 5
        process: BaseProcess = self._context.Process(target=_child, args=(sender, limits, call, arguments), daemon=True)
        try:
            process.start()
            sender.close()
            yield receiver
        finally:
            receiver.close()
            if process.pid is not None:
                process.kill()
                process.join()


def _child(sender: Connection, limits: tuple[int, int], call: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    memory_bytes, cpu_s = limits
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sender.send((True, call(*arguments)))
    except MemoryError:
        return  # the pipe ends without a word: "died"
    except Exception as why:  # whatever it is, it is its caller's to judge
        sender.send((False, why))
