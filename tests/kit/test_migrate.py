"""A database that is up to date costs no look by alembic, and nobody but alembic says what up to date is."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from tests.conftest import Seeded

from zhijian.kit import migrate

LATER = """
import sys
from zhijian.kit import migrate
from zhijian.kit.db import engine
migrate.upgrade(engine(sys.argv[1]))
print("alembic" in sys.modules)
"""


def alembic_s_heads() -> set[str]:
    config = Config()
    config.set_main_option("script_location", str(migrate.migrations()))
    return set(ScriptDirectory.from_config(config).get_heads())


def test_the_newest_version_is_the_one_that_alembic_names() -> None:
    assert migrate.newest() == alembic_s_heads()


def test_the_newest_version_is_the_end_of_a_line_and_of_each_branch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "versions").mkdir()
    for name, before in (("0001", "None"), ("0002", "'0001'"), ("0003", "'0002'"), ("0003b", '"0002"')):
        text = f'"""Revision: {name}"""\nrevision: str = {name!r}\ndown_revision: str | None = {before}\n'
        (tmp_path / "versions" / f"{name}.py").write_text(text)
    monkeypatch.setattr(migrate, "migrations", lambda: tmp_path)
    assert migrate.newest() == alembic_s_heads() == {"0003", "0003b"}


def test_a_later_start_loads_no_alembic(seeded: Seeded) -> None:
    url = seeded.node.engine.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-c", LATER, url], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_every_migration_says_truly_which_one_it_follows() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.migrations()))
    for one in ScriptDirectory.from_config(config).walk_revisions():
        assert f"Revision: {one.revision}\nFollows: {one.down_revision}\n" in Path(one.path).read_text("utf-8")
