"""Certificates of both suites: written, read back, checked along the chain, and read by OpenSSL, which is not ours."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codes.document.sealing_keys import (
    AT,
    DER,
    KEY,
    KID,
    LAB,
    NATION,
    ROOT,
    ROOT_DER,
    SINCE,
    STRANGER_DER,
    STRANGER_ROOT_DER,
    UNTIL,
)  # fmt: skip

from zhijian.codes.document import certificates as c
from zhijian.codes.document.refused import DocumentRefused
from zhijian.kit.signing import Suite

BOTH = pytest.mark.parametrize("suite", list(Suite))


@BOTH
def test_a_certificate_says_whose_key_it_is_and_chains_to_the_root(suite: Suite) -> None:
    chain = c.check_chain(DER[suite], [STRANGER_ROOT_DER[suite], ROOT_DER[suite]], AT)
    assert chain.subject == LAB
    assert chain.public == KEY[suite].public
    assert chain.kid == KID[suite]
    assert chain.leaf.serial_number == c.serial_of(KID[suite])
    assert c.subject_of(chain.root) == NATION


@BOTH
def test_a_certificate_of_another_root_is_not_trusted(suite: Suite) -> None:
    with pytest.raises(DocumentRefused) as refused:
        c.check_chain(STRANGER_DER[suite], [ROOT_DER[suite]], AT)
    assert refused.value.why == "certificate-untrusted"


def test_a_root_of_the_same_name_with_another_key_is_not_the_root() -> None:
    es = Suite.ES256
    false = c.root_certificate(KEY[es], NATION, SINCE, UNTIL + timedelta(days=9))
    forged = c.sealing_certificate(KEY[es], false, LAB, KEY[es].public, SINCE, UNTIL)
    with pytest.raises(DocumentRefused) as refused:
        c.check_chain(forged, [ROOT_DER[es]], AT)
    assert refused.value.why == "certificate-untrusted"


@BOTH
@pytest.mark.parametrize("at", [SINCE - timedelta(seconds=1), UNTIL + timedelta(seconds=1)])
def test_outside_of_its_validity_it_vouches_for_nothing(suite: Suite, at: object) -> None:
    with pytest.raises(DocumentRefused) as refused:
        c.check_chain(DER[suite], [ROOT_DER[suite]], at)  # type: ignore[arg-type]
    assert refused.value.why == "certificate-expired"


@BOTH
def test_a_sealing_certificate_signs_no_further_certificates(suite: Suite) -> None:
    deeper = c.sealing_certificate(KEY[suite], DER[suite], LAB, ROOT[suite].public, SINCE, UNTIL)
    with pytest.raises(DocumentRefused) as refused:
        c.check_chain(deeper, [ROOT_DER[suite], DER[suite]], AT)
    assert refused.value.why == "certificate-untrusted"


@BOTH
def test_a_root_seals_no_documents(suite: Suite) -> None:
    with pytest.raises(DocumentRefused) as refused:
        c.check_chain(ROOT_DER[suite], [ROOT_DER[suite]], AT)
    assert refused.value.why == "certificate-usage"


def test_root_and_key_are_of_one_suite() -> None:
    with pytest.raises(DocumentRefused) as refused:
        c.sealing_certificate(ROOT[Suite.ES256], ROOT_DER[Suite.ES256], LAB, KEY[Suite.SM2].public, SINCE, UNTIL)
    assert refused.value.why == "certificate-suite"


@BOTH
@given(where=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_through(suite: Suite, where: int, bit: int) -> None:
    raw = bytearray(DER[suite])
    raw[where % len(raw)] ^= 1 << bit
    with pytest.raises(DocumentRefused):
        c.check_chain(bytes(raw), [ROOT_DER[suite]], AT)


@given(raw=st.binary(max_size=400))
def test_random_bytes_are_refused_and_never_a_crash(raw: bytes) -> None:
    with pytest.raises(DocumentRefused) as refused:
        c.read(raw)
    assert refused.value.why in {"certificate-malformed", "certificate-suite"}


@BOTH
def test_bytes_behind_a_certificate_are_refused(suite: Suite) -> None:
    with pytest.raises(DocumentRefused) as refused:
        c.read(DER[suite] + b"\0")
    assert refused.value.why == "certificate-malformed"


@BOTH
def test_openssl_follows_the_same_chain(suite: Suite, tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not on this machine")
    for name, der in (("root", ROOT_DER[suite]), ("leaf", DER[suite])):
        (tmp_path / f"{name}.der").write_bytes(der)
        pem = ["openssl", "x509", "-inform", "DER", "-in", f"{name}.der", "-out", f"{name}.pem"]
        subprocess.run(pem, cwd=tmp_path, check=True)
    options = ["-vfyopt", "distid:1234567812345678"] if suite is Suite.SM2 else []
    checked = [
        "openssl",
        "verify",
        "-attime",
        str(int(AT.timestamp())),
        "-x509_strict",
        *options,
        "-CAfile",
        "root.pem",
        "leaf.pem",
    ]
    done = subprocess.run(checked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "leaf.pem: OK", done.stdout + done.stderr


@BOTH
def test_no_signature_says_that_some_of_its_bits_are_unused(suite: Suite) -> None:
    """A signature that ends with zero bits, as half of them do, reads the same whatever it says."""
    for _ in range(8):
        der = c.sealing_certificate(ROOT[suite], ROOT_DER[suite], LAB, KEY[suite].public, SINCE, UNTIL)
        at = len(der) - len(c.read(der)["signature_value"].contents)
        assert der[at] == 0
        for unused in range(1, 8):
            with pytest.raises(DocumentRefused):
                c.check_chain(der[:at] + bytes([unused]) + der[at + 1 :], [ROOT_DER[suite]], AT)
