"""The only place that knows every room: settings, database, keys, trust, and the caches between them."""

import contextlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

import zhijian.exchange  # noqa: F401  its tables
from zhijian.cases import flow, sampling  # noqa: F401  their tables
from zhijian.codes import Desk, IssuingNode, Keyring, Logbook, Office, Sequencer, TrustList, offline, recovery
from zhijian.codes.events import Feed
from zhijian.codes.log import Ask, LogError, LogReader, Witness, check_witnesses
from zhijian.codes.model import CodesError
from zhijian.identity import Gate
from zhijian.kit import migrate, postgres
from zhijian.kit.db import Db, engine
from zhijian.kit.files import write_whole
from zhijian.kit.keystore import KeyStore
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings, SettingWrong
from zhijian.kit.signing import PrivateKey, PublicKey, Suite
from zhijian.lookups import LookWriter
from zhijian.registry import InstitutionFacts, facts, revision
from zhijian.webhooks import Webhooks
from zhijian.witness_host import WitnessHost, asks_over_http

FACTS_KEPT = 500
ROOT_CERTIFIED = timedelta(days=20 * 365)
ROOT_KEYS = "root-keys.json"
SANDBOX = "sandbox"
"""Folder of the home with test institutions, see `zhijian.sandbox`."""
RESTORED = "restored.json"
"""In the home of a node that was restored and not recovered."""
PLACES = "places"
"""Folder of the home with the salts of the day, see `lookups`."""


