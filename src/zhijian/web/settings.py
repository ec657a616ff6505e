"""What the owner of a node may set about the public door. Plain values: wiring reads them from the environment."""

from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """Limits are for one process: with n processes a client gets up to n times as much."""

    public_host: str = "127.0.0.1:8001"
    """Host (and port, if not the default) that the pages tell the reader to look for in the address bar."""
    other_hosts: tuple[str, ...] = ()
    """Hosts of other nodes: a QR that points there is followed as well."""
    demo: bool = False
    """Shows the bar that says that institutions and data are invented."""
    secure_cookies: bool = True
    """Off only where the door is served without TLS and not from localhost."""
    rate: float = 20.0
    """Requests a second that one client may make for long (static files are free)."""
    burst: int = 120
    max_clients: int = 100_000
    guess_rate: float = 1 / 5
    """Wrong verifiers or credentials a second from one client. 31⁶ are possible: one client needs 840 years for all of a code."""
    guess_burst: int = 40
    code_guess_rate: float = 1 / 2
    """The same for one code over all clients: 56 years for all. Looser, so that a nuisance cannot lock readers out long."""
    code_guess_burst: int = 60
    inspect_rate: float = 1 / 5
    """Files a second that one client may have judged for long: each takes a core for seconds."""
    inspect_burst: int = 5
    inspect_at_once: int = 8
    """Uploads in memory at once. Two of them are judged, see `zhijian.documents`; the others wait ten seconds at most."""
    inspect_each: int = 3
    """Of one client at once."""
    upload_s: float = 120.0
    concern_rate: float = 1 / 5
    """Forms a second that one client may send for long, whatever becomes of them: each is read and looked at."""
    concern_burst: int = 10
    worked_rate: float = 1 / 30
    """Complaints a second, with proof of work, that are received of one client for long. Many share an address."""
    worked_burst: int = 10
    worked_all_rate: float = 1.0
    """The same of all clients together: what people can read and disks can hold."""
    worked_all_burst: int = 120
    unworked_rate: float = 1 / 900
    """Complaints a second without proof of work (no JavaScript) of one client."""
    unworked_burst: int = 2
    unworked_all_rate: float = 1 / 60
    """The same of all clients together. Whoever has many addresses gets no more than this, and those with work are not kept out."""
    unworked_all_burst: int = 30
    cache_ttl_s: float = 60.0
    """Bounds how long a page may be stale when a notice of change is lost, and the age of the status it shows."""
    cache_codes: int = 20_000
    """About 16 KB a page and variant; whichever of codes and bytes is reached first holds."""
    cache_bytes: int = 256 * 1024 * 1024
    max_body_bytes: int = 64 * 1024
    static_dir: Path = STATIC
