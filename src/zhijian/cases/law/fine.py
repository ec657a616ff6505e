"""The range of a fine, as the article gives it: an amount, a multiple of the fee charged, or either by the size of the fee."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Self


@dataclass(frozen=True, slots=True)
class Fine:
    """In 元. None is what the article does not say."""

    least: Decimal | None = None
    most: Decimal | None = None
    fee_least: int | None = None
    """The fee charged, times so much at least."""
    fee_most: int | None = None
    fee_small: Decimal | None = None
    """Below this fee the amounts count, from it on the multiple."""
    besides: str = ""
    read: str = ""
    """In which text it was read."""

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Self:
        amounts: dict[str, Any] = {key: Decimal(raw[key]) for key in ("least", "most", "fee_small") if key in raw}
        merged = raw | amounts
        return cls(**merged)

    def bounds(self, fee: Decimal | None = None) -> tuple[Decimal, Decimal | None]:
        """Least and most for a fee charged; None where it cannot be said without the fee.

        >>> Fine(most=Decimal(30000)).bounds()
        (Decimal('0'), Decimal('30000'))
        >>> food = Fine(Decimal(50000), Decimal(100000), 5, 10, Decimal(10000))
        >>> food.bounds(Decimal(9999)), food.bounds(Decimal(20000))
        ((Decimal('50000'), Decimal('100000')), (Decimal('100000'), Decimal('200000')))
        >>> food.bounds()
        (Decimal('0'), None)
        """
        if self.fee_most is None or (fee is not None and self.fee_small is not None and fee < self.fee_small):
            return self.least or Decimal(0), self.most
        if fee is None:
            return Decimal(0), None
        return fee * (self.fee_least or 0), fee * self.fee_most

    def said(self, language: Literal["zh", "en"]) -> str:
        """
        >>> Fine(Decimal(50000), Decimal(100000)).said("en")
        '50,000 to 100,000 yuan'
        >>> Fine(fee_least=5, fee_most=10).said("zh")
        '所收检验费用 5 倍以上 10 倍以下'
        """
        return self._zh() if language == "zh" else self._en()

    def _zh(self) -> str:
        fee = f"所收检验费用 {self.fee_least} 倍以上 {self.fee_most} 倍以下" if self.fee_most is not None else ""
        least = f"{_wan(self.least)} 万元以上 " if self.least is not None else ""
        amount = f"{least}{_wan(self.most)} 万元以下" if self.most is not None else ""
        if fee and amount and self.fee_small is not None:
            return f"{fee}；费用不足 {_wan(self.fee_small)} 万元的，{amount}"
        return fee or amount

    def _en(self) -> str:
        fee = f"{self.fee_least} to {self.fee_most} times the fee charged" if self.fee_most is not None else ""
        least = f"{self.least:,} to" if self.least is not None else "up to"
        amount = f"{least} {self.most:,} yuan" if self.most is not None else ""
        if fee and amount and self.fee_small is not None:
            return f"{fee}; for a fee below {self.fee_small:,} yuan {amount}"
        return fee or amount


def _wan(amount: Decimal) -> str:
    return f"{(amount / 10000).normalize():f}"
