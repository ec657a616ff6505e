"""Keys that never leave a device: ES256 over PKCS#11 (OASIS PKCS #11 3.0), and a key store that asks the device by name.

`TokenKey` is a `kit.signing.Signer`. What the calls map to, and how GM/T 0018 would be put behind the same two classes for SM2:
docs/howto/keys.md. Needs the package python-pkcs11 (extra `hsm`), which is loaded when a token is opened and not before.
"""

import contextlib
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asn1crypto import core

from zhijian.kit.keystore import KeyStore
from zhijian.kit.signing import PublicKey, Signer, SignerFailed, Suite, digest

P256 = "1.2.840.10045.3.1.7"
_OF_THE_SESSION = {
    "SessionClosed", "SessionHandleInvalid", "DeviceError", "DeviceRemoved", "TokenNotPresent", "UserNotLoggedIn",
    "KeyHandleInvalid", "ObjectHandleInvalid",
}  # fmt: skip
"""Errors of PKCS#11 that another session may mend."""


class TokenFailed(SignerFailed):
    """The device, its token or a key in it is not what it should be. Says which, and how to mend it; quotes no PIN."""


@dataclass(slots=True)
class Token:
    """One session with a token, logged in. A session signs one thing at a time; it may be used from several threads."""

    session: Any
    reopen: Callable[[], Any]
    """Another session, for when a device was reset or unplugged. Raises: TokenFailed."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def open(cls, module: Path, label: str, pin_file: Path) -> "Token":
        """Raises: TokenFailed."""

        def session() -> Any:
            return cls._session(module, label, pin_file)

        return cls(session(), session)

    def renew(self) -> None:
        """Raises: TokenFailed."""
        with self.lock:
            with contextlib.suppress(Exception):  # most likely it is closed already
                self.session.close()
            self.session = self.reopen()

    @staticmethod
    def _session(module: Path, label: str, pin_file: Path) -> Any:
        try:
            import pkcs11
        except ImportError as why:
            raise TokenFailed(
                "缺少 python-pkcs11，请安装 zhijian[hsm] python-pkcs11 is not installed: install zhijian[hsm]"
            ) from why
        try:
            pin = pin_file.read_text().strip()
            token = pkcs11.lib(str(module)).get_token(token_label=label)
            try:
                return token.open(user_pin=pin)
            except pkcs11.UserAlreadyLoggedIn:  # by another session of this process, whose login holds for all
                return token.open()
        except OSError as why:
            raise TokenFailed(f"{pin_file}: 口令文件读不出来 the PIN's file cannot be read ({why.strerror})") from why
        except (pkcs11.PKCS11Error, RuntimeError) as why:  # RuntimeError: the library itself cannot be loaded
            raise TokenFailed(f"{module}, token {label}: 打不开 cannot be opened ({type(why).__name__})") from why

    def key(self, name: str, suite: Suite) -> "TokenKey":
        """The key pair labelled `name`; nothing is made here: a key's ceremony is the operator's.

        Raises: TokenFailed when it is not there, twice there, not on P-256, or can be exported.
        """
        import pkcs11

        if suite is not Suite.ES256:
            raise TokenFailed(
                f"{name}: PKCS#11 只用于 ES256，SM2 用 GM/T 0018 PKCS#11 serves ES256 alone, SM2 is for GM/T 0018"
            )
        try:
            with self.lock:
                private = self._only(pkcs11.ObjectClass.PRIVATE_KEY, name)
                public = self._only(pkcs11.ObjectClass.PUBLIC_KEY, name)
                curve = core.ObjectIdentifier.load(public[pkcs11.Attribute.EC_PARAMS]).dotted
                point = bytes(core.OctetString.load(public[pkcs11.Attribute.EC_POINT]).native)
                stays = private[pkcs11.Attribute.SENSITIVE] and not private[pkcs11.Attribute.EXTRACTABLE]
        except (pkcs11.PKCS11Error, ValueError) as why:
            raise TokenFailed(
                f"{name}: 设备里没有这个密钥，或不止一个 not in the device, or there twice ({type(why).__name__})"
            ) from why
        if curve != P256 or len(point) != 65:
            raise TokenFailed(f"{name}: 不是 P-256 密钥 no key on P-256 ({curve})")
        if not stays:
            raise TokenFailed(f"{name}: 密钥可以导出，请另建不可导出的 it can be exported; make one that cannot")
        return TokenKey(self, name, private, PublicKey(suite, point))

    def _only(self, kind: Any, name: str) -> Any:
        """A search is read to its end: one that is left open blocks the session."""
        import pkcs11

        found = list(self.session.get_objects({pkcs11.Attribute.CLASS: kind, pkcs11.Attribute.LABEL: name}))
        if len(found) != 1:
            raise ValueError(f"{len(found)} objects")
        return found[0]


@dataclass(slots=True, repr=False)
class TokenKey:
    token: Token
    name: str
    private: Any
    public: PublicKey

    @property
    def suite(self) -> Suite:
        return self.public.suite

    def sign(self, message: bytes) -> bytes:
        """`r ‖ s` by C_Sign with CKM_ECDSA over the digest: the mechanism that every device has. A session that does not sign
        is opened anew, once. Raises: TokenFailed."""
        import pkcs11

        hashed = digest(self.suite, message)
        try:
            with self.token.lock:
                try:
                    made = bytes(self.private.sign(hashed, mechanism=pkcs11.Mechanism.ECDSA))
                except pkcs11.PKCS11Error as why:
                    if type(why).__name__ not in _OF_THE_SESSION:
                        raise
                    self._found_again()
                    made = bytes(self.private.sign(hashed, mechanism=pkcs11.Mechanism.ECDSA))
        except pkcs11.PKCS11Error as why:
            raise TokenFailed(f"签名失败 the device did not sign ({type(why).__name__})") from why
        if len(made) != 64:
            raise TokenFailed(f"设备的签名有 {len(made)} 字节，应为 64 a signature of {len(made)} bytes instead of 64")
        return made

    def _found_again(self) -> None:
        self.token.renew()
        again = self.token.key(self.name, self.suite)
        if again.public != self.public:
            raise TokenFailed(f"{self.name}: 设备里换了密钥 the device holds another key now")
        self.private = again.private

    def __repr__(self) -> str:
        return f"TokenKey({self.suite}, …)"


class TokenKeyStore(KeyStore):
    """The software store, with those keys in a token whose names are given. Secrets that are no keys stay in files."""

    def __init__(self, home: Path, token: Token, in_token: Collection[str]) -> None:
        super().__init__(home)
        self._token, self._in_token = token, frozenset(in_token)

    def signer(self, name: str, suite: Suite) -> Signer:
        return self._token.key(name, suite) if name in self._in_token else super().signer(name, suite)

    def has(self, name: str) -> bool:
        return name in self._in_token or super().has(name)
