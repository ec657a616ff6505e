"""After a restart: everything acknowledged is there once, in the log once, in its state; nothing is there by half."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests
from tests.crash.laboratories import Ledger
from tests.crash.town import Town

from zhijian.codes.log import LogReader, Trust, Verifier, folder_fetch, verify_checkpoint
from zhijian.codes.log.checkpoint import Checkpoint
from zhijian.codes.log.note import Note

HALVES = {
    "a report without items": "SELECT code FROM report r WHERE NOT EXISTS (SELECT 1 FROM report_item i WHERE i.code = r.code)",
    "items without their report": "SELECT code FROM report_item i WHERE NOT EXISTS (SELECT 1 FROM report r WHERE r.code = i.code)",
    "a report without exactly one leaf": "SELECT r.code FROM report r LEFT JOIN log_entry e ON e.code = r.code AND e.kind = 1 "
                                         "GROUP BY r.code HAVING count(e.id) <> 1",
    "a leaf without its report": "SELECT code FROM log_entry e WHERE NOT EXISTS (SELECT 1 FROM report r WHERE r.code = e.code)",
    "a change without its leaf": "SELECT s.code FROM state_change s LEFT JOIN log_entry e ON e.id = s.log_entry_id AND e.kind = 2 "
                                 "AND e.code = s.code WHERE e.id IS NULL",
    "a leaf of no change": "SELECT e.code FROM log_entry e LEFT JOIN state_change s ON s.log_entry_id = e.id WHERE e.kind = 2 AND s.id IS NULL",
    "a state that no change made": "SELECT r.code FROM report r LEFT JOIN LATERAL (SELECT state FROM state_change s WHERE s.code = r.code "
                                   "ORDER BY id DESC LIMIT 1) last ON true WHERE r.state <> coalesce(last.state, 'valid')",
    "a submission without its answer": "SELECT id FROM submission WHERE response_status IS NULL OR response IS NULL",
    "a report without its submission": "SELECT code FROM report r WHERE NOT EXISTS (SELECT 1 FROM submission s WHERE s.id = r.submission_id)",
    "one place twice in a status list": "SELECT province, yymm, status_index FROM report GROUP BY 1, 2, 3 HAVING count(*) > 1",
    "one own number twice": "SELECT uscc, own_number FROM report GROUP BY 1, 2 HAVING count(*) > 1",
    "more used of a lease than it has": "SELECT id FROM code_lease WHERE used > count",
    "a leaf that waits": 'SELECT id FROM log_entry WHERE "index" IS NULL OR logged_at IS NULL',
}  # fmt: skip


def nothing_by_halves(town: Town) -> None:
    for what, sql in HALVES.items():
        assert not (found := town.rows(sql)), (what, found[:5])


def everything_acknowledged(town: Town, ledger: Ledger) -> None:
    """By the database: once, complete, in its state. And nothing of these laboratories that was never acknowledged."""
    kept = {r.code: r for r in town.rows(
        "SELECT r.code, r.own_number, r.state, (SELECT count(*) FROM report_item i WHERE i.code = r.code) AS items, "
        "(SELECT count(*) FROM state_change s WHERE s.code = r.code) AS changes FROM report r WHERE r.own_number LIKE 'K-%'")}  # fmt: skip
    assert set(kept) == set(ledger.state)
    assert {code: row.own_number for code, row in kept.items()} == ledger.own_number
    assert {code: row.state for code, row in kept.items()} == ledger.state
    assert {code: row.changes for code, row in kept.items() if row.changes} == ledger.changes
    assert not [code for code, row in kept.items() if row.items == 0]


def the_log_holds_it(town: Town, trust: Trust, published: set[bytes]) -> None:
    """Places 0 … n−1, each once, each with the bytes of the database; and every checkpoint seen is its beginning."""
    reader = LogReader.open(folder_fetch(town.log), trust)
    entries = town.rows('SELECT "index", entry FROM log_entry WHERE origin = \'' + town.origin + '\' ORDER BY "index"')
    assert [row.index for row in entries] == list(range(reader.checkpoint.size))
    assert list(reader.verify_all())[-1].checked == reader.checkpoint.size
    for row in entries[-400:]:
        assert reader.entry(row.index) == bytes(row.entry)
    written = [
        e for n in range(0, reader.checkpoint.size, 256) for e in bundle(town.log, n // 256, reader.checkpoint.size)
    ]
    assert written == [bytes(row.entry) for row in entries]
    for raw in published:
        head = verify_checkpoint(raw, trust).checkpoint
        reader.continues(head.size, head.root)
    sizes = {line.size for line in reader.history()}
    assert sizes >= {verify_checkpoint(raw, trust).checkpoint.size for raw in published}


def bundle(log: Path, index: int, size: int) -> list[bytes]:
    """Entries of one bundle, read by hand: each behind two bytes of length (C2SP tlog-tiles)."""
    width = min(256, size - index * 256)
    raw = (log / f"tile/entries/{index:03d}{f'.p/{width}' if width < 256 else ''}").read_bytes()
    entries, at = [], 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        entries.append(raw[at + 2 : end])
        at = end
    return entries


def the_doors_say_so(town: Town, ledger: Ledger, codes: list[str]) -> None:
    """The public is told the acknowledged state, with its proof."""
    for code in codes:
        answer = requests.get(f"{town.url('verify')}/api/v1/verify/{code}", timeout=20)
        assert answer.status_code == 200, answer.text[:300]
        assert (answer.json()["state"], answer.json()["level"]) == (ledger.state[code], 3), code


def the_witnesses_agree(town: Town) -> None:
    """Both have cosigned what is public now, and remember it."""
    head = Checkpoint.parse(Note.parse((town.log / "checkpoint").read_bytes()).text)
    for url in town.witnesses:
        found = town.witness(url).newest(town.origin)
        assert found is not None
        assert (found.size, found.root) == (head.size, head.root), url
        assert not [*town.witnesses[url].glob("state/*.fork")], url


def trusted(town: Town) -> Trust:
    """Whose signatures a checkpoint needs, as the public trust list says: the log's Ed25519 key, and both witnesses."""
    outer = requests.get(f"{town.url('verify')}/trust", timeout=20).json()
    payload = json.loads(base64.urlsafe_b64decode(outer["payload"] + "=" * (-len(outer["payload"]) % 4)))
    vkey = next(log["vkey"] for log in payload["logs"] if log["origin"] == town.origin)
    witnesses = tuple(Verifier.parse(one) for one in payload["witnesses"])
    assert (vkey, payload["quorum"], len(witnesses)) == (town.vkeys[town.origin], 2, 2)
    return Trust(town.origin, (Verifier.parse(vkey),), witnesses, payload["quorum"])


def an_independent_reader_agrees(town: Town, trust: Trust, kit: Path) -> None:
    """Over the folder, and over what the public door serves; it counts the witnesses too."""
    witnesses = [one.vkey() for one in trust.witnesses]
    for base in (str(town.log), f"{town.url('verify')}/log/{town.origin}"):
        words = [sys.executable, str(kit), base, town.vkeys[town.origin], "--quorum", str(trust.quorum), *witnesses]
        said: Any = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert said.returncode == 0, said.stdout + said.stderr
