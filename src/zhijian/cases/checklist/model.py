"""What was found at an item of the checklist, checked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhijian.cases.model import CasesError

MOST_PHOTOS, MOST_PHOTO_BYTES = 20, 12 << 20
"""Of one hand-in."""
KINDS = ("image/jpeg", "image/png", "image/webp", "image/heic")


class ChecklistWrong(CasesError):
    """`fields`: name of the field → (Chinese, English) of what is wrong and what is right."""

    def __init__(self, fields: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(f"{len(fields)} 项要改 to mend: " + "; ".join(f"{k} {v[0]}" for k, v in fields.items()))
        self.fields = dict(fields)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the device was: WGS 84 degrees, and the radius in metres within which it says to be."""

    latitude: float
    longitude: float
    accuracy_m: float

    def __str__(self) -> str:
        """
        >>> str(Place(30.2741, 120.1551, 12.4))
        '30.27410,120.15510 ±12 m'
        """
        return f"{self.latitude:.5f},{self.longitude:.5f} ±{self.accuracy_m:.0f} m"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """`latitude,longitude,accuracy`; None of nothing. Raises: ValueError."""
        if not text:
            return None
        latitude, longitude, accuracy = (float(part) for part in text.split(","))
        if not (abs(latitude) <= 90 and abs(longitude) <= 180 and 0 <= accuracy < 1e7):
            raise ValueError(text)
        return cls(latitude, longitude, accuracy)


@dataclass(frozen=True, slots=True)
class Photo:
    content: bytes
    media_type: str
    sha256: str
    """Computed here; what the device said was held against it."""
    at: datetime | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Checked:
    """One item."""

    item: str
    answer: str
    note: str
    nature: str
    at: datetime | None
    """When it was looked at, by the device; None where it did not say."""
    place: Place | None
    photos: tuple[Photo, ...]

    def as_json(self) -> dict[str, Any]:
        return {"item": self.item, "answer": self.answer, "note": self.note, "nature": self.nature if self.answer == "no" else "",
                "at": self.at.isoformat() if self.at else "", "place": str(self.place) if self.place else "",
                "photos": [photo.sha256 for photo in self.photos]}  # fmt: skip
