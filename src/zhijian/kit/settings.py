"""Settings of a node: environment variables `ZHIJIAN_…`, one frozen class, read once in wiring."""

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from zhijian.kit.principal import Role


class SettingWrong(Exception):
    """A setting cannot be read. Says which, what it was, and what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults make a demonstration node on this machine. Units stand in the names."""

    home: Path
    """Everything the node keeps: database, keys, log."""
    database_url: str = field(default="", repr=False)
    """External PostgreSQL (15 or newer) as `postgresql://user:password@host/name`; empty starts the embedded one."""
    host: str = "127.0.0.1"
    office_port: int = 8000
    verify_port: int = 8001
    public_url: str = ""
    """What the QR and the pages name as the place to verify; no path. Empty: where the public door listens."""
    office_url: str = ""
    """By which laboratories' systems call the API; their signatures name its host. Empty: where the office door listens."""
    log_host: str = "log.zhijian.example"
    demo: bool = True
    sandbox: bool = False
    """Hands invented institutions with test keys to whoever asks, see docs/howto/sandbox.md. Only of a demonstration."""
    suite: str = "SM2-SM3"
    """Suite of the node's own key: SM2-SM3 or ES256."""
    pkcs11_module: str = ""
    """Path of a PKCS#11 library: the node's own key is then the one labelled `node` in a token, with the suite ES256."""
    pkcs11_token: str = ""
    """The token's label."""
    pkcs11_pin_file: str = ""
    """File with the user PIN, readable by the node alone."""
    verify_rate_per_s: float = 5.0
    """Requests a second one address may send to the public pages; 0 switches the limit off."""
    verify_burst: int = 60
    reports_per_key_per_day: int = 200_000
    lease_max: int = 10_000
    status_ttl_s: int = 900
    checkpoint_every_s: float = 1.0
    witnesses: str = ""
    """Who cosigns the log's checkpoints: `VKEY URL` pairs, separated by commas or new lines. `none`: nobody; empty: the
    trust list names the same as before."""
    witness_quorum: int = 0
    """How many of them must have cosigned a checkpoint before it is published and believed."""
    webhooks_to_private: bool = False
    """Whether webhooks may go by http, and to addresses that are not public. For demonstrations and tests alone: it lets
    every laboratory reach into this machine's network."""
    scorecard_open: bool = False
    """Shows the provinces' data quality to whoever reaches the office door. Off until officials sign in there; a demonstration
    shows its own always."""
    passkey_roles: str = ""
    """Roles, separated by commas, that must sign in with a passkey, such as `national,administrator`; empty: none must."""
    oidc_issuer: str = ""
    """Issuer of an OpenID provider through which accounts may sign in; empty: by password and passkey alone."""
    oidc_client_id: str = ""
    oidc_secret_file: str = ""
    """File with the client's secret, readable by the node alone; empty: a public client (PKCE is used always)."""
    oidc_claim: str = "preferred_username"
    """Claim of the ID token that names the account's login. Accounts are made here, never by the provider."""
    oidc_name: str = ""
    """What the button on the sign-in page calls the provider; empty: its host."""
    trusted_proxy: str = ""
    """Address of the proxy whose X-Forwarded-For is believed."""

    def __post_init__(self) -> None:
        """Raises: SettingWrong for a value that cannot work."""
        if not self.public_url:
            object.__setattr__(self, "public_url", f"http://{self.host}:{self.verify_port}")
        if not self.office_url:
            object.__setattr__(self, "office_url", f"http://{self.host}:{self.office_port}")
        for name, (holds, should) in _HOLDS.items():
            if not holds(getattr(self, name)):
                raise SettingWrong(f"ZHIJIAN_{name.upper()}={getattr(self, name)!r}: should be 应为 {should}")
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise SettingWrong("ZHIJIAN_OIDC_ISSUER, ZHIJIAN_OIDC_CLIENT_ID: both or neither 两个都要或都不要")
        if self.sandbox and not self.demo:
            raise SettingWrong("ZHIJIAN_SANDBOX=1: only with 只能与 ZHIJIAN_DEMO=1 同用")
        if not 0 <= self.witness_quorum <= len(self.witness_pairs):
            raise SettingWrong(f"ZHIJIAN_WITNESS_QUORUM={self.witness_quorum}: should be 应为 0 … {len(self.witness_pairs)}, "
                               "the number of 不超过个数 ZHIJIAN_WITNESSES")  # fmt: skip

    @property
    def passkey_demanded(self) -> frozenset[str]:
        return frozenset(one.strip() for one in self.passkey_roles.split(",") if one.strip())

    @property
    def scorecard_shown(self) -> bool:
        return self.demo or self.scorecard_open

    @property
    def witness_pairs(self) -> tuple[tuple[str, str], ...]:
        """(verifier key, URL below which its `add-checkpoint` is)."""
        if self.witnesses == NO_WITNESSES:
            return ()
        pairs = [one.split() for one in re.split(r"[,\n]", self.witnesses) if one.strip()]
        return tuple((vkey, url.rstrip("/")) for vkey, url in pairs)

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """From `ZHIJIAN_*` in `environ` (default: the process's).

        Raises: SettingWrong.
        """
        environ = os.environ if environ is None else environ
        given: dict[str, Any] = {}
        for one in fields(cls):
            text = environ.get(f"ZHIJIAN_{one.name.upper()}")
            if text is not None:
                given[one.name] = _parse(one.name, one.type, text)
        given.setdefault("home", default_home(environ))
        unknown = {n for n in environ if n.startswith("ZHIJIAN_")} - {f"ZHIJIAN_{f.name.upper()}" for f in fields(cls)}
        if wrong := sorted(unknown - {"ZHIJIAN_PICTURES"}):
            raise SettingWrong(f"{wrong[0]}: no such setting 没有这个设置; known 可用: {_names(cls)}")
        return cls(**given)


