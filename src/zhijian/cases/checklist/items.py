"""What is looked at, by field; read once from `checklists.yaml`. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from zhijian.cases.flow.acts import Words
from zhijian.kit import yaml_text

ANSWERS = {"yes": Words("符合", "as it should be"), "no": Words("不符合", "not as it should be"),
           "none": Words("不适用", "does not apply"), "open": Words("未查", "not looked at")}  # fmt: skip
_TEXT = (Path(__file__).parent / "checklists.yaml").read_text("utf-8")
VERSION = sha256(_TEXT.encode()).hexdigest()[:12]
"""It goes with what was handed in: which questions were asked."""


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    said: Words
    look: Words
    basis: str
    nature: str
    """Code of finding_nature, which the inspector can change."""
    fields: tuple[str, ...]
    """Codes of field; empty: all."""

    @property
    def law(self) -> dict[str, str]:
        """`law` and `article` of a finding, where the basis names them.

        >>> items("00")[1].law
        {'law': '《检验检测机构资质认定管理办法》', 'article': '第三十六条'}
        """
        name, end, article = self.basis.partition("》")
        return {"law": name + end, "article": article} if end and article else {}


@cache
def _all() -> tuple[Item, ...]:
    return tuple(
        Item(
            raw["id"],
            Words(raw["zh"], raw["en"]),
            Words(**raw["look"]),
            raw["basis"],
            raw["nature"],
            tuple(raw.get("fields", ())),
        )
        for raw in yaml_text.read(_TEXT)
    )


def items(field: str) -> Sequence[Item]:
    """
    >>> [i.id for i in items("05")][-2:]
    ['annual', 'vehicle-video']
    """
    return [one for one in _all() if not one.fields or field in one.fields]
