"""Remarks as they gather: each with its place, at most `KEPT` of a kind; the rest are counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from zhijian.exchange.model import Text
from zhijian.exchange.source.model import Remark
from zhijian.exchange.source.wording import WORDS

KEPT = 200
CLIPPED = 200


def clipped(text: str, size: int = CLIPPED) -> str:
    return text if len(text) <= size else text[:size] + "…"


@dataclass(slots=True)
class Remarks:
    kept: list[Remark] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _last: dict[str, Remark] = field(default_factory=dict)

    def say(self, why: str, *, row: int | None = None, value: str | None = None, **told: object) -> None:
        """`why` is a key of `WORDS`; `told` fills its text."""
        self.counts[why] += 1
        if self.counts[why] > KEPT:
            return
        severity, said, remedy = WORDS[why]
        short = None if value is None else clipped(value)
        fill = {"row": row, "value": short, **told}
        texts = [Text(*(words.format(**fill) for words in both)) for both in (said, remedy)]
        self.kept.append(Remark(why, texts[0], texts[1], severity, row, short))
        self._last[why] = self.kept[-1]

    def extend(self, others: Iterable[Remark]) -> None:
        for one in others:
            self.counts[one.why] += 1
            self.kept.append(one)

    def all(self) -> tuple[Remark, ...]:
        """With one more for each kind that came more often than is kept."""
        more = [
            Remark(why, Text(f"同类问题另有 {count - KEPT} 处未逐一列出", f"{count - KEPT} more of this kind"),
                   self._last[why].remedy, self._last[why].severity)
            for why, count in self.counts.items() if count > KEPT and why in self._last
        ]  # fmt: skip
        return (*self.kept, *more)
