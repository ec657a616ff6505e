"""A lease and the place of one code in it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from zhijian.codes.model import Code


@dataclass(frozen=True, slots=True)
class Lease:
    """A row of code_lease."""

    id: int
    uscc: str
    institution: str
    province: str
    year: int
    first: int
    count: int
    used: int
    yymm: int
    status_first: int
    offline: bool
    leased_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """One code with its place in lease and status list."""

    code: Code
    lease_id: int
    yymm: int
    status_index: int
