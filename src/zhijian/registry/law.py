"""Legal bases of the registry's rules: law, version in force, article, chosen by the day of the conduct.

Our mapping of rules to articles is a proposal that a lawyer must confirm.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Basis:
    law: str
    version: str
    article: str

    def __str__(self) -> str:
        return f"{self.law}（{self.version}）{self.article}"


_J39 = "《检验检测机构监督管理办法》"
_Z163 = "《检验检测机构资质认定管理办法》"
_J39_AMENDED_ON = date(2025, 3, 18)
"""市场监管总局令第101号 gave the articles new numbers."""


def supervision(article: str, on: date) -> Basis:
    """39号令 by the numbering of its 2025 version; conduct before that is judged by the version of its day."""
    if on >= _J39_AMENDED_ON:
        return Basis(_J39, "总局令第39号，2025年3月18日修正", article)
    return Basis(_J39, "总局令第39号，行为时版本", f"现行{article}的对应条款")


def accreditation(article: str, on: date | None = None) -> Basis:
    """163号令 by the numbering of its 2021 version; conduct before that is judged by the version of its day."""
    if on is None or on >= _Z163_AMENDED_ON:
        return Basis(_Z163, "总局令第163号，2021年修正", article)
    return Basis(_Z163, "总局令第163号，行为时版本", f"现行{article}的对应条款")


def criteria(on: date) -> Basis:
    """评审准则, in force since 2023-12-01; before that its predecessor."""
    if on >= _CRITERIA_ON:
        return Basis("《检验检测机构资质认定评审准则》", "2023年", "附件4第40项")
    return Basis("《检验检测机构资质认定评审准则》", "行为时版本", "报告内容的对应条款")


_Z163_AMENDED_ON = date(2021, 6, 1)
_CRITERIA_ON = date(2023, 12, 1)
SUPERVISION_ON = date(2021, 6, 1)
"""39号令 came into force; instruments are judged by the law on metrology before."""
METROLOGY = Basis("《计量法》", "2018年修正", "第九条")
