"""What the public door tells the counter: who was answered about which code. Pages that follow an answer are no looks."""

from starlette.requests import Request

from zhijian.lookups import LookCounter, shown
from zhijian.web.asking import client_of
from zhijian.web.service import Answer
from zhijian.web.typed import is_canonical


class Looks:
    """Answers out of the cache are counted where they are served, `Front`; wrong verifiers where they are held back,
    `Asking`. A HEAD is no look: nobody saw anything."""

    def __init__(self, counter: LookCounter) -> None:
        self._counter = counter

    def answered(self, request: Request, answer: Answer) -> None:
        if request.method != "HEAD":
            verified = answer.verifier is not None
            self._counter.answered(answer.code, client_of(request.scope), shown(answer.state), verified)

    def unknown(self, request: Request, text: str) -> None:
        """`text` is what was not found: only a well-formed code says whose it would be."""
        if request.method != "HEAD" and is_canonical(text):
            self._counter.unknown(text, client_of(request.scope))
