"""Where a look comes from is counted, and cannot be found out afterwards."""

import stat
import threading
from datetime import date, timedelta
from ipaddress import IPv6Address
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from zhijian.kit.rate_limit import client_key
from zhijian.lookups.places import DailySalt, mark, marks, network_of

TODAY = date(2026, 5, 18)


@given(st.ip_addresses(v=4), st.integers(0, 255))
def test_a_network_is_the_24_of_an_address(address: object, last: int) -> None:
    head = str(address).rpartition(".")[0]
    assert network_of(client_key(str(address))) == network_of(client_key(f"{head}.{last}")) == head


@given(st.ip_addresses(v=6), st.integers(0, 2**80 - 1), st.integers(0, 127))
@example(IPv6Address("::"), 2**64, 64)
def test_a_network_is_the_48_of_an_ipv6_address_however_it_is_written(
    address: IPv6Address, rest: int, flipped: int
) -> None:
    if address.ipv4_mapped:
        return
    mine = network_of(client_key(str(address)))
    neighbour = IPv6Address(int(address) >> 80 << 80 | rest)
    if not neighbour.ipv4_mapped:
        assert network_of(client_key(str(neighbour))) == mine
    other = IPv6Address(int(address) ^ 1 << flipped)
    if not other.ipv4_mapped:
        assert (network_of(client_key(str(other))) == mine) == (flipped < 80)


def test_what_is_no_address_is_no_place() -> None:
    assert {network_of(client) for client in ("unknown", "testclient", "", "fe80::zz", "host.example")} == {""}
    assert marks(b"s" * 32, "A", ["", "198.51.100"]) == {mark(b"s" * 32, "A", "198.51.100")}


def test_one_network_has_another_mark_at_every_code_and_on_every_day() -> None:
    networks = [f"10.{n}.0" for n in range(200)]
    one, other = ([mark(b"s" * 32, code, n) for n in networks] for code in ("A", "B"))
    another_day = [mark(b"t" * 32, "A", n) for n in networks]
    assert sum(a == b for a, b in zip(one, other, strict=True)) < 5
    assert sum(a == b for a, b in zip(one, another_day, strict=True)) < 5


def test_a_mark_fits_many_networks_even_for_who_has_the_salt() -> None:
    wanted = mark(b"s" * 32, "A", "10.0.0")
    networks = (f"{a}.{b}.{c}" for a in (10, 11, 12, 13) for b in range(256) for c in range(256))
    assert sum(mark(b"s" * 32, "A", network) == wanted for network in networks) > 1


def test_the_processes_of_a_home_share_the_salt_and_nobody_else_reads_it(tmp_path: Path) -> None:
    salts, folder = set(), tmp_path / "places"
    start = threading.Barrier(8)

    def read() -> None:
        start.wait()
        salts.add(DailySalt(folder).of(TODAY))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(salts) == 1
    assert len(salts.pop()) == 32
    assert [(f.name, stat.S_IMODE(f.stat().st_mode)) for f in folder.iterdir()] == [(TODAY.isoformat(), 0o600)]


def test_a_day_that_is_over_leaves_no_salt(tmp_path: Path) -> None:
    salt = DailySalt(tmp_path)
    first = salt.of(TODAY)
    (tmp_path / f".{TODAY.isoformat()}.0123").write_bytes(first)  # a process was killed here
    salt.forget(TODAY)
    assert salt.of(TODAY) == first
    salt.forget(TODAY + timedelta(days=1))
    assert list(tmp_path.iterdir()) == []
    assert salt.of(TODAY) != first


def test_a_folder_that_cannot_be_used_costs_the_sharing_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "places").write_text("a file stands in the way")
    salt = DailySalt(tmp_path / "places")
    assert salt.of(TODAY) == salt.of(TODAY)
    assert not salt.is_shared