class Node:
    """One running node: what every door is handed. Safe to use from several threads."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        self.settings = settings
        self.engine: sa.Engine = engine(database_url)
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.keys = key_store(settings)
        self.signing_key = self.keys.signer("node", Suite(settings.suite))
        self.issuing = IssuingNode.of(
            self.keys.secret("codes"), self.signing_key, settings.log_host, settings.public_url
        )
        self.gate = Gate(self.engine, self.keys.secret("scope"), self.keys.secret("office-db"))
        self.logbook = Logbook(settings.home)
        self.feed = Feed(settings.log_host, settings.public_url)
        self.webhooks = Webhooks.of(self.feed, self.keys.secret("webhooks"), settings.webhooks_to_private)
        self.asks_at: Callable[[str], Ask] = asks_over_http
        """URL → the way to the witness below it."""
        self._trust: TrustList | None = None
        self._facts: OrderedDict[str, InstitutionFacts] = OrderedDict()
        self._hosted = WitnessHost(settings.home)
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Db]:
        """One request or job: commits at the end, rolls back on an error."""
        with self.engine.begin() as db:
            yield db

    @contextlib.contextmanager
    def reading(self) -> Iterator[Db]:
        """For one request that only reads. Each statement sees what was committed when it began, as in `transaction`; that
        it begins and ends costs nothing."""
        with self._reading.connect() as db:
            yield db

    @contextlib.contextmanager
    def one_moment(self) -> Iterator[Db]:
        """A transaction that sees the database as it is at its first query, and keeps nothing."""
        with self.engine.connect().execution_options(isolation_level="REPEATABLE READ") as db:
            yield db

    def institution(self, db: Db, uscc: str) -> InstitutionFacts | None:
        """Facts of an institution, from memory while its revision stands."""
        current = revision(db, Scope.everything(), uscc)
        with self._lock:
            kept = self._facts.get(uscc)
        if kept is not None and kept.revision == current:
            return kept
        loaded = facts(db, Scope.everything(), uscc)
        if loaded is not None:
            with self._lock:
                self._facts[uscc] = loaded
                self._facts.move_to_end(uscc)
                while len(self._facts) > FACTS_KEPT:
                    self._facts.popitem(last=False)
        return loaded

    def trust(self, db: Db) -> TrustList:
        """The newest trust list, from memory while its version stands, held against the root's public keys."""
        version = Keyring.newest_version(db)
        kept = self._trust
        if kept is None or kept.version != version:
            kept = Keyring.newest(db, self.root_keys())
            if kept is None:
                raise CodesError("", "no trust list was published yet; run `zhijian admin prepare`")
            self._trust = kept
        return kept

    def published_trust(self, db: Db) -> TrustList | None:
        """None before the first list."""
        return self.trust(db) if Keyring.newest_version(db) is not None else None

    def root_keys(self) -> dict[Suite, PublicKey]:
        """Public halves of the national root's keys, from `root-keys.json`: all that reading needs."""
        points = json.loads((self.settings.home / ROOT_KEYS).read_text())
        return {Suite(suite): PublicKey(Suite(suite), bytes.fromhex(point)) for suite, point in points.items()}

    def root_certificate_path(self, suite: Suite) -> Path:
        return self.settings.home / f"root-{suite.value.lower()}.der"

    def root_certificate(self, suite: Suite) -> bytes:
        """DER, for seals on documents. Public.

        Raises: SettingWrong before `zhijian admin prepare` has made it.
        """
        try:
            return self.root_certificate_path(suite).read_bytes()
        except FileNotFoundError as why:
            raise SettingWrong(
                f"{why.filename}: 没有根证书 no certificate of the root; 运行 run `zhijian admin prepare`"
            ) from why

    def desk(self, db: Db) -> Desk:
        return Desk(self.issuing, self.trust(db), self.logbook, self.institution)

    def office(self, db: Db) -> Office:
        return Office(self.issuing, self.trust(db))

    def roots(self) -> dict[Suite, PrivateKey]:
        """The national root's private keys. Only what publishes a trust list asks for them; the doors never do."""
        return {suite: self.keys.key(f"root-{suite.value.lower()}", suite) for suite in Suite}

    def keyring(self) -> Keyring:
        label = "演示环境 demonstration, not a real trust list" if self.settings.demo else ""
        host = urlsplit(self.settings.public_url).netloc.lower()
        return Keyring.of(self.roots(), self.issuing, self.log_keys(), host, label, *self._witnessing())

    def _witnessing(self) -> tuple[tuple[str, ...], int]:
        """Keys and quorum for the next trust list: by the settings, or as in the present list when they say nothing.

        Otherwise any command that is run without the settings, and publishes a list, would take the witnesses away.
        Raises: SettingWrong for what is no key of a witness.
        """
        if not self.settings.witnesses:
            with self.transaction() as db:
                trust = self.published_trust(db)
            return (trust.witnesses, trust.quorum) if trust else ((), 0)
        vkeys = tuple(vkey for vkey, _ in self.settings.witness_pairs)
        try:
            check_witnesses(offline.verifiers(vkeys), self.settings.witness_quorum)
        except LogError as why:
            raise SettingWrong(f"ZHIJIAN_WITNESSES: 不是见证的公钥 not the keys of witnesses: {why}") from why
        return vkeys, self.settings.witness_quorum

    def log_keys(self) -> tuple[bytes, PrivateKey]:
        return self.keys.secret("log-ed25519"), self.keys.key("log-sm2", Suite.SM2)

    def check_log(self, at: datetime) -> None:
        """Refuse to issue over a database that knows fewer leaves than the log has published.

        Raises: LogError (database-behind): it was restored from an older copy, and would give codes a second time.
        """
        origin = self.issuing.log_origin_at(at)
        with self.transaction() as db:
            self.office(db).check_log(db, self.logbook, origin)

    def restored(self) -> dict[str, str] | None:
        """Why this node must not issue: it was restored, and `zhijian admin recover` has not been run; else None."""
        try:
            found: dict[str, str] = json.loads((self.settings.home / RESTORED).read_text())
        except FileNotFoundError:
            return None
        return found

    def mark_restored(self, since: str, why: str) -> None:
        """Refuse to issue until `zhijian admin recover`: nothing that happened after `since` (ISO time) is known here."""
        write_whole(self.settings.home / RESTORED, json.dumps({"since": since, "why": why}))

    def remake_log(self, origin: str, saved: Path, progress: Callable[[str, int], None]) -> None:
        """See `codes.recovery.remake_log`."""
        recovery.remake_log(self.transaction, self.settings.home, origin, self.log_keys(), saved, progress)

    def adopt(self, copy: LogReader, at: datetime) -> int:
        """See `codes.recovery.adopt`."""
        return recovery.adopt(self.transaction, self.settings.home, self.log_keys(), copy, at)

    def skip_counters(self) -> tuple[int, int]:
        """See `codes.recovery.skip`."""
        with self.transaction() as db:
            return recovery.skip(db)

    def log_copy(self, origin: str, fetch: Callable[[str], bytes]) -> LogReader:
        """One of our logs as `fetch` gives it.

        Raises: LogError, CodesError for a log that the trust list does not know.
        """
        with self.transaction() as db:
            return Logbook.copy(self.trust(db), origin, fetch)

    def log_backlog(self) -> int:
        """Leaves that wait for their place in the log."""
        with self.transaction() as db:
            return self.office(db).backlog(db)

    def witness(self, name: str) -> Witness | None:
        """See `witness_host`. Raises: LogError."""
        if not self._hosted.has(name):
            return None
        with self.transaction() as db:
            return self._hosted.witness(name, self.trust(db))

    def sequencer(self, at: datetime) -> Sequencer:
        """With a way to each witness of the settings. Whom the trust list names besides is never asked."""
        asks = {vkey: self.asks_at(url) for vkey, url in self.settings.witness_pairs}
        return Sequencer(self.transaction, self.settings.home, self.settings.log_host, *self.log_keys(), at,
                         self.published_trust, asks)  # fmt: skip

    def look_writer(self) -> LookWriter:
        """For one process of the public door."""
        return LookWriter(self.transaction, self.settings.home / PLACES)

    def prepare(self, at: datetime) -> None:
        """Tables of the newest version, certificates of the root, and a first trust list."""
        migrate.upgrade(self.engine)
        points = {suite.value: key.public.point.hex() for suite, key in self.roots().items()}
        (self.settings.home / ROOT_KEYS).write_text(json.dumps(points, indent=1))
        with self.transaction() as db:
            ring = self.keyring()
            if not ring.is_ours(db, self.issuing):
                raise SettingWrong(
                    f"{self.settings.home / 'keys'}: 不是这个数据库的密钥 are not the keys of this database; 新密钥会重复赋码 "
                    "new ones would give codes a second time. 请放回原来的 put back the former keys/"
                )
            if ring.stale(ring.current(db), at):
                ring.publish(db, at)
        self.gate.prepare()
        self._certify_roots(at)

    def _certify_roots(self, at: datetime) -> None:
        from zhijian.codes.document import certificates  # no running node makes one

        name = (
            "智检演示根 Zhijian demonstration root" if self.settings.demo else "检验检测报告平台根 Report platform root"
        )
        for suite, key in self.roots().items():
            if not self.root_certificate_path(suite).exists():
                subject = certificates.Subject(name)
                made = certificates.root_certificate(key, subject, at - timedelta(days=1), at + ROOT_CERTIFIED)
                write_whole(self.root_certificate_path(suite), made)

    def close(self) -> None:
        self.gate.close()
        self.engine.dispose()


