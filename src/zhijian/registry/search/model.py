"""What is asked of the searches, and what they find. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Sought:
    """Who may test a parameter by a standard, on a day. One of the two may be empty."""

    parameter: str
    standard: str
    """With or without its year: without, every edition is meant."""
    division: str
    """Beginning of the division code of the institution; empty for everywhere."""
    on: date


@dataclass(frozen=True, slots=True)
class Spellings:
    """How capability tables write what is sought; empty lists where nobody has it."""

    parameters: tuple[str, ...]
    standards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    rows: int
    institutions: int
    is_all: bool
    """False: there are more, which nobody counted."""


@dataclass(frozen=True, slots=True)
class Near:
    """What may have been meant where nothing is found."""

    replaced_by: str | None
    """The edition in force in place of the one asked for."""
    replaced_on: date | None
    editions: tuple[str, ...]
    """Other editions of the standard that somebody has."""
    parameters: tuple[str, ...]
    standards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a search of everything found."""

    group: str
    """institution, certificate, report, staff, instrument, standard or parameter."""
    key: str
    uscc: str
    name: str
    """Of a person: unmasked, for whoever shows it to mask."""
    about: str
