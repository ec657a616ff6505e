"""Measured values out of the field's texts: units, results, limits, days; and whether a result keeps a limit.

Pure functions of their arguments: no database, no clock, exact decimals. What cannot be read comes back as NotReadable
with its reason in both languages; what was inferred is named in `inferred`. `.text`, `.unit_text` and `Limit.whole` are
canonical forms, for the fields result, unit and limit of report_item; reading one gives the same value again. Law and
standards: GB 3100/3101 (units), GB 4789.1 and GB 29921 (sampling plans), GB 2760, 《民法典》第一千二百五十九条.

>>> result, limit = read_result("1.3", "×10⁵CFU/g；2.8×10³CFU/g"), read_limit("不得超过10^5 cfu/g")
>>> result.text, result.unit_text, limit.whole
('1.3×10⁵；2.8×10³', 'CFU/g', '≤10⁵CFU/g')
>>> judge(result, limit).en
'beyond the limit'
"""

from .judge import judge
from .limit import Limit, read_limit
from .plain import TRUTH, read_number
from .reasons import NotReadable
from .result import Result, read_result
from .units import UnitUnknown, convert, unit
from .when import read_day

__all__ = ["TRUTH", "Limit", "NotReadable", "Result", "UnitUnknown", "convert", "judge", "read_day", "read_limit",
           "read_number", "read_result", "unit"]  # fmt: skip
