"""Capability tables (能力附表) as institutions hand them in: the official form of up to five levels, in and out of a workbook.

`read` takes its lines apart, each value with its cell, and lists all that is wrong; `render` writes lines as the form,
`template` the empty form. `compared` says what a later version changed, `stale` which lines rest on a replaced edition.
Bytes and records only. 《检验检测机构资质认定管理办法》第十条.

>>> from zhijian.registry.scope_table import Given, Level, Line, read, render
>>> line = Line("161705070076", "S1", "1", (Level("食品", "1"), Level("铅", "1.1")), "GB 5009.12-2023", valid_from="2024-03-06")
>>> found = read(render([line]))
>>> found.lines == (line,), found.lines[0].place("parameter").cell
(True, 'E8')
"""

from zhijian.registry.replaced import Replacement, replacements
from zhijian.registry.scope_table.comparing import KINDS, Change, Difference, applied, compared
from zhijian.registry.scope_table.model import Level, Line, ScopeTable, from_records
from zhijian.registry.scope_table.reading import Given, read
from zhijian.registry.scope_table.stale import Stale, stale
from zhijian.registry.scope_table.writing import render, template

__all__ = ["KINDS", "Change", "Difference", "Given", "Level", "Line", "Replacement", "ScopeTable", "Stale", "applied",
           "compared", "from_records", "read", "render", "replacements", "stale", "template"]  # fmt: skip
