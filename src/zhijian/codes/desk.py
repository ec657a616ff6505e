"""The two sides of the room: the office issues and changes, the desk answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from zhijian.codes import answer, change, keyring, leasing, listing, qr, rebuild, register, store, trace
from zhijian.codes.code import parse
from zhijian.codes.credential import kid_of
from zhijian.codes.lease import Lease, Place
from zhijian.codes.log import SHA256
from zhijian.codes.log.merkle import CompactRange
from zhijian.codes.logbook import Logbook
from zhijian.codes.model import (
    Answer,
    Code,
    CodeUnknown,
    Declined,
    Issued,
    KeyOrder,
    Party,
    Signed,
    State,
    Trace,
)
from zhijian.codes.node import IssuingNode, day
from zhijian.codes.rebuild_leaf import Found
from zhijian.codes.sequencer import LogBehind
from zhijian.codes.trust import LIFETIME, TrustedKey, TrustedLog, TrustList
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, PublicKey, Suite
from zhijian.registry import InstitutionFacts
from zhijian.spec import specification


class Desk(answer.Means):
    """Answers about codes. Every method raises CodesError when there is no answer, and returns evidence otherwise."""

    def answer(self, db: Db, scope: Scope, text: str, tail: str | None, at: datetime) -> Answer:
        """See `answer.answer`."""
        return answer.answer(db, scope, self, text, tail, at)

    def by_own_number(self, db: Db, scope: Scope, certificate_number: str, own_number: str, at: datetime) -> Answer:
        """Today's habit: certificate number and the institution's own number.

        Raises: CodeUnknown.
        """
        codes = store.codes_by_own_number(db, scope, certificate_number.strip(), own_number.strip())
        if not codes:
            raise CodeUnknown(f"{certificate_number} / {own_number}")
        return self.answer(db, scope, codes[0], None, at)

    def by_digest(self, db: Db, scope: Scope, algorithm: str, digest: str, at: datetime) -> tuple[Answer, ...]:
        """Reports whose registered file has this digest (hex); at most five, oldest first."""
        codes = store.codes_by_digest(db, scope, algorithm.lower(), digest.lower())
        return tuple(self.answer(db, scope, code, None, at) for code in codes)

    def file_matches(self, db: Db, scope: Scope, code: Code, algorithm: str, digest: str) -> bool | None:
        """Whether a file's digest is the registered one; None when another algorithm was registered."""
        row = store.report(db, scope, code)
        if row is None or row["file_digest_algorithm"] != algorithm.lower():
            return None
        return bool(row["file_digest"] == digest.lower())

    def trace(self, db: Db, scope: Scope, text: str, verifier: str, at: datetime) -> Trace:
        """See `trace.trace`."""
        return trace.trace(db, scope, self, text, verifier, at)

    def proof(self, db: Db, scope: Scope, text: str, verifier: str | None = None) -> bytes:
        """See `answer.proof`."""
        return answer.proof(db, scope, self, text, verifier)

    def qr_svg(self, db: Db, scope: Scope, code: Code, tail: str | None) -> str:
        """The symbol of `qr_text` as SVG."""
        return qr.svg(self.qr_text(db, scope, code, tail))

    def registered(self, db: Db, code: Code) -> bool:
        return bool(store.codes_registered(db, Scope.everything(), [code]))

    def qr_text(self, db: Db, scope: Scope, code: Code, tail: str | None) -> str:
        """What the report's QR says: the whole one once the verifier was found right, else the page's address alone.

        Raises: CodeUnknown, VerifierWrong.
        """
        row = store.report(db, scope, parse(code))
        if row is None:
            raise CodeUnknown(code)
        if tail is None:
            return f"{self.node.public_url}/v/{code}"
        return qr.text(self.node.public_url, code, answer.opened(self, row, tail), bytes(row["credential"]))


