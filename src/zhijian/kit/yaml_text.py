"""YAML, read by libyaml where PyYAML was built with it: eight times faster, and every process that starts reads some."""

from typing import Any

import yaml

_TEXTS: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlWrong(ValueError):
    """What is wrong, and in which line."""

    def __init__(self, said: str, line: int) -> None:
        super().__init__(said)
        self.line = line


def read(text: str) -> Any:
    """Plain values only.

    >>> read("在册有效: Registered and valid")
    {'在册有效': 'Registered and valid'}
    """
    return yaml.load(text, _LOADER)  # noqa: S506  both loaders are the safe one


def read_texts(text: str) -> Any:
    """Every value as it is written: `on`, `01` and `no` of people who do not know what YAML makes of them.

    Raises: YamlWrong.

    >>> read_texts("on: {01: no}")
    {'on': {'01': 'no'}}
    """
    try:
        return yaml.load(text, _TEXTS)  # noqa: S506  builds texts, lists and dictionaries only
    except yaml.YAMLError as why:
        mark = getattr(why, "problem_mark", None)
        raise YamlWrong(getattr(why, "problem", None) or "not YAML", mark.line + 1 if mark else 1) from None


def write(value: Any) -> str:
    """In the order given, Chinese as it stands.

    >>> write({"b": "在册有效", "a": [1]})
    'b: 在册有效\\na:\\n- 1\\n'
    """
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1000))
