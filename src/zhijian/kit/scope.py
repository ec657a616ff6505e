"""Who asks, and how far that person may see. Every store function takes a Scope and puts it into its query."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """Provinces (GB/T 2260, two digits) and institutions (USCC) the caller may see; None means all of them."""

    provinces: frozenset[str] | None = frozenset()
    institutions: frozenset[str] | None = frozenset()
    public: bool = False
    """The public sees every report by its code, but only its public facts."""
    divisions: frozenset[str] | None = None
    """Within the provinces, beginnings of division codes (four digits: a city); None: the whole of them."""

    @classmethod
    def everything(cls) -> "Scope":
        """The node itself: sequencer, demonstration data, command line of its operator."""
        return cls(None, None)

    @classmethod
    def of_province(cls, province: str, city: str | None = None) -> "Scope":
        """`city`: four digits."""
        return cls(frozenset({province}), None, divisions=frozenset({city}) if city else None)

    @classmethod
    def of_institution(cls, uscc: str) -> "Scope":
        return cls(None, frozenset({uscc}))

    @classmethod
    def all_provinces(cls) -> "Scope":
        """What provinces hand in, and nothing of an institution."""
        return cls(None, frozenset())

    @classmethod
    def anyone(cls) -> "Scope":
        return cls(None, None, public=True)
