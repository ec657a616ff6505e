"""The only place that knows every room: settings, database, keys, trust, and the caches between them."""

import contextlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from zhijian.codes import Desk, IssuingNode, Keyring, Logbook, Office, Sequencer, TrustList, recovery
from zhijian.codes.log import LogReader
from zhijian.codes.model import CodesError
from zhijian.kit import migrate, postgres
from zhijian.kit.db import Db, engine
from zhijian.kit.keystore import KeyStore
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings, SettingWrong
from zhijian.kit.signing import PrivateKey, PublicKey, Suite
from zhijian.registry import InstitutionFacts, facts, revision

FACTS_KEPT = 500
ROOT_KEYS = "root-keys.json"
RESTORED = "restored.json"
"""In the home of a node that was restored and not recovered."""
WAITS_AT_MOST = timedelta(seconds=60)
"""A leaf that waits longer for the log tells that no sequencer works."""
TRUST_RUNS_OUT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a door may be sent requests: it may while there is no `reason` against it. Both words for the operator."""

    trust_version: int | None
    reason: str | None = None
    warning: str | None = None

    def document(self) -> dict[str, Any]:
        """As /readyz gives it."""
        said = {"trust_version": self.trust_version, "reason": self.reason, "warning": self.warning}
        return {"ready": self.reason is None, **{k: v for k, v in said.items() if v is not None}}


class Node:
    """One running node: what every door is handed. Safe to use from several threads."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        self.settings = settings
        self.engine: sa.Engine = engine(database_url)
        self.keys = KeyStore(settings.home)
        self.signing_key = self.keys.key("node", Suite(settings.suite))
        self.issuing = IssuingNode.of(
            self.keys.secret("codes"), self.signing_key, settings.log_host, settings.public_url
        )
        self.logbook = Logbook(settings.home)
        self._trust: TrustList | None = None
        self._facts: OrderedDict[str, InstitutionFacts] = OrderedDict()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Db]:
        """One request or job: commits at the end, rolls back on an error."""
        with self.engine.begin() as db:
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

    def root_keys(self) -> dict[Suite, PublicKey]:
        """Public halves of the national root's keys, from `root-keys.json`: all that reading needs."""
        points = json.loads((self.settings.home / ROOT_KEYS).read_text())
        return {Suite(suite): PublicKey(Suite(suite), bytes.fromhex(point)) for suite, point in points.items()}

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
        return Keyring.of(self.roots(), self.issuing, self.log_keys(), host, label)

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
            return Logbook.copy(self.trust(db).log(origin), fetch)

    def log_backlog(self) -> int:
        """Leaves that wait for their place in the log."""
        with self.transaction() as db:
            return self.office(db).backlog(db)

    def readiness(self, at: datetime) -> Readiness:
        """What a load balancer asks. Raises nothing: what fails is the reason."""
        try:
            with self.transaction() as db:
                trust, waits_since = self.trust(db), self.office(db).oldest_waiting(db)
        except CodesError:
            return Readiness(None, "没有可用的信任列表，请运行 zhijian admin prepare no trust list: run it")
        except (sa.exc.SQLAlchemyError, OSError) as why:
            return Readiness(None, f"读不到数据库或根公钥 database or root keys cannot be read: {type(why).__name__}")
        reason = warning = None
        if waits_since is not None and (waited := at - waits_since) > WAITS_AT_MOST:
            reason = (f"有条目等待写入日志 {waited.total_seconds():.0f} 秒，请查看 zhijian worker "
                      "a leaf waits for the log: is the worker running?")  # fmt: skip
        if trust.expires_at - at < TRUST_RUNS_OUT:
            warning = (f"信任列表第 {trust.version} 版 {trust.expires_at.isoformat()} 到期，请运行 zhijian admin prepare "
                       "the trust list runs out: run it")  # fmt: skip
        return Readiness(trust.version, reason, warning)

    def sequencer(self, at: datetime) -> Sequencer:
        return Sequencer(self.transaction, self.settings.home, self.settings.log_host, *self.log_keys(), at)

    def prepare(self, at: datetime) -> None:
        """Tables of the newest version, and a first trust list."""
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

    def close(self) -> None:
        self.engine.dispose()


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
