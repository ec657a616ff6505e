"""PDF objects for what we add, spelt short. pyHanko's own constructors carry no types."""

from collections.abc import Iterable
from typing import Any

from pyhanko.pdf_utils import generic

_made: Any = generic


def name(text: str) -> Any:
    return _made.NameObject("/" + text)


def number(value: int) -> Any:
    return _made.NumberObject(value)


def real(value: float) -> Any:
    return _made.FloatObject(f"{value:.4f}")


def text(value: str) -> Any:
    return _made.TextStringObject(value)


def octets(value: bytes) -> Any:
    return _made.ByteStringObject(value)


def array(items: Iterable[Any]) -> Any:
    return _made.ArrayObject(items)


def dictionary(**entries: Any) -> Any:
    return copied({"/" + key: value for key, value in entries.items()})


def copied(entries: Any) -> Any:
    """A new dictionary with the same values, references as references. None gives an empty one."""
    raw = entries.raw_get if hasattr(entries, "raw_get") else (entries or {}).__getitem__
    return _made.DictionaryObject({_made.NameObject(key): raw(key) for key in entries or ()})


def value(entries: Any, key: str) -> Any:
    """The entry, dereferenced; None where there is none. (pyHanko's `get` gives references as they are.)"""
    found = entries.get(key) if entries is not None else None
    found = found.get_object() if found is not None else None
    return None if isinstance(found, generic.NullObject) else found


def stream(data: bytes, packed: bool = True, **entries: Any) -> Any:
    made = _made.StreamObject(dictionary(**entries), stream_data=data)
    if packed:
        made.compress()
    return made


def put(target: Any, key: str, value: Any) -> None:
    target[_made.NameObject("/" + key)] = value


def references(found: Any) -> list[Any]:
    """The items of an array as they are written, references as references; of no array none."""
    return [found.raw_get(n) for n in range(len(found))] if isinstance(found, generic.ArrayObject) else []


def is_array(found: Any) -> bool:
    return isinstance(found, generic.ArrayObject)