@dataclass(frozen=True, slots=True)
class Office:
    """Issues codes and changes states, in the caller's transaction."""

    node: IssuingNode
    trust: TrustList

    def register(
        self, db: Db, scope: Scope, institution: InstitutionFacts, signed: Signed, reports: Sequence[Any]
    ) -> list[Issued | Declined]:
        """See `register.register`."""
        return register.register(db, scope, self.node, self.trust, institution, signed, reports)

    def change(
        self, db: Db, scope: Scope, text: str, to: State, *, by: Party, actor: str, reason: str | None,
        successor: str | None, kid: str, signature: bytes, at: datetime,
    ) -> Code:  # fmt: skip
        """See `change.change_state`."""
        return change.change_state(db, scope, self.node, text, to, by=by, actor=actor, reason=reason, successor=successor,
                                   kid=kid, signature=signature, at=at)  # fmt: skip

    def lease(
        self, db: Db, scope: Scope, institution: InstitutionFacts, count: int, at: datetime
    ) -> tuple[Lease, bytes, Iterator[Place]]:
        """A lease for offline work, its verifier key, its codes.

        Raises: LeaseRefused.
        """
        made = leasing.lease_offline(db, scope, self.node, institution, count, at)
        return made, self.node.secret.lease_key(made.id), leasing.places(self.node, made)

    @staticmethod
    def leaf(report: bytes) -> bytes:
        """Leaf of one report in its batch: over its bytes as sent."""
        return SHA256.leaf(report)

    @staticmethod
    def batch_root(leaves: Sequence[bytes]) -> bytes:
        """Root over a batch's leaves (RFC 6962): what the institution's signature covers."""
        batch = CompactRange(SHA256)
        batch.extend(leaves)
        return batch.root()

    def key(self, db: Db, kid: str) -> store.Row | None:
        """An institution's key, whatever its state."""
        return store.key(db, kid)

    def use_key(self, db: Db, kid: str, reports: int, at: datetime) -> int:
        """Count reports on a key; how many it has submitted on this day, Shanghai."""
        return store.use_key(db, kid, day(at), reports)

    def lock(self, db: Db, scope: Scope, uscc: str) -> bool:
        """One writer an institution until the transaction ends; False when another has it for longer than a moment."""
        return store.lock_institution(db, scope, uscc)

    def begin(self, db: Db, scope: Scope, submission: dict[str, Any]) -> int | None:
        """Id of a new submission; None when its idempotency key was used before."""
        return store.begin_submission(db, scope, submission)

    def submission(self, db: Db, scope: Scope, uscc: str, idempotency_key: str) -> store.Row | None:
        return store.submission(db, scope, uscc, idempotency_key)

    def answered(self, db: Db, scope: Scope, submission_id: int, status: int, response: bytes) -> None:
        """Keep what was answered, for whoever asks again."""
        store.answer_submission(db, scope, submission_id, status, response)

    def own_reports(
        self, db: Db, scope: Scope, uscc: str, *, before: tuple[datetime, Code] | None = None, state: str | None = None,
        limit: int = 100,
    ) -> Sequence[store.Row]:  # fmt: skip
        return store.own_reports(db, scope, uscc, before=before, state=state, limit=limit)

    def own_report(
        self, db: Db, scope: Scope, text: str
    ) -> tuple[store.Row, Sequence[store.Row], Sequence[store.Row], str]:
        """Row, items, changes (oldest first) and verifier of one report within scope.

        Raises: CodeMalformed, CodeUnknown.
        """
        code = parse(text)
        row = store.report(db, scope, code)
        if row is None:
            raise CodeUnknown(code)
        verifier = leasing.verifier_for(self.node, row["lease_id"], code, bytes(row["facts_digest"]))
        return row, store.items(db, scope, code), store.changes(db, scope, code), verifier

    @staticmethod
    def sealed_trust(db: Db) -> bytes | None:
        """The newest trust list as it is handed out."""
        newest = store.newest_trust(db)
        return bytes(newest["sealed"]) if newest else None

    def check_log(self, db: Db, logbook: Logbook, origin: str) -> None:
        """Raises: LogBehind when the database knows fewer leaves of this log than were published."""
        published = logbook.published_size(self.trust, origin)
        known = store.log_size(db, origin)
        if known < published:
            raise LogBehind.of(origin, known, published)

    def rebuild(self, db: Db, home: Path, progress: Callable[[str, int, int], None]) -> Iterator[Found]:
        """See `rebuild.rebuild`."""
        return rebuild.rebuild(db, home, self.trust, progress)

    def backlog(self, db: Db) -> int:
        """Leaves that wait for their place in the log."""
        return store.backlog(db)

    def status_list(self, db: Db, wanted: str, ttl_s: int, at: datetime) -> bytes | None:
        """See `listing.status_list`. Public by nature."""
        return listing.status_list(db, Scope.anyone(), self.node, wanted, ttl_s, at)

    def qr_texts(self, issued: Issued) -> tuple[str, str]:
        """The whole QR's text, and the small one's."""
        url, code = self.node.public_url, issued.code
        return qr.text(url, code, issued.verifier, issued.credential), qr.text(url, code, issued.verifier)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Institution keys and the trust list, sealed by the national root."""

    roots: Mapping[Suite, PrivateKey]
    node_keys: tuple[TrustedKey, ...]
    logs: tuple[TrustedLog, ...]
    hosts: tuple[str, ...]
    label: str
    witnesses: tuple[str, ...] = ()
    quorum: int = 0

    @classmethod
    def of(
        cls, roots: Mapping[Suite, PrivateKey], node: IssuingNode, log_keys: tuple[bytes, PrivateKey], host: str,
        label: str, witnesses: tuple[str, ...] = (), quorum: int = 0,
    ) -> "Keyring":  # fmt: skip
        """For a node that speaks for every province, with its logs of the coming years."""
        since = datetime(2026, 1, 1, tzinfo=UTC)
        scope, point = ",".join(specification().codelists["province"]), node.key.public.point.hex()
        key = TrustedKey(
            node.kid.hex(), "node-1", node.key.suite, point, "node", scope, since, since + timedelta(days=3650)
        )
        origins = (f"{node.log_host}/{year}h{half}" for year in range(2026, 2036) for half in (1, 2))
        logs = tuple(node.trusted_log(origin, *log_keys) for origin in origins)
        return cls(roots, (key,), logs, (host,), label, witnesses, quorum)

    def stale(self, current: TrustList | None, at: datetime) -> bool:
        """Whether the list on record says something else of node, logs, hosts or witnesses, or has lived half its
        time."""
        if current is None or at > current.issued_at + LIFETIME / 2:
            return True
        said = current.hosts, current.logs, current.witnesses, current.quorum
        if said != (self.hosts, self.logs, self.witnesses, self.quorum):
            return True
        return tuple(k for k in current.keys if k.holder == "node") != self.node_keys

    def knows(self, db: Db, public: PublicKey) -> bool:
        """Whether this key is registered for some institution."""
        return store.key(db, self.kid(public)) is not None

    @staticmethod
    def kid(public: PublicKey) -> str:
        """Eight hex digits that name a key."""
        return kid_of(public).hex()

    def issue(self, db: Db, scope: Scope, orders: Sequence[KeyOrder], reports_per_day: int, at: datetime) -> list[str]:
        """See `keyring.issue_keys`."""
        return keyring.issue_keys(db, scope, orders, reports_per_day, at)

    def publish(self, db: Db, at: datetime) -> TrustList:
        """The next version of the list, over all keys on record."""
        return keyring.publish_trust(db, self.roots, self.node_keys, self.logs, self.hosts, self.label, at,
                                     self.witnesses, self.quorum)  # fmt: skip

    def current(self, db: Db) -> TrustList | None:
        """Raises: TrustListRefused."""
        return self.newest(db, {suite: key.public for suite, key in self.roots.items()})

    @staticmethod
    def newest_version(db: Db) -> int | None:
        """None before the first list."""
        return store.newest_trust_version(db)

    @staticmethod
    def newest(db: Db, root_keys: Mapping[Suite, PublicKey]) -> TrustList | None:
        """The newest list, held against the root's public keys; None before the first.

        Raises: TrustListRefused.
        """
        return keyring.current_trust(db, root_keys)
