"""YAML, read by libyaml where PyYAML was built with it: eight times faster, and every process that starts reads some."""

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(text: str) -> Any:
    """Plain values only.

    >>> read("在册有效: Registered and valid")
    {'在册有效': 'Registered and valid'}
    """
    return yaml.load(text, _LOADER)  # noqa: S506  both loaders are the safe one


def write(value: Any) -> str:
    """In the order given, Chinese as it stands.

    >>> write({"b": "在册有效", "a": [1]})
    'b: 在册有效\\na:\\n- 1\\n'
    """
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1000))
