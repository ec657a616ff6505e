"""虚构数据 synthetic. 示例省检验检测监管平台 3.2: a provincial platform that nobody runs, to migrate from in tests.

Thirty tables with a schema of their own, dirty in known places; README.md describes them. `build` writes the platform
into a database of any of the kinds we read, `build_folder` into CSV and xlsx files: the same rows, so the same truth.
"""

from tests.provincial.holdings import holdings
from tests.provincial.tables import METADATA
from tests.provincial.truth import Count, Dirt, Truth
from tests.provincial.writing import build, build_folder, generate, true_records

LABEL = "示例省检验检测监管平台 3.2（虚构数据）"

__all__ = ["LABEL", "METADATA", "Count", "Dirt", "Truth", "build", "build_folder", "generate", "holdings", "true_records"]
