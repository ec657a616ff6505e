"""docs/howto/migration.md is run as written, from the raw database to the protocol with two signatures."""

import contextlib
import csv
import json
import shlex
from pathlib import Path

import sqlalchemy as sa
from tests.codes.document.sealing_keys import LAB, ROOT, ROOT_DER, SINCE, UNTIL
from tests.codes.document.test_protocol import verdicts
from tests.docs.howto import blocks
from tests.exchange.migration import moved
from tests.provincial import build
from typer.testing import CliRunner

from zhijian.cli.commands import app
from zhijian.codes.document import certificates, protocol
from zhijian.kit.signing import PrivateKey, Suite

ES = Suite.ES256


def papers(folder: Path) -> None:
    """Keys and certificates as docs/howto/keys.md makes them."""
    (folder / "root.pem").write_bytes(ROOT_DER[ES])
    for name, secret in (("province", 3), ("centre", 4)):
        key = PrivateKey(ES, bytes([secret]) * 32)
        (folder / f"{name}.key").write_text(json.dumps({"suite": ES.value, "secret": key.secret.hex()}))
        own = certificates.sealing_certificate(ROOT[ES], ROOT_DER[ES], LAB, key.public, SINCE, UNTIL)
        (folder / f"{name}.pem").write_bytes(own)


def exported(url: str, folder: Path) -> None:
    """Each table as a file of CSV."""
    folder.mkdir()
    with sa.create_engine(url).connect() as db:
        for name in sa.inspect(db).get_table_names():
            rows = db.execute(sa.text(f'SELECT * FROM "{name}"'))
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([tuple(rows.keys()), *map(tuple, rows)])


def spoken(script: str, folder: Path, home: Path) -> str:
    """The page's lines one after the other, in this process: seventeen interpreters would take minutes to start. Statuses are data: a
    run that leaves something in quarantine ends with 1."""
    env, said = {"ZHIJIAN_HOME": str(home)}, ""
    for line in filter(None, script.splitlines()):
        word, *words = shlex.split(line)
        if word == "export":
            env |= dict([words[0].split("=", 1)])
            continue
        assert word == "zhijian", line
        with contextlib.chdir(folder):
            done = CliRunner().invoke(app, words, env=env)
        assert done.exit_code in (0, 1), (line, done.output, done.exception)
        assert done.exception is None or isinstance(done.exception, SystemExit), (line, done.exception)
        said += done.output
    return said


def test_the_howto_goes_from_the_raw_database_to_two_signatures(home: Path, tmp_path: Path) -> None:
    build(f"sqlite:///{tmp_path / 'platform.db'}", seed=3, scale=1)
    exported(f"sqlite:///{tmp_path / 'platform.db'}", tmp_path / "tables")
    few = moved.parts_of("jg_jbxx", "jg_changsuo", "bg_zhubiao")
    (tmp_path / "mapping.yaml").write_text(few, "utf-8")
    papers(tmp_path)
    found = blocks("migration.md", "sh")
    assert len(found) >= 11
    said = spoken("\n".join(block for _, block in found), tmp_path, home / "howto-migration")
    assert "对账：一致" in said
    assert "对账：不一致" not in said
    found = verdicts((tmp_path / "signed.pdf").read_bytes())
    assert set(found) == {"Province", "Centre"}
    assert all(one.intact for one in found.values())
    assert "隔离区待处理" in said
    assert "什么都没有装入" in said
    assert "抽出 drawn 5" in said
    assert said.count("deletions are NOT seen：bg_zhubiao → report") >= 3  # by plan, run and gone
    data = protocol.figures((tmp_path / "signed.pdf").read_bytes())
    assert len(data["sample"]) == 5
    assert [act["act"] for act in data["acts"]] == ["mend", "retry"]
