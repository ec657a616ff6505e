"""Migration 0010 runs on a database that is in use: every row keeps its content and gets province, day and source."""

import uuid
from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from tests.registry.test_enrolment import ALL, ONE

from zhijian.kit import migrate
from zhijian.kit.db import engine
from zhijian.registry import as_of, facts
from zhijian.wiring import Node

ROWS = f"""
INSERT INTO institution (uscc, name, legal_form, independent, division, address, fields, established_on, province, code_index)
    VALUES ('{ONE}', '示例检测有限公司', '企业', true, '330106', '示例路 1 号', '{{00}}', '2015-05-05', '33', '0001'),
           ('91320000MAE0000020', '另一家', '企业', true, '320102', '路', '{{00}}', NULL, '32', '0002');
INSERT INTO site (uscc, site_no, name, division, address, used_from) VALUES ('{ONE}', '1', '总部', '330106', '路', '2015-06-01');
INSERT INTO certificate (number, uscc, authority, issued_on, expires_on) VALUES ('261009119991', '{ONE}', '省局', '2026-01-01', '2031-12-31');
INSERT INTO certificate_state (number, state, from_on) VALUES ('261009119991', '暂停', '2026-03-01');
INSERT INTO capability (number, site_no, sequence, category, parameter, standard, valid_from)
    VALUES ('261009119991', '1', '1', '食品', '铅', 'GB 5009.12-2023', '9999-01-01');
INSERT INTO staff (uscc, staff_no, name, roles, employed_from) VALUES ('{ONE}', 'R1', '示例甲', '{{}}', '2020-01-01');
INSERT INTO authorisation (uscc, staff_no, categories, from_on) VALUES ('{ONE}', 'R1', '{{*}}', '2026-01-01');
INSERT INTO instrument (uscc, management_no, site_no, name, needs_calibration, state, used_from)
    VALUES ('{ONE}', 'Y1', '1', '天平', true, '在用', '2020-01-01');
INSERT INTO calibration (uscc, management_no, kind, calibrated_on, due_on, passed)
    VALUES ('{ONE}', 'Y1', '校准', '2026-01-01', '2026-12-31', true);
"""


@pytest.fixture
def filled(node: Node) -> Iterator[sa.Engine]:
    """A database of version 0009 with rows in it."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with node.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        link.execute(sa.text(f"CREATE DATABASE {name}"))
    at = engine(node.engine.url.set(database=name).render_as_string(hide_password=False))
    _alembic(at, "0009")
    with at.begin() as db:
        db.execute(sa.text(ROWS))
    yield at
    at.dispose()
    with node.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        link.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def _alembic(at: sa.Engine, version: str, *, down: bool = False) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.migrations()))
    with at.begin() as db:
        config.attributes["connection"] = db
        (command.downgrade if down else command.upgrade)(config, version)


def test_rows_that_were_there_hold_from_their_own_first_day(filled: sa.Engine) -> None:
    migrate.upgrade(filled)
    with filled.begin() as db:
        today = db.execute(sa.text("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")).scalar_one()
        since = {
            name: db.execute(sa.text(f"SELECT since_on, uscc, province, source FROM {name} WHERE uscc = :u"), {"u": ONE}).one()
            for name in ("institution", "site", "certificate", "certificate_state", "capability", "staff", "calibration")
        }  # fmt: skip
        assert {tuple(row)[1:] for row in since.values()} == {(ONE, "33", "before-0010")}
        assert since["institution"].since_on == date(2015, 5, 5)
        assert since["certificate_state"].since_on == date(2026, 3, 1)
        assert since["capability"].since_on == today, "nothing holds from a day after today"
        other = db.execute(sa.text("SELECT since_on, province FROM institution WHERE uscc <> :u"), {"u": ONE}).one()
        assert tuple(other) == (date(2026, 1, 1), "32")
        now, then = facts(db, ALL, ONE), as_of(db, ALL, ONE, date(2026, 2, 1))
        assert now is not None
        assert then is not None
        assert (len(now.certificates["261009119991"].states), then.facts.certificates["261009119991"].states) == (1, ())


def test_the_way_back_leaves_the_rows_as_they_were(filled: sa.Engine) -> None:
    migrate.upgrade(filled)
    _alembic(filled, "0009", down=True)
    with filled.begin() as db:
        assert db.execute(sa.text("SELECT count(*) FROM capability")).scalar_one() == 1
        assert "since_on" not in {c["name"] for c in sa.inspect(db).get_columns("capability")}
