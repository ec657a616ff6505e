"""Publish what was signed, once enough witnesses have cosigned it; and say who would not.

A checkpoint is signed as soon as there are leaves for it and then stands in the log's history; the public one stays the
older until `quorum` witnesses of the trust list have cosigned the newer. What they may have seen is never contradicted:
see `log.history`. Witnesses and quorum are those of the trust list, for its readers refuse what it does not allow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhijian.codes.log import LogError, LogFolder, Trust, Verifier, check_witnesses, verify_checkpoint
from zhijian.codes.log.cosigning import AHEAD, Ask, Cosigner, Cosigning, Refusal
from zhijian.codes.trust import TrustList


@dataclass(frozen=True, slots=True)
class Policy:
    """Whose cosignatures a checkpoint of this node needs."""

    witnesses: tuple[str, ...] = ()
    """Verifier keys."""
    quorum: int = 0

    @classmethod
    def of(cls, trust: TrustList | None) -> "Policy":
        """None: nobody was told of any witness yet."""
        return cls(trust.witnesses, trust.quorum) if trust else cls()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A signed checkpoint that is not published because too few have cosigned it; or one that is, while somebody refused."""

    origin: str
    signed: int
    """Size; leaves beyond `published` are without a proof for the time being."""
    published: int
    cosigned: int
    quorum: int
    refusals: tuple[Refusal, ...]

    @property
    def outrun(self) -> bool:
        """Whether as many witnesses as make a quorum have seen a larger log than ours. One alone is not believed: it
        could stop us at will."""
        return len({one.witness for one in self.refusals if one.why == AHEAD}) >= max(1, self.quorum)


class Publisher:
    """Keeps what it knows of each witness. Used by the sequencer's thread alone."""

    def __init__(self, asks: Mapping[str, Ask]) -> None:
        """`asks` by verifier key: those without one are never asked."""
        self._asks = asks
        self.policy = Policy()
        self._witnesses: tuple[Verifier, ...] = ()
        self._cosigning = Cosigning(0, ())
        self._settled: dict[str, tuple[int, Policy]] = {}
        """Origin → size and policy under which its published checkpoint was found good: nothing is left to do."""

    def follow(self, policy: Policy) -> bool:
        """Take over the policy of the newest trust list; whether it is another than before. Raises LogMalformed."""
        if policy == self.policy:
            return False
        witnesses = tuple(Verifier.parse(vkey) for vkey in policy.witnesses)
        check_witnesses(witnesses, policy.quorum)
        known = {one.verifier: one for one in self._cosigning.cosigners}
        self._cosigning = Cosigning(
            policy.quorum, [known.get(v) or Cosigner(v, self._asks.get(v.vkey())) for v in witnesses]
        )
        self.policy, self._witnesses = policy, witnesses
        return True

    def holds(self, raw: bytes, origin: str, keys: Sequence[Verifier]) -> bool:
        """Whether these bytes are a checkpoint that the policy allows to be published."""
        trust = Trust(origin, tuple(keys), self._witnesses, self.policy.quorum)
        try:
            verify_checkpoint(raw, trust)
        except LogError:
            return False
        return True

    def settle(self, log: LogFolder, at: datetime) -> tuple[bool, Waiting | None]:
        """Sign what is new and publish it, when the quorum allows. Whether nothing is left to do, and when there is
        and somebody refused, what waits.

        Raises: LogError when the log itself is not in order; never for a witness.
        """
        if self._settled.get(log.origin) == (log.size, self.policy):
            return True, None
        signed = log.sign(at)
        size, published = signed.checkpoint.size, log.published
        if published and published.checkpoint.size == size and self.holds(published.raw, log.origin, log.keys):
            self._settled[log.origin] = (size, self.policy)
            return True, None
        found, refusals = self._cosigning.lines(signed, published, lambda old: log.consistency(old, size), at)
        lines = b"".join(found[vkey] for vkey in self.policy.witnesses if vkey in found)
        if self.holds(signed.raw + lines, log.origin, log.keys):
            log.release(lines)
            self._settled[log.origin] = (size, self.policy)
            told = Waiting(log.origin, size, size, len(found), self.policy.quorum, tuple(refusals))
            return True, told if refusals else None
        before = published.checkpoint.size if published else 0
        waits = Waiting(log.origin, size, before, len(found), self.policy.quorum, tuple(refusals))
        return False, waits if refusals else None
