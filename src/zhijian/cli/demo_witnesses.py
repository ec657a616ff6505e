"""Two witnesses that the demonstration runs itself. They show how witnesses work; against the platform they prove nothing."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from zhijian.codes.log import Answered, Ask, WitnessKey
from zhijian.kit.settings import Settings
from zhijian.wiring import Node
from zhijian.witness_host import WITNESSES

NAMES = ("demo-witness-1", "demo-witness-2")
OWN_WITNESSES = "，演示见证由平台自己运行，不算外部见证 run by the platform itself: they prove nothing against it"


def with_witnesses(settings: Settings) -> Settings:
    """With the demonstration's own witnesses at the public door, both of them needed; unless the settings say who
    witnesses (or `none`). Their keys are made when they are not there."""
    if settings.witnesses:
        return settings
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    pairs = []
    for name in NAMES:
        key = WitnessKey.make(settings.home / WITNESSES / name, f"{name}.zhijian.example")
        pairs.append(f"{key.verifier.vkey()} http://{host}:{settings.verify_port}/{WITNESSES}/{name}")
    return replace(settings, witnesses=", ".join(pairs), witness_quorum=len(NAMES))


def demonstrative(settings: Settings) -> bool:
    """Whether all witnesses are the demonstration's own."""
    return bool(settings.witness_pairs) and all(vkey.startswith(NAMES) for vkey, _ in settings.witness_pairs)


@contextlib.contextmanager
def asked_in_process(node: Node) -> Iterator[None]:
    """While the demonstration is filled no door listens yet: its own witnesses are asked directly."""
    before = node.asks_at

    def asks_at(url: str) -> Ask:
        name = url.rsplit("/", 1)[-1]
        return (lambda body: _ask(node, name, body)) if name in NAMES else before(url)

    node.asks_at = asks_at
    try:
        yield
    finally:
        node.asks_at = before


def _ask(node: Node, name: str, body: bytes) -> Answered:
    witness = node.witness(name)
    if witness is None:
        raise ConnectionRefusedError(name)
    return witness.add_checkpoint(body, datetime.now(UTC))
