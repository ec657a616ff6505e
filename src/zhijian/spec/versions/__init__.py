"""The specification as one file, versions that were released, and what changed between two of them.

A version is numbered by semver.org 2.0.0; what raises which number is said in `compare`. Released files are never changed.

>>> from zhijian.spec import specification
>>> changes = compare(release("0.1.0"), specification())
>>> changes.of(Effect.BREAKING), changes.version_suffices
((), True)
"""

from zhijian.spec.versions.changelog import change_log, text
from zhijian.spec.versions.compare import Change, Changes, Effect, compare
from zhijian.spec.versions.export import as_data, from_data
from zhijian.spec.versions.odcs import as_contract
from zhijian.spec.versions.releases import release, releases
from zhijian.spec.versions.upgrade import upgrade

__all__ = [
    "Change",
    "Changes",
    "Effect",
    "as_contract",
    "as_data",
    "change_log",
    "compare",
    "from_data",
    "release",
    "releases",
    "text",
    "upgrade",
]
