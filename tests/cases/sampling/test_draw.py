"""A draw can be run again by anybody, and whatever was changed in its file is found."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.cases.sampling.worlds import STRATA, frame, inspector, institution, plan, published

from zhijian.cases.sampling import checked
from zhijian.cases.sampling.form import commitment, seed_of
from zhijian.cases.sampling.model import DivisionRule, Frame, Party, PublicationBroken, Source, SourceKind
from zhijian.cases.sampling.stream import hexadecimal

SCRIPT = Path(__file__).parents[3] / "docs" / "reference" / "draw_check.py"


@pytest.fixture(scope="module")
def file() -> dict[str, Any]:
    return published()


def script(folder: Path, file: Any) -> int:
    """Exit status of the published script, in a Python that sees nothing of ours."""
    (folder / "draw.json").write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(folder / "draw.json")], capture_output=True, check=False
    )
    return done.returncode


def test_the_script_is_short_and_needs_nothing_but_the_standard_library() -> None:
    lines = SCRIPT.read_text("utf-8").splitlines()
    assert len(lines) <= 25
    assert lines[0].startswith("import hashlib, json, sys ")
    assert not [line for line in lines[1:] if "import" in line]


@pytest.mark.parametrize("rule", DivisionRule)
@pytest.mark.parametrize("seed", range(3))
def test_the_script_comes_to_the_same_result(tmp_path: Path, rule: DivisionRule, seed: int) -> None:
    made = published(plan(division=rule, team=2 + seed % 2), frame(60 + 40 * seed, 16 + 8 * seed, seed, 6), str(seed))
    assert made["result"]["drawn"]
    assert script(tmp_path, made) == 0
    assert checked(made, made["commitment_sm3"]).drawn == len(made["result"]["drawn"])


def test_the_script_comes_to_the_same_where_some_cannot_be_staffed(tmp_path: Path) -> None:
    few = tuple(inspector(n, fields=("00",) if n < 5 else ("05",), most=2) for n in range(12))
    made = published(plan(strata=STRATA[:1]), Frame(tuple(institution(n) for n in range(30)), few))
    assert len(made["result"]["unstaffed"]) == 7
    assert set(made["result"]["unstaffed"]) == {row["uscc"] for row in made["result"]["drawn"] if not row["team"]}
    assert all(full == ["J000", "J001", "J002", "J003", "J004"] for full in made["result"]["unstaffed"].values())
    assert script(tmp_path, made) == 0
    assert checked(made).unstaffed == 7


def _swap(file: dict[str, Any]) -> None:
    """Another institution in the place of one that was drawn."""
    rows = file["result"]["drawn"]
    spare = {one["uscc"] for one in file["frame"]["institutions"]} - {row["uscc"] for row in rows}
    rows[0]["uscc"] = min(spare)


TAMPERED: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "weight": ("commitment", lambda f: f["frame"]["institutions"][3].update(weight=7)),
    "one left out": ("commitment", lambda f: f["frame"]["institutions"].pop()),
    "bar lifted": ("commitment", lambda f: next(w for w in f["frame"]["inspectors"] if w["barred"])["barred"].pop()),
    "exclusion": ("commitment", lambda f: f["frame"]["excluded"].pop()),
    "quota": ("commitment", lambda f: f["plan"]["strata"][0].update(take=11)),
    "equal part": ("commitment", lambda f: f["plan"].update(equal=[1, 2])),
    "secret": ("commitment", lambda f: f.update(secret="5f" * 32)),
    "seed": ("seed", lambda f: f.update(seed="00" * 32)),
    "public value": ("seed", lambda f: f.update(public_value="03 07 11 19 22 31 10")),
    "another drawn": ("result", _swap),
    "one drawn less": ("result", lambda f: f["result"]["drawn"].pop()),
    "chance": ("result", lambda f: f["result"]["drawn"][0].update(chance="1/2")),
    "team": ("result", lambda f: f["result"]["drawn"][0]["team"].reverse()),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_tampered_with_is_found(tmp_path: Path, file: dict[str, Any], what: str) -> None:
    why, tamper = TAMPERED[what]
    changed = deepcopy(file)
    tamper(changed)
    assert changed != file
    assert script(tmp_path, changed) != 0
    with pytest.raises(PublicationBroken) as told:
        checked(changed)
    assert told.value.why == why


def bound_again(file: dict[str, Any]) -> dict[str, Any]:
    """Made anew by whoever made the file: only what was published before, and the plan's own rules, are against it."""
    sha, sm3 = commitment(file["plan"], file["frame"], file["secret"])
    return {
        **file,
        "commitment": sha,
        "commitment_sm3": sm3,
        "seed": seed_of(sha, file["secret"], file["public_value"]),
    }