def key_store(settings: Settings) -> KeyStore:
    """Files of the home, with the node's key in a token where the settings name one. Raises: SettingWrong."""
    if not settings.pkcs11_module:
        return KeyStore(settings.home)
    from zhijian.kit.hsm import Token, TokenFailed, TokenKeyStore  # nobody else pays for the library

    try:
        token = Token.open(Path(settings.pkcs11_module), settings.pkcs11_token, Path(settings.pkcs11_pin_file))
        store = TokenKeyStore(settings.home, token, ("node",))
        store.signer("node", Suite(settings.suite))
    except TokenFailed as why:
        raise SettingWrong(f"ZHIJIAN_PKCS11_MODULE: {why}") from why
    return store


@contextlib.contextmanager
def open_node(settings: Settings, *, create: bool = True) -> Iterator[Node]:
    """A node with its database: the external one of the settings, or the embedded one, started when nobody has it.

    Raises: SettingWrong without `create` when the home holds no node yet: most likely ZHIJIAN_HOME is not set.
    """
    if not create and not (settings.home / ROOT_KEYS).exists():
        raise SettingWrong(
            f"没有节点 no node in {settings.home}: 请设置 set ZHIJIAN_HOME, 或先运行 or run `zhijian admin prepare`"
        )
    settings.home.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        url = settings.database_url or stack.enter_context(postgres.running(settings.home))
        node = Node(settings, url)
        stack.callback(node.close)
        yield node
