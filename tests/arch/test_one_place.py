"""What two files would have to say the same way is said in one."""

import re
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "zhijian"


@pytest.mark.parametrize(
    ("what", "place"),
    [
        (r'"0123456789ABCDEFGHJKLMNPQRTUWXY"', "kit/base31.py"),
        (r'maketrans\("OIZSV"', "kit/base31.py"),
        (r"timezone\(timedelta\(hours=8\)", "kit/clock.py"),
        (r"^class Problem\b", "kit/problem.py"),
        (r"urn:zhijian:problem:", "kit/problem.py"),
    ],
)
def test_alphabet_time_zone_and_problem_have_one_place_each(what: str, place: str) -> None:
    found = [str(f.relative_to(SRC)) for f in SRC.rglob("*.py") if re.search(what, f.read_text("utf-8"), re.M)]
    assert found == [place]
