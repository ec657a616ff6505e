"""`zhijian demo`: the whole platform on this machine, filled with synthetic data, stopped cleanly by Ctrl-C."""

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from zhijian.cli.demo_witnesses import OWN_WITNESSES, asked_in_process, demonstrative, with_witnesses
from zhijian.cli.say import COULD_NOT, at_least_one, fail
from zhijian.cli.seed_accounts import seed_accounts
from zhijian.cli.stopping import Stopping
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.kit.signing import Suite
from zhijian.wiring import SANDBOX, Node, open_node

app = typer.Typer()
TEST_INSTITUTIONS = 12
"""To be handed to those who try the API or the laboratory's desk."""
PROCESSES = (("serve", "office"), ("serve", "verify"), ("worker",))


@app.command()
def demo(
    institutions: Annotated[int, typer.Option(help="机构数 how many institutions", callback=at_least_one)] = 60,
    reports: Annotated[int, typer.Option(help="报告数 how many reports", callback=at_least_one)] = 20_000,
    once: Annotated[bool, typer.Option(help="启动、自检后即停止 start, look, stop")] = False,
) -> None:
    """启动演示环境：接口（8000）、公众验证（8001）、日志。 Start a demonstration of everything, on this machine."""
    settings = with_witnesses(replace(Settings.read(), demo=True, sandbox=True, webhooks_to_private=True))
    started = time.monotonic()
    for port in (settings.office_port, settings.verify_port):
        _port_is_free(settings.host, port)
    with Stopping() as stopping, open_node(settings) as node:
        stopping.check()
        _say(f"数据库已启动 database is up（{time.monotonic() - started:.1f} s），数据目录 home: {settings.home}")
        at = datetime.now(UTC)
        node.prepare(at)
        stopping.check()
        if not (settings.home / "demo.json").exists():
            with asked_in_process(node):
                _seed(node, institutions, reports, at, stopping)
        if not any((settings.home / SANDBOX).glob("*.json")):
            _fill_sandbox(node, at)
        _fill_scorecard(node, at, stopping)
        opened = seed_accounts(node, at)
        children = [_child(settings, *words) for words in PROCESSES]
        try:
            _await_ready(settings, children, stopping)
            _welcome(settings, node.issuing.log_origin_at(datetime.now(UTC)), time.monotonic() - started, opened)
            if not once:
                _wait(children, stopping)
        finally:
            _stop(children)
        if stopping.asked == signal.SIGINT:
            stopping.check()
    _say("已停止，数据保留 stopped; the data stays.")


def _seed(node: Node, institutions: int, reports: int, at: datetime, stopping: Stopping) -> None:
    # Here and not above: on every later start there is nothing to seed.
    from zhijian.cli.seed import SEED, seed
    from zhijian.synthetic import World

    bar = Bar()

    def progress(what: str, done: int, total: int) -> None:
        stopping.check()
        bar(what, done, total)

    on = _first_day(node.settings, at)
    try:
        seed(node, World(seed=SEED, institutions=institutions, reports=reports, on=on), at, progress)
    finally:
        if sys.stdout.isatty():
            _say("")  # the bar's line is not ended


def _fill_sandbox(node: Node, at: datetime) -> None:
    from zhijian import sandbox  # as with the seed: once

    sandbox.fill(node, TEST_INSTITUTIONS, Suite.SM2, at)


def _fill_scorecard(node: Node, at: datetime, stopping: Stopping) -> None:
    """Invented self-checks; one that was interrupted goes on."""
    from zhijian.exchange.scorecard import provinces, store  # nothing else of it is needed here

    with node.reading() as db:
        held = store.latest(db, Scope.everything(), at.date())
    if len(held) < len(provinces()):
        from zhijian.cli.seed_scorecard import seed_scorecard  # as with the seed: once

        _say("载入模拟数据 loading synthetic data: 各省自查结果 self-checks of the provinces")
        seed_scorecard(node, _first_day(node.settings, at), at, stopping.check)


def _port_is_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as why:
            fail(COULD_NOT, f"端口 {port} 已被占用（{why.strerror}）；演示可能已在运行。可设 ZHIJIAN_OFFICE_PORT、ZHIJIAN_VERIFY_PORT",
                 f"port {port} is in use; is the demonstration running already? Or set ZHIJIAN_OFFICE_PORT, ZHIJIAN_VERIFY_PORT")  # fmt: skip


def _first_day(settings: Settings, at: datetime) -> date:
    """The day the synthetic world ends on: that of the first try, so that an interrupted one goes on with the same."""
    kept = settings.home / "demo.day"
    if not kept.exists():
        kept.write_text(at.date().isoformat())
    return date.fromisoformat(kept.read_text())


