"""What an address asks for, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from zhijian.exchange.model import Dimension
from zhijian.exchange.scorecard.model import ALL, UNRECOGNISED
from zhijian.spec import specification
from zhijian.web.quality.words import REGIONS

FIRST = date(2020, 1, 1)
SORTS = ("rank", "province", ALL, *(str(d) for d in Dimension), "on", "rows")
LEVELS = ("1", "2", "3", "4", "5", "none")
"""`none`: nothing handed in."""
DIMENSIONS = (ALL, *(str(d) for d in Dimension))


class AskedWrong(Exception):
    """A filter that has no such value."""

    def __init__(self, field: str, value: str) -> None:
        super().__init__(field)
        self.field, self.value = field, value


def checked_dataset(value: str) -> str:
    return _one_of("dataset", value or ALL, (ALL, UNRECOGNISED, *specification().entities))


def checked_dimension(value: str) -> str:
    return _one_of("dimension", value or ALL, DIMENSIONS)


def _one_of(field: str, value: str, there: tuple[str, ...]) -> str:
    if value not in there:
        raise AskedWrong(field, value)
    return value


def best_first(sort: str) -> bool:
    """Whether its order begins with the most when nothing else is asked for."""
    return sort not in ("rank", "province")


def _down(given: Mapping[str, str]) -> bool:
    sort = given.get("sort", "") or "rank"
    return best_first(sort) if given.get("order", "") not in ("asc", "desc") else given["order"] == "desc"


@dataclass(frozen=True, slots=True)
class Asked:
    """Of the page with all provinces."""

    dataset: str = ALL
    day: date | None = None
    """None: today."""
    level: str = ""
    region: str = ""
    sort: str = "rank"
    down: bool = False

    @classmethod
    def of(cls, given: Mapping[str, str], today: date) -> "Asked":
        """Raises: AskedWrong."""
        day = None
        if text := given.get("day", "").strip()[:40]:
            try:
                day = date.fromisoformat(text)
            except ValueError:
                raise AskedWrong("day", text) from None
            if not FIRST <= day <= today:
                raise AskedWrong("day", text)
        return cls(
            checked_dataset(given.get("dataset", "")[:60]), None if day == today else day,
            _one_of("level", given.get("level", "")[:20], ("", *LEVELS)), _one_of("region", given.get("region", "")[:20], ("", *REGIONS)),
            _one_of("sort", given.get("sort", "")[:20] or "rank", SORTS), _down(given),
        )  # fmt: skip

    def fields(self) -> dict[str, str]:
        """Those that are not as they are by themselves."""
        said = {"dataset": "" if self.dataset == ALL else self.dataset, "day": self.day.isoformat() if self.day else "",
                "level": self.level, "region": self.region, "sort": "" if self.sort == "rank" else self.sort,
                "order": "" if self.down == best_first(self.sort) else "desc" if self.down else "asc"}  # fmt: skip
        return {name: value for name, value in said.items() if value}

    @property
    def filters(self) -> bool:
        return bool(self.fields().keys() - {"sort", "order"})

    def address(self, **changes: object) -> str:
        """Of the same page with `changes`."""
        changed = replace(self, **changes)  # type: ignore[arg-type]
        return "/quality" + (f"?{urlencode(changed.fields())}" if changed.fields() else "")

    def sorted_by(self, name: str) -> str:
        """Address of the column's head: a second press turns the order round."""
        return self.address(sort=name, down=not self.down if self.sort == name else best_first(name))
