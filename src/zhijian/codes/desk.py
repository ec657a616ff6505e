"""The two sides of the room: the office issues and changes, the desk answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from zhijian.codes import (
    answer,
    change,
    evidence,
    filing,
    filing_store,
    held,
    key_requests,
    key_store,
    leasing,
    listing,
    qr,
    rebuild,
    register,
    requested,
    store,
    trace,
)  # fmt: skip
from zhijian.codes.code import parse
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
    RegisteredFiles,
    Signed,
    State,
    Trace,
)
from zhijian.codes.node import IssuingNode
from zhijian.codes.rebuild_leaf import Found
from zhijian.codes.requested import Requested
from zhijian.codes.sequencer import LogBehind
from zhijian.codes.trust import TrustList
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.digests import Digests
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PublicKey, Signer
from zhijian.registry import InstitutionFacts


class Desk(evidence.Means):
    """Answers about codes. Every method raises CodesError when there is no answer, and returns evidence otherwise."""

    def answer(self, db: Db, scope: Scope, text: str, tail: str | None, at: datetime) -> Answer:
        """See `answer.answer`."""
        return answer.answer(db, scope, self, text, tail, at)

    def by_own_number(self, db: Db, scope: Scope, certificate_number: str, own_number: str, at: datetime) -> Answer:
        """Today's habit: certificate number and the institution's own number. Raises: CodeUnknown."""
        codes = store.codes_by_own_number(db, scope, certificate_number.strip(), own_number.strip())
        if not codes:
            raise CodeUnknown(f"{certificate_number} / {own_number}")
        return self.answer(db, scope, codes[0], None, at)

    def by_digest(self, db: Db, scope: Scope, algorithm: str, digest: str, at: datetime) -> tuple[Answer, ...]:
        """Reports whose original, or a file that was handed out, has this digest (hex); at most five, oldest first."""
        codes = store.codes_by_digest(db, scope, algorithm.lower(), digest.lower())
        for file in filing_store.files_by_digest(db, scope, algorithm.lower(), bytes.fromhex(digest)):
            evidence.filed(self, file)
            codes.append(Code(file["code"]))
        return tuple(self.answer(db, scope, code, None, at) for code in [*dict.fromkeys(codes)][:5])

    def file_matches(self, db: Db, scope: Scope, code: Code, algorithm: str, digest: str) -> bool | None:
        """Whether a file is the original, or one that was handed out; None when it is none of these and the original was
        registered by another algorithm."""
        row = store.report(db, scope, code)
        if row is None:
            return None
        if any(f["leaf_code"] == code and evidence.filed(self, f)
               for f in filing_store.files_by_digest(db, scope, algorithm.lower(), bytes.fromhex(digest))):  # fmt: skip
            return True
        return bool(row["file_digest"] == digest.lower()) if row["file_digest_algorithm"] == algorithm.lower() else None

    def registered_files(self, db: Db, scope: Scope, code: Code) -> RegisteredFiles | None:
        """See `held.registered_files`."""
        return held.registered_files(db, scope, self, code)

    def filed_at(self, db: Db, scope: Scope, sha256: bytes) -> datetime | None:
        """See `held.filed_at`."""
        return held.filed_at(db, scope, self, sha256)

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
        """What the report's QR says: the whole one once the verifier was found right, else the page's address alone,
        which a code that is only reserved has too.

        Raises: CodeUnknown, VerifierWrong.
        """
        row = store.report(db, scope, parse(code))
        if row is None and tail is None:
            answer.reserved_in(db, scope, self, code)
        if tail is None:
            return f"{self.node.public_url}/v/{code}"
        if row is None:
            raise CodeUnknown(code)
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
        self, db: Db, scope: Scope, text: str, to: State, *, actor: str, reason: str | None, successor: str | None,
        asked: Requested, at: datetime,
    ) -> Code:  # fmt: skip
        """What an institution asked for. See `change.change_state`."""
        return change.change_state(db, scope, self.node, text, to, by="institution", actor=actor, reason=reason,
                                   successor=successor, asked=asked, at=at)  # fmt: skip

    @staticmethod
    def asked(kid: str, signature: bytes, base: bytes, body: bytes) -> Requested:
        """A signed request for a change of state, as it was received."""
        return Requested(kid, signature, base, body)

    @staticmethod
    def request(code: str, to: State, reason: str, successor: str | None, kid: str, key: Signer) -> Requested:
        """See `requested.request`: what an institution's system would send."""
        return requested.request(code, to, reason, successor, kid, key)

    def decide(self, db: Db, scope: Scope, text: str, to: str, *, actor: str, reason: str | None, at: datetime) -> Code:
        """A regulator's decision, `actor` being the office. See `change.change_state`."""
        return change.change_state(db, scope, self.node, text, State(to), by="regulator", actor=actor, reason=reason,
                                   successor=None, asked=None, at=at)  # fmt: skip

    def take_back(self, db: Db, scope: Scope, text: str, found: str, *, actor: str, reason: str | None, at: datetime) -> Code | None:  # fmt: skip
        """See `change.take_back`."""
        return change.take_back(db, scope, self.node, text, State(found), actor=actor, reason=reason, at=at)

    def file(
        self, db: Db, scope: Scope, text: str, media_type: str, file: Digests, asked: Requested, at: datetime
    ) -> bool:
        """See `filing.put_down`."""
        return filing.put_down(db, scope, self.node, text, media_type, file, asked, at)

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
        return key_store.key(db, kid)

    def keys(self, db: Db, uscc: str | None = None) -> tuple[Sequence[key_store.Row], Sequence[key_store.Row]]:
        """Keys and requests for keys, of one institution or of all."""
        return key_store.keys(db, uscc), key_store.key_requests(db, uscc)

    def ask_key(
        self, db: Db, scope: Scope, uscc: str, name: str, key: PublicKey, proof: bytes, asked_by: str | None, at: datetime
    ) -> str:  # fmt: skip
        """See `key_requests.ask`."""
        return key_requests.ask(db, scope, uscc, name, key, proof, asked_by, at)

    def grant_key(self, db: Db, scope: Scope, kid: str, institution: str, reports_per_day: int, at: datetime) -> None:
        """See `key_requests.grant`."""
        key_requests.grant(db, scope, kid, institution, reports_per_day, at)

    def refuse_key(self, db: Db, kid: str, reason: str, at: datetime) -> None:
        """See `key_requests.refuse`."""
        key_requests.refuse(db, kid, reason, at)

    def revoke_key(self, db: Db, kid: str, since: datetime, reason: str, at: datetime) -> None:
        """See `key_requests.revoke`."""
        key_requests.revoke(db, kid, since, reason, at)

    def use_key(self, db: Db, kid: str, reports: int, at: datetime) -> int:
        """Count reports on a key; how many it has submitted on this day, Shanghai."""
        return key_store.use_key(db, kid, day(at), reports)

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
        self, db: Db, scope: Scope, uscc: str, *, before: tuple[datetime, Code] | None = None,
        equal: Mapping[str, str] = MappingProxyType({}), limit: int = 100,
    ) -> Sequence[store.Row]:  # fmt: skip
        return store.own_reports(db, scope, uscc, before=before, equal=equal, limit=limit)

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
        newest = key_store.newest_trust(db)
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

    def oldest_waiting(self, db: Db) -> datetime | None:
        """Since when the oldest of them waits; None when none does."""
        return store.oldest_waiting(db)

    def status_list(self, db: Db, wanted: str, ttl_s: int, at: datetime, believed_s: int | None = None) -> bytes | None:
        """See `listing.status_list`. Public by nature."""
        return listing.status_list(db, Scope.anyone(), self.node, wanted, ttl_s, at, believed_s)

    @staticmethod
    def status_lists(db: Db) -> list[tuple[str, int]]:
        """See `listing.status_lists`. Public by nature."""
        return listing.status_lists(db, Scope.anyone())

    def qr_texts(self, issued: Issued) -> tuple[str, str]:
        """The whole QR's text, and the small one's."""
        url, code = self.node.public_url, issued.code
        return qr.text(url, code, issued.verifier, issued.credential), qr.text(url, code, issued.verifier)
