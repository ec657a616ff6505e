"""Whose site a table, or a line of it, is: written in the row, above the table, in the sheet's name, or said by the caller."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from zhijian.registry.scope_table.furniture import Said
from zhijian.registry.scope_table.lines import Reader
from zhijian.registry.scope_table.rows import Filled

FIRST = "S1"
"""Of an institution with one site."""
_LONGEST = 10
_SHEET = re.compile(r"场所\s*[:：]?\s*([0-9A-Za-z][\w-]{0,9})|([A-Za-z]\d{1,3})", re.A)


@dataclass(frozen=True, slots=True)
class Site:
    no: str
    shared_with: str | None
    """Another sheet that nothing tells apart from this one."""


@dataclass(slots=True)
class Sites:
    named: Mapping[str, str]
    given: str | None
    _assumed: dict[str, str] = field(default_factory=dict)

    def of_sheet(self, name: str, said: Said) -> Site:
        if said.site_no:
            return Site(said.site_no, None)
        if name in self.named:
            return Site(self.named[name], None)
        if found := _SHEET.fullmatch(name.strip()):
            return Site(found[1] or found[2], None)
        no = self.given or FIRST
        other = self._assumed.setdefault(no, name)
        return Site(no, None if other == name else other)

    def of_row(self, reader: Reader, row: Filled, site: Site) -> str:
        spot = row.single.get("site")
        if spot is None:
            return row.said.site_no or site.no
        no = self.named.get(spot.line, spot.line)
        if len(no) > _LONGEST or not no:
            reader.tell("site-unknown", spot, "site_no")
        return no