def test_a_draw_made_anew_is_not_the_one_that_was_bound(file: dict[str, Any]) -> None:
    other = published(value="03 07 11 19 22 31 09", of=frame(seed=2))
    assert checked(other).commitment == other["commitment"]
    with pytest.raises(PublicationBroken, match="事先公布") as told:
        checked(other, file["commitment"])
    assert told.value.why == "published-commitment"
    assert checked(file, file["commitment"].upper()).seed == file["seed"]


def test_a_quota_or_a_place_that_does_not_follow_from_the_plan_is_found(file: dict[str, Any]) -> None:
    changed = deepcopy(file)
    changed["plan"]["strata"][1]["take"] += 1
    with pytest.raises(PublicationBroken) as told:
        checked(bound_again(changed))
    assert told.value.why == "take"
    changed = deepcopy(file)
    next(one for one in changed["frame"]["institutions"] if one["stratum"] == "food")["stratum"] = "rest"
    with pytest.raises(PublicationBroken) as told:
        checked(bound_again(changed))
    assert told.value.why == "stratum"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from leaves(inner, (*path, key))


def test_a_hostile_file_is_refused_and_never_a_fault(file: dict[str, Any]) -> None:
    small = published(
        plan(strata=STRATA[:1]), Frame(tuple(institution(n) for n in range(14)), tuple(inspector(n) for n in range(5)))
    )
    for path in [p for p in leaves(small) if p]:
        for put in (None, -1, "x", [], {}, 10**30):
            changed = deepcopy(small)
            at = changed
            for key in path[:-1]:
                at = at[key]
            if at[path[-1]] == put or (path[0] == "result" and put == []):
                continue
            at[path[-1]] = put
            with pytest.raises(PublicationBroken):
                checked(bound_again(changed) if path[0] in ("plan", "frame") and len(path) > 4 else changed)
    for other in (None, [], 3, "x", {}):
        with pytest.raises(PublicationBroken):
            checked(other)


def test_parties_are_held_to_what_they_bound(file: dict[str, Any]) -> None:
    parties = (Party("甲所", hexadecimal("蓝天")), Party("乙会", hexadecimal("白云")))
    source = Source(SourceKind.PARTIES, "甲所、乙会各出一句话", parties)
    assert checked(published(plan(source=source), value="甲所=蓝天\n乙会=白云"))
    with pytest.raises(PublicationBroken, match="各方内容") as told:
        checked(published(plan(source=source), value="甲所=蓝天\n乙会=乌云"))
    assert told.value.why == "source"
    log = Source(SourceKind.LOG, "日志 log.example/2026h1 大小 5000 时的根")
    assert checked(published(plan(source=log), value=f"log.example/2026h1 5000 {'A' * 43}="))
    with pytest.raises(PublicationBroken):
        checked(published(plan(source=log), value="5000"))


def test_the_secret_and_the_public_value_both_make_the_seed() -> None:
    assert len({seed_of("c", secret, value) for secret in "ab" for value in "xy"}) == 4


def test_nothing_of_an_inspector_is_published_but_what_the_draw_needs(file: dict[str, Any]) -> None:
    text = json.dumps(file, ensure_ascii=False)
    assert "王小" not in text
    assert "王＊" in text
    for word in ("relative", "former-employer", "declared", '"G1"', "left_on"):
        assert word not in text
    for who in file["frame"]["inspectors"]:
        assert set(who) == {"no", "name", "division", "fields", "most", "barred"}
    assert institution(0).uscc in text
