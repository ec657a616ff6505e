"""Functions and files stay as small as a reader can hold in mind."""

import ast
from pathlib import Path

SRC = Path(__file__).parents[2] / "src" / "zhijian"
FUNCTION_LINES, FILE_LINES = 40, 300
LONGER = {
    "client.py": 320,  # one file to copy: whoever connects a system takes it as it is
    "codes/model.py": 350,  # the words of the room: every door enters them by this one file (decision 0003)
    "codes/store.py": 340,  # rule 6: the SQL of a room lies in one file, where its scope can be seen
}
"""Files for which splitting would be worse, each with why and with a limit of its own."""


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From `def` to its end, a docstring not counted."""
    first = function.body[0]
    stated = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if stated else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_no_function_is_longer_than_forty_lines() -> None:
    long = [
        (str(file.relative_to(SRC)), node.name, lines)
        for file in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := lines_of(node)) > FUNCTION_LINES
    ]
    assert not long


def test_no_file_is_longer_than_three_hundred_lines_but_those_named() -> None:
    lengths = {str(f.relative_to(SRC)): len(f.read_text("utf-8").splitlines()) for f in SRC.rglob("*.py")}
    assert not {name: n for name, n in lengths.items() if n > LONGER.get(name, FILE_LINES)}
    assert not [name for name in LONGER if lengths.get(name, 0) <= FILE_LINES], "an exception that is none any more"


def test_the_count_leaves_out_the_docstring_and_nothing_else() -> None:
    source = 'def f():\n    """One.\n\n    Two.\n    """\n\n    x = 1\n    # why\n    return x\n'
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert lines_of(function) == 5