ROLES = tuple(Role)
_ISSUER = re.compile(r"https://[^\s/?#@]+(/[^\s?#]*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s?#]*)?")
_PORT: tuple[Callable[[int], bool], str] = (lambda n: 0 < n < 65536, "1 … 65535")
NO_WITNESSES = "none"
_WITNESS = re.compile(r"\s*[^\s+,]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}\s+https?://[^\s,/?#]+(?:/[^\s,?#]*)?\s*")


def _are_witnesses(text: str) -> bool:
    """By their form; whether the keys are keys is for those who know keys."""
    pairs = [one for one in re.split(r"[,\n]", text) if one.strip()]
    keys = [one.split()[0] for one in pairs]
    known = all(_WITNESS.fullmatch(one) for one in pairs) and len(set(keys)) == len(keys)
    return text == NO_WITNESSES or (known and len(pairs) <= 32)


_HOLDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "office_port": _PORT,
    "verify_port": _PORT,
    "suite": (lambda s: s in ("SM2-SM3", "ES256"), "SM2-SM3 | ES256"),
    "office_url": (lambda u: u.startswith(("http://", "https://")), "http(s)://HOST"),
    "passkey_roles": (
        lambda text: all(one.strip() in ROLES for one in text.split(",") if one.strip()),
        "roles 角色: " + ",".join(ROLES),
    ),
    "oidc_issuer": (
        lambda u: not u or bool(_ISSUER.fullmatch(u)),
        "https://HOST[/PATH] (http only for 127.0.0.1, localhost)",
    ),
    "oidc_claim": (bool, "name of a claim"),
    "public_url": (lambda u: u.startswith(("http://", "https://")), "http(s)://HOST"),
    "verify_rate_per_s": (lambda r: math.isfinite(r) and r >= 0, ">= 0"),
    "verify_burst": (lambda n: n > 0, "> 0"),
    "reports_per_key_per_day": (lambda n: n > 0, "> 0"),
    "lease_max": (lambda n: 0 < n <= 100_000, "1 … 100000"),
    "status_ttl_s": (lambda n: n > 0, "> 0"),
    "witnesses": (_are_witnesses, "NAME+ID+KEY http(s)://HOST[/PATH], … (each once, at most 每个一次，至多 32) | none"),
    "checkpoint_every_s": (lambda s: math.isfinite(s) and s >= 0, ">= 0"),
}


def default_home(environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", "/var/lib")) / ".local" / "share")
    return Path(base) / "zhijian"


def _names(cls: type[Settings]) -> str:
    return " ".join(f"ZHIJIAN_{f.name.upper()}" for f in fields(cls))


_YES_OR_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_READ: Mapping[object, tuple[Callable[[str], object], str]] = {
    Path: (lambda text: Path(text).expanduser().resolve(), "a folder 文件夹"),
    bool: (lambda text: _YES_OR_NO[text.lower()], "1 or 0 是或否"),
    int: (int, "a whole number 整数"),
    float: (float, "a number 数字"),
    str: (str, "text 文字"),
}


def _parse(name: str, kind: object, text: str) -> object:
    read, should = _READ[kind]
    try:
        return read(text)
    except (KeyError, ValueError, RuntimeError) as why:
        raise SettingWrong(f"ZHIJIAN_{name.upper()}={text!r}: should be 应为 {should}") from why
