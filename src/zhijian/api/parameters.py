"""Query parameters that an address does not have: who misspells `to` must not take today's answer for that of another day."""

from fastapi import Request

from zhijian.kit.problem import Problem


def only_known(request: Request) -> None:
    """A dependency. Raises: Problem 422."""
    there = {str(field.alias) for field in request.scope["route"].dependant.query_params}
    for name in request.query_params:
        if name not in there:
            listed = ", ".join(sorted(there))
            raise Problem(422, "parameter-unknown", f"没有参数 {name[:60]!r}", f"there is no parameter {name[:60]!r}",
                          remedy_zh=f"可用：{listed}" if there else "这个地址没有参数",
                          remedy_en=f"there are: {listed}" if there else "this address has none", parameter=name[:60])  # fmt: skip
