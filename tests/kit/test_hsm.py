"""A key that never leaves its device, against SoftHSM2: signatures verify, and whatever is not as it should be is refused."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from zhijian.kit.hsm import Token, TokenFailed, TokenKeyStore
from zhijian.kit.settings import Settings, SettingWrong
from zhijian.kit.signing import BadSignature, Suite
from zhijian.wiring import key_store

pytest.importorskip("pkcs11", reason="python-pkcs11 (extra hsm) is not installed")
LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
MODULE = next((Path(one) for one in LIBRARIES if Path(one).exists()), None)
if MODULE is None or shutil.which("softhsm2-util") is None:
    pytest.skip("SoftHSM2 is not installed (apt-get install softhsm2)", allow_module_level=True)
LABEL, PIN = "zhijian test", "7391"


@pytest.fixture(scope="module")
def pin_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A token with keys: `node` as it should be, `loose` that can be exported, `curve` on another curve, `twice`."""
    import pkcs11
    from pkcs11.util.ec import encode_named_curve_parameters

    home = tmp_path_factory.mktemp("softhsm")
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(
        f"directories.tokendir = {home / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")  # the library reads it once, when it is loaded
    made = subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "0000", "--pin", PIN],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert made.returncode == 0, made.stderr
    with pkcs11.lib(str(MODULE)).get_token(token_label=LABEL).open(user_pin=PIN, rw=True) as session:
        for name, curve, loose in (("node", "secp256r1", False), ("loose", "secp256r1", True), ("curve", "secp384r1", False),
                                   ("twice", "secp256r1", False), ("twice", "secp256r1", False)):  # fmt: skip
            domain = session.create_domain_parameters(
                pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}, local=True
            )
            kept = {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: loose}
            domain.generate_keypair(store=True, label=name, private_template=kept)
    (home / "pin").write_text(PIN + "\n")
    yield home / "pin"
    os.environ.pop("SOFTHSM2_CONF")


@pytest.fixture(scope="module")
def token(pin_file: Path) -> Token:
    assert MODULE is not None
    return Token.open(MODULE, LABEL, pin_file)


def test_what_the_device_signs_verifies_and_nothing_else_does(token: Token) -> None:
    key = token.key("node", Suite.ES256)
    made = key.sign(b"message digest")
    assert len(made) == 64
    key.public.verify(b"message digest", made)
    with pytest.raises(BadSignature):
        key.public.verify(b"another message", made)


def test_the_key_stays_inside_and_says_nothing_of_itself(token: Token) -> None:
    import pkcs11

    key = token.key("node", Suite.ES256)
    with pytest.raises(pkcs11.PKCS11Error):
        _ = key.private[pkcs11.Attribute.VALUE]
    assert repr(key) == "TokenKey(ES256, …)"


@pytest.mark.parametrize(("name", "suite", "says"), [
    ("none", Suite.ES256, "not in the device"), ("twice", Suite.ES256, "there twice"), ("loose", Suite.ES256, "can be exported"),
    ("curve", Suite.ES256, "no key on P-256"), ("node", Suite.SM2, "GM/T 0018"),
])  # fmt: skip
def test_a_key_that_is_not_as_it_should_be_is_refused(token: Token, name: str, suite: Suite, says: str) -> None:
    with pytest.raises(TokenFailed) as refused:
        token.key(name, suite)
    assert says in str(refused.value)


def test_a_node_takes_its_key_from_the_token_and_the_rest_from_files(token: Token, tmp_path: Path) -> None:
    store = TokenKeyStore(tmp_path, token, ("node",))
    assert store.signer("node", Suite.ES256).public == token.key("node", Suite.ES256).public
    assert not (tmp_path / "keys" / "node.json").exists()
    other = store.signer("log-sm2", Suite.SM2)
    other.public.verify(b"x", other.sign(b"x"))
    assert store.has("node")
    assert store.has("log-sm2")
    assert not store.has("root-es256")


def test_a_document_is_sealed_by_a_key_in_the_device(token: Token) -> None:
    """What seals a PDF asks for nothing but suite, public and sign."""
    from tests.codes.document.papers import paper, what
    from tests.codes.document.sealing_keys import AT, LAB, ROOT, ROOT_DER, ROOTS, SINCE, UNTIL, seal_of

    from zhijian.codes.credential import kid_of
    from zhijian.codes.document.certificates import sealing_certificate
    from zhijian.codes.document.found import Verdict
    from zhijian.codes.document.inspect import inspect
    from zhijian.codes.document.seal import Sealer, seal
    from zhijian.codes.document.stamp import stamp

    key, es = token.key("node", Suite.ES256), Suite.ES256
    own = sealing_certificate(ROOT[es], ROOT_DER[es], LAB, key.public, SINCE, UNTIL)
    by = Sealer(LAB.name, key, own, ROOT_DER[es], key, kid_of(key.public))
    sealed = seal(stamp(paper(pages=1), what()), seal_of(), by, AT)
    assert inspect(sealed, ROOTS, lambda kid, code: key.public, AT).verdict is Verdict.UNCHANGED


def test_settings_open_the_token_and_a_wrong_one_says_which_without_the_pin(
    pin_file: Path, token: Token, tmp_path: Path
) -> None:
    given = Settings(
        tmp_path, suite="ES256", pkcs11_module=str(MODULE), pkcs11_token="nobody", pkcs11_pin_file=str(pin_file)
    )
    with pytest.raises(SettingWrong) as wrong:
        key_store(given)
    assert "nobody" in str(wrong.value)
    assert PIN not in str(wrong.value)
    for changed in (replace(given, pkcs11_module="/nowhere.so"), replace(given, pkcs11_pin_file="/nowhere")):
        with pytest.raises(SettingWrong):
            key_store(changed)
    assert type(key_store(Settings(tmp_path))).__name__ == "KeyStore"


def test_a_session_that_the_device_ended_is_opened_anew(pin_file: Path) -> None:
    assert MODULE is not None
    own = Token.open(MODULE, LABEL, pin_file)
    key = own.key("node", Suite.ES256)
    for message in (b"one", b"two"):
        own.session.close()
        key.public.verify(message, key.sign(message))
    own.session.close()
    own.reopen = lambda: (_ for _ in ()).throw(TokenFailed("unplugged"))
    with pytest.raises(TokenFailed):
        key.sign(b"three")
