"""docs/howto/draw.md is run as written, with the real command."""

import os
import re
import shutil
from pathlib import Path

from tests.conftest import Seeded
from tests.docs.howto import TOP, blocks, commands_env, run

from zhijian.synthetic.numbers import uscc


def test_every_block_of_the_howto_runs_in_its_order(seeded: Seeded, tmp_path: Path) -> None:
    found = blocks("draw.md", "sh")
    assert len(found) == 7
    # On the page an institution is @1, so that no credit code of somebody's stands there.
    found = [(kind, re.sub(r"@(\d)", lambda m: uscc("91", "330100", int(m[1])), text)) for kind, text in found]
    shutil.copy(TOP / "docs" / "reference" / "draw_check.py", tmp_path)
    env = commands_env(tmp_path) | {"ZHIJIAN_HOME": str(seeded.node.settings.home)}
    if url := os.environ.get("ZHIJIAN_DATABASE_URL"):
        env["ZHIJIAN_DATABASE_URL"] = url
    said = run("draw.md", found, env, tmp_path)
    for part in (
        "33-2026-howto 已存为草案 kept as a draft",
        "food 食品：4 家抽 2 家",
        "rest 其余：3 家抽 1 家",
        "不参加抽取 excluded 2 家",
        "抽中 drawn 3 家",
        "重抽结果相同 the same result：7 家中抽 3 家",
        "全部：违法率 share",
        "已评估 evaluated",
    ):
        assert part in said, (part, said)
    assert "没有与事先公布的核对" not in said
    published = (tmp_path / "draw.json").read_text("utf-8")
    assert "王＊＊" in published
    assert "王小明" not in published
