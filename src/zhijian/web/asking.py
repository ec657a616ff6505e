"""Questions to the service: in a thread, at one time, with guesses held back. Pages and API both ask here."""

from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from zhijian.kit.rate_limit import PairedLimit, client_key
from zhijian.lookups import LookCounter
from zhijian.web.service import Answer, Code, CredentialRefused, DigestAlgorithm, Trace, VerifierWrong, VerifyService
from zhijian.web.typed import MAX_VERIFIER, is_canonical, tidy

P = ParamSpec("P")
R = TypeVar("R")


class TooManyGuesses(Exception):
    """Wrong verifiers from this client or for this code. `wait_s` until the next is heard."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"wait {wait_s:.1f} s")
        self.wait_s = wait_s


class OtherSpelling(Exception):
    """The code is right and is written differently by the house: go there."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


class Asking:
    def __init__(self, service: VerifyService, guesses: PairedLimit, looks: LookCounter) -> None:
        self.service, self._guesses, self._looks = service, guesses, looks

    async def look_up(self, text: str, at: datetime) -> Answer:
        return await run_in_threadpool(self.service.look_up, text, None, at)

    async def look_up_with_tail(self, text: str, tail: str, at: datetime, client: str) -> Answer:
        """Raises OtherSpelling before any guess is counted: one code must not have many names to guess at."""
        if not is_canonical(text):
            raise OtherSpelling((await self.look_up(text, at)).code)
        if len(tail) > MAX_VERIFIER:  # a credential cannot be guessed: who scans a QR is never kept waiting
            try:
                return await run_in_threadpool(self.service.look_up, text, tail, at)
            except (VerifierWrong, CredentialRefused):
                self._looks.refused(text, client)
                raise
        return await self.guarded(client, text, self.service.look_up, text, tail, at)

    async def by_digest(self, algorithm: DigestAlgorithm, digest: str, at: datetime) -> tuple[Answer, ...]:
        return await run_in_threadpool(self.service.by_digest, algorithm, digest, at)

    async def file_matches(self, code: Code, algorithm: DigestAlgorithm, digest: str) -> bool | None:
        return await run_in_threadpool(self.service.file_matches, code, algorithm, digest)

    async def trace(self, code: Code, verifier: str, at: datetime, client: str) -> Trace:
        return await self.guarded(client, code, self.service.trace, code, verifier, at)

    async def guarded(self, client: str, code: str, ask: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        wait_s = self._guesses.take(client, code)
        if wait_s:
            raise TooManyGuesses(wait_s)
        try:
            answer = await run_in_threadpool(ask, *args, **kwargs)
        except (VerifierWrong, CredentialRefused):
            self._looks.refused(code, client)
            raise
        except Exception:
            self._guesses.give_back(client, code)
            raise
        self._guesses.give_back(client, code)
        return answer


def client_of(scope: Scope) -> str:
    """Behind a proxy the server must be told to trust it (uvicorn: --proxy-headers, --forwarded-allow-ips)."""
    client = scope.get("client")
    return client_key(client[0]) if client else "unknown"


def tidy_tail(tail: str) -> str:
    """A verifier as typed; a credential keeps its own symbols."""
    return tidy(tail) if len(tail) <= MAX_VERIFIER else tail.strip().upper()
