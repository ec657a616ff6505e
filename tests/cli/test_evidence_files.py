"""Files of the wrong kind: which option, what it holds, what it should be, where one gets it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from zhijian.cli import app
from zhijian.cli import evidence_files as files
from zhijian.codes.status import BITS, StatusList, encode
from zhijian.codes.status import seal as seal_status
from zhijian.codes.trust import TrustList, seal
from zhijian.kit.signing import PrivateKey, Suite

AT = datetime(2026, 11, 24, tzinfo=UTC)
ROOTS = {suite: PrivateKey.generate(suite) for suite in Suite}
RIGHT = {
    "trust": seal(TrustList(1, AT, AT + timedelta(days=90), "", (), (), ()), ROOTS),
    "roots": json.dumps({suite.value: key.public.point.hex() for suite, key in ROOTS.items()}).encode(),
    "status": seal_status(StatusList("33-2026-11", AT, AT, 900, encode(BITS, {}, 8)), ROOTS[Suite.SM2], b"\1\2\3\4"),
    "proof": b"c2sp.org/tlog-proof@v1\nextra\nindex 0\n",
}
KINDS = {"trust": files.TRUST, "roots": files.ROOTS, "status": files.STATUS, "proof": files.PROOF}
WRONG = {
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", "这是PDF 文件", "this is a PDF"),
    "empty": (b"", "这是空文件", "this is an empty file"),
    "blank": (" \n\u3000".encode(), "这是空文件", "this is an empty file"),
    "HTML": (b"\n<!DOCTYPE html><p>", "这是网页", "this is a web page"),
    "JSON": (b'{"a": 1}', "这是别的 JSON", "some other JSON"),
    "nested": (b"[" * 100_000, "开头的文本", "text that begins with"),
    "text": ("你好\n再见".encode(), "这是以“你好”开头的文本", "text that begins with"),
    "binary": (b"\x00\xff\x00", "这是不认识的二进制文件", "some binary file"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, raw in RIGHT.items():
        (tmp_path / name).write_bytes(raw)
    return tmp_path


def run(folder: Path, **changed: Path) -> tuple[int, str]:
    given = {name: folder / name for name in RIGHT} | changed
    options = [word for name, path in given.items() for word in (f"--{name}", str(path))]
    done = CliRunner().invoke(app, ["verify", "--offline", "3326-08K7-0049-M302-AR", *options], catch_exceptions=False)
    return done.exit_code, done.output


@pytest.mark.parametrize("option", RIGHT)
@pytest.mark.parametrize("held", WRONG)
def test_a_file_of_no_use_is_named_with_what_is_wanted_and_where_it_comes_from(
    folder: Path, option: str, held: str
) -> None:
    raw, zh, en = WRONG[held]
    (folder / "given").write_bytes(raw)
    status, said = run(folder, **{option: folder / "given"})
    wanted = KINDS[option]
    assert status == 2
    assert said.startswith(f"--{option} {folder / 'given'}：")
    for part in (zh, en, f"应为{wanted.zh}", f"it should be {wanted.en}", wanted.from_zh, wanted.from_en):
        assert part in said


@pytest.mark.parametrize("option", RIGHT)
@pytest.mark.parametrize("other", RIGHT)
def test_files_that_were_swapped_are_told_apart(folder: Path, option: str, other: str) -> None:
    status, said = run(folder, **{option: folder / other})
    if option == other:
        assert "应为" not in said
    else:
        assert status == 2
        assert f"--{option} {folder / other}：这是{KINDS[other].zh}，应为{KINDS[option].zh}" in said


@pytest.mark.parametrize("option", RIGHT)
def test_a_file_that_is_not_there_is_wrong_use(folder: Path, option: str) -> None:
    for path in (folder / "nothing", folder):
        status, said = run(folder, **{option: path})
        assert (status, f"--{option} {path}：没有这个文件" in said) == (2, True), said


@pytest.mark.parametrize(
    "held", [{"ES256": "zz"}, {"ES256": "04"}, {"ES256": "05" + "00" * 64}, {"ES256": "", "RSA": "04"}]
)
def test_damaged_root_keys_are_told_from_another_file(folder: Path, held: dict[str, str]) -> None:
    (folder / "given").write_text(json.dumps(held))
    status, said = run(folder, roots=folder / "given")
    assert (status, "根公钥已损坏" in said) == (2, True), said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("trust",), "--trust needs --roots"),
        (("status",), "--status needs --trust"),
        (("proof",), "--proof needs --trust"),
    ],
)
def test_a_file_that_alone_proves_nothing_asks_for_its_company(
    folder: Path, options: tuple[str, ...], says: str
) -> None:
    given = [word for name in options for word in (f"--{name}", str(folder / name))]
    done = CliRunner().invoke(app, ["verify", "--offline", "3326-08K7-0049-M302-AR", *given])
    assert (done.exit_code, says in done.output) == (2, True), done.output


def test_a_file_that_is_much_too_large_is_not_read(folder: Path) -> None:
    with (folder / "large").open("wb") as file:
        file.truncate(1 << 40)
    status, said = run(folder, trust=folder / "large")
    assert (status, "超过 64 MB" in said, "more than 64 MB" in said) == (2, True, True), said


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode) | st.recursive(
    st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_whatever_a_file_holds_is_called_something(raw: bytes) -> None:
    assert files.kind(raw).zh
