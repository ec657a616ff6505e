"""docs/howto/migration.md is run as written, from the raw database to the protocol with two signatures."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.codes.document.sealing_keys import LAB, ROOT, ROOT_DER, SINCE, UNTIL
from tests.codes.document.test_protocol import verdicts
from tests.exchange.migration import moved
from tests.provincial import build

from zhijian.codes.document import certificates
from zhijian.kit.signing import PrivateKey, Suite

TOP = Path(__file__).parents[2]
ES = Suite.ES256


def papers(folder: Path) -> None:
    """Keys and certificates as docs/howto/keys.md makes them."""
    (folder / "root.pem").write_bytes(ROOT_DER[ES])
    for name, secret in (("province", 3), ("centre", 4)):
        key = PrivateKey(ES, bytes([secret]) * 32)
        (folder / f"{name}.key").write_text(json.dumps({"suite": ES.value, "secret": key.secret.hex()}))
        own = certificates.sealing_certificate(ROOT[ES], ROOT_DER[ES], LAB, key.public, SINCE, UNTIL)
        (folder / f"{name}.pem").write_bytes(own)


def test_the_howto_goes_from_the_raw_database_to_two_signatures(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "bin" / "zhijian"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m zhijian.cli "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.setenv("ZHIJIAN_HOME", str(home / "howto-migration"))
    build(f"sqlite:///{tmp_path / 'platform.db'}", seed=3, scale=1)
    shutil.copy(moved.FILE, tmp_path / "mapping.yaml")
    papers(tmp_path)
    text = (TOP / "docs" / "howto" / "migration.md").read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M)
    assert len(blocks) >= 8
    # Statuses are data here: a run that leaves something in quarantine ends with 1.
    script = "\n".join(re.sub(r"^(zhijian .*)$", r"\1 || [ $? -eq 1 ]", block, flags=re.M) for block in blocks)
    done = subprocess.run(
        ["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
    assert "对账：一致" in done.stdout
    assert "对账：不一致" not in done.stdout
    found = verdicts((tmp_path / "signed.pdf").read_bytes())
    assert set(found) == {"Province", "Centre"}
    assert all(one.intact for one in found.values())
    assert "隔离区待处理" in done.stdout