class Bar:
    """Progress on one line; a line each tenth where the output is no terminal."""

    def __init__(self) -> None:
        self._said = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        text = f"{what} {done}" + (f" / {total}（{100 * done // total} %）" if total else "")
        if sys.stdout.isatty():
            sys.stdout.write(f"\r\033[K载入模拟数据 loading synthetic data: {text}")
        else:
            step = f"{what} {10 * done // total if total else done // 20}"
            if step != self._said:
                sys.stdout.write(f"载入模拟数据 loading synthetic data: {text}\n")
            self._said = step
        sys.stdout.flush()


def _child(settings: Settings, *words: str) -> "subprocess.Popen[bytes]":
    def die_with_parent() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, signal.SIGTERM)

    # A group of its own: Ctrl-C reaches the parent alone, which stops the children in order.
    return subprocess.Popen([sys.executable, "-m", "zhijian.cli", *words], preexec_fn=die_with_parent,  # noqa: PLW1509, S603
                            process_group=0, env={**os.environ, "ZHIJIAN_DEMO": "1", "ZHIJIAN_SANDBOX": "1", "ZHIJIAN_WEBHOOKS_TO_PRIVATE": "1",
                                 "ZHIJIAN_WITNESSES": settings.witnesses,
                                 "ZHIJIAN_WITNESS_QUORUM": str(settings.witness_quorum)})  # fmt: skip


def _await_ready(settings: Settings, children: "list[subprocess.Popen[bytes]]", stopping: Stopping) -> None:
    deadline = time.monotonic() + 60
    for port in (settings.office_port, settings.verify_port):
        while not _answers(f"http://{settings.host}:{port}/readyz"):
            stopping.check()
            if any(child.poll() is not None for child in children) or time.monotonic() > deadline:
                fail(COULD_NOT, f"端口 {port} 没有启动，可能已被占用；可设 ZHIJIAN_OFFICE_PORT、ZHIJIAN_VERIFY_PORT",
                     f"port {port} did not come up; it may be in use: set ZHIJIAN_OFFICE_PORT, ZHIJIAN_VERIFY_PORT")  # fmt: skip
            time.sleep(0.1)


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own address
        return bool(answer.status == 200)
    return False


def _welcome(settings: Settings, origin: str, seconds: float, opened: dict[str, str]) -> None:
    path = settings.home / "demo.json"
    shown: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    lines = [
        f"智检已就绪 Zhijian is ready（{seconds:.1f} s）。演示环境，机构与数据均为虚构。",
        f"  公众验证 verify    {settings.public_url}/",
        f"  监管 office        http://{settings.host}:{settings.office_port}/office",
        *(f"    {login:<14}{password}" for login, password in opened.items()),
        f"  实验室 laboratory  http://{settings.host}:{settings.office_port}/lab",
        f"  数据质量 quality   http://{settings.host}:{settings.office_port}/quality",
        f"  数据规范 spec      http://{settings.host}:{settings.office_port}/spec",
        f"  接口 API           http://{settings.host}:{settings.office_port}/api/openapi.json",
        f"  日志 log           {settings.public_url}/log/{origin}/checkpoint",
        f"  见证 witnesses     {settings.witness_quorum} / {len(settings.witness_pairs)}"
        + OWN_WITNESSES * demonstrative(settings),
        "  可以试试 try these codes (verifier):",
    ]
    for state in ("valid", "corrected", "replaced", "withdrawn", "reserved", "doubted", "inaccurate", "false"):
        if example := shown.get(state):
            lines.append(f"    {state:<11}{settings.public_url}/v/{example['code']}  {example.get('verifier', '')}")
    if laboratory := shown.get("laboratory"):
        lines.append(
            f"  演示机构密钥 laboratory key  keyid {laboratory['kid']} {laboratory['suite']} {laboratory['key_file']}"
        )
    lines.append(f"  命令行 other commands want: export ZHIJIAN_HOME={settings.home} ZHIJIAN_OFFICE_PORT={settings.office_port} "
                 f"ZHIJIAN_VERIFY_PORT={settings.verify_port} ZHIJIAN_SANDBOX=1")  # fmt: skip
    lines.append("  Ctrl-C 停止 stops everything; the data stays.")
    _say("\n".join(lines))


def _wait(children: "list[subprocess.Popen[bytes]]", stopping: Stopping) -> None:
    while stopping.asked is None:
        for child in children:
            if child.poll() is not None:
                fail(
                    COULD_NOT,
                    f"一个进程意外结束（{child.args!r}，状态 {child.returncode}）",
                    "a process ended unexpectedly",
                )
        time.sleep(0.2)


def _stop(children: "list[subprocess.Popen[bytes]]") -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(5)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
