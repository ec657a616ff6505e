"""What a node needs to issue codes: its secret, its key, its name in the trust list, its log."""

from dataclasses import dataclass
from datetime import datetime

from zhijian.codes.credential import kid_of
from zhijian.codes.logbook import signers
from zhijian.codes.secrets import CodeSecret
from zhijian.codes.trust import TrustedLog
from zhijian.kit.clock import day
from zhijian.kit.signing import PrivateKey, Signer

__all__ = ["IssuingNode", "day", "log_number", "log_origin"]


@dataclass(frozen=True, slots=True)
class IssuingNode:
    secret: CodeSecret
    key: Signer
    kid: bytes
    log_host: str
    public_url: str

    @classmethod
    def of(cls, secret: bytes, key: Signer, log_host: str, public_url: str) -> "IssuingNode":
        return cls(CodeSecret(secret), key, kid_of(key.public), log_host, public_url)

    def log_origin_at(self, at: datetime) -> str:
        return log_origin(self.log_host, at)

    def log_number_at(self, at: datetime) -> int:
        """By which the credentials issued at this time name the log."""
        return log_number(log_origin(self.log_host, at))

    @staticmethod
    def trusted_log(origin: str, ed25519: bytes, sm2: PrivateKey) -> TrustedLog:
        """The entry of the trust list for a log with these keys."""
        first, second = signers(origin, ed25519, sm2)
        return TrustedLog(log_number(origin), origin, first.verifier.vkey(), second.verifier.vkey())


def log_origin(log_host: str, at: datetime) -> str:
    """One log a node and half-year.

    >>> from datetime import UTC
    >>> log_origin("log.zhijian.example", datetime(2026, 6, 30, 16, 0, tzinfo=UTC))
    'log.zhijian.example/2026h2'
    """
    on = day(at)
    return f"{log_host}/{on.year}h{1 if on.month <= 6 else 2}"


def log_number(origin: str) -> int:
    """The small number by which credentials name a log: half-years since 2026.

    >>> log_number("log.zhijian.example/2026h2")
    1
    """
    half_year = origin.rsplit("/", 1)[1]
    return (int(half_year[:4]) - 2026) * 2 + int(half_year[5]) - 1
