"""Settings are read once, and a wrong one is refused by name instead of being passed over."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from zhijian.kit.settings import Settings, SettingWrong


def read(**environ: str) -> Settings:
    return Settings.read({"HOME": "/home/someone", **environ})


def test_without_variables_everything_has_its_default() -> None:
    assert read() == Settings(Path("/home/someone/.local/share/zhijian"))


def test_the_home_follows_xdg_and_its_own_variable() -> None:
    assert read(XDG_DATA_HOME="/data").home == Path("/data/zhijian")
    assert read(XDG_DATA_HOME="/data", ZHIJIAN_HOME="/srv/z").home == Path("/srv/z")
    assert Settings.read({}).home == Path("/var/lib/.local/share/zhijian")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("OFFICE_PORT", "9000", 9000),
        ("DEMO", "false", False),
        ("DEMO", "YES", True),
        ("DEMO", "0", False),
        ("VERIFY_RATE_PER_S", "2.5", 2.5),
        ("PUBLIC_URL", "https://verify.example", "https://verify.example"),
        ("SUITE", "ES256", "ES256"),
        ("DATABASE_URL", "postgresql://u:p@h/n", "postgresql://u:p@h/n"),
    ],
)
def test_a_variable_is_read_into_its_type(name: str, text: str, value: object) -> None:
    assert getattr(read(**{f"ZHIJIAN_{name}": text}), name.lower()) == value


@pytest.mark.parametrize("name", ["ZHIJIAN_DATABASE", "ZHIJIAN_OFFICEPORT", "ZHIJIAN_", "ZHIJIAN_Home", "ZHIJIAN_home"])
def test_an_unknown_variable_is_refused_by_name(name: str) -> None:
    with pytest.raises(SettingWrong, match=f"^{name}: no such setting"):
        read(**{name: "x"})


def test_variables_of_others_are_not_looked_at() -> None:
    assert read(ZHI="1", PATH="/bin", ZHIJIANX="y") == read()


@pytest.mark.parametrize(
    ("name", "text", "should"),
    [
        ("OFFICE_PORT", "http", "a whole number 整数"),
        ("OFFICE_PORT", "80.5", "a whole number 整数"),
        ("OFFICE_PORT", "", "a whole number 整数"),
        ("DEMO", "maybe", "1 or 0 是或否"),
        ("DEMO", "", "1 or 0 是或否"),
        ("VERIFY_RATE_PER_S", "fast", "a number 数字"),
        ("STATUS_TTL_S", "15min", "a whole number 整数"),
        ("HOME", "~nobody-of-this-name/z", "a folder 文件夹"),
    ],
)
def test_a_value_of_another_type_is_refused_with_name_value_and_what_it_should_be(
    name: str, text: str, should: str
) -> None:
    with pytest.raises(SettingWrong) as why:
        read(**{f"ZHIJIAN_{name}": text})
    assert str(why.value) == f"ZHIJIAN_{name}={text!r}: should be 应为 {should}"


def test_every_setting_has_a_type_that_can_be_read_and_named() -> None:
    assert {field.type for field in fields(Settings)} <= {Path, bool, int, float, str}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SUITE", "RSA"),
        ("OFFICE_PORT", "-1"),
        ("VERIFY_PORT", "70000"),
        ("STATUS_TTL_S", "-900"),
        ("LEASE_MAX", "-1"),
        ("VERIFY_RATE_PER_S", "nan"),
        ("CHECKPOINT_EVERY_S", "-1"),
        ("PUBLIC_URL", "verify.example"),
    ],
)
def test_a_value_that_cannot_work_is_refused_where_it_is_read(name: str, text: str) -> None:
    with pytest.raises(SettingWrong):
        read(**{f"ZHIJIAN_{name}": text})


def test_settings_do_not_change_afterwards() -> None:
    with pytest.raises(FrozenInstanceError):
        read().demo = False  # type: ignore[misc]


def test_every_setting_has_a_variable() -> None:
    for field in fields(Settings):
        with pytest.raises(SettingWrong, match=f"ZHIJIAN_{field.name.upper()}"):
            read(ZHIJIAN_NONE="1")


def test_the_database_password_is_not_printed() -> None:
    settings = read(ZHIJIAN_DATABASE_URL="postgresql://zhijian:hunter2@db/zhijian")
    assert "hunter2" not in repr(settings)


KEY = "w.example+0123abcd+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
OTHER = "v.example+4567abcd+BAAA+AAA/AAA"


@pytest.mark.parametrize(
    "text", [f"{KEY} https://w.example/a", f"{KEY}  https://w.example/a/ ,", f"\n{KEY}\thttps://w.example/a\n"]
)
def test_witnesses_are_pairs_of_key_and_address(text: str) -> None:
    assert read(ZHIJIAN_WITNESSES=text).witness_pairs == ((KEY, "https://w.example/a"),)


def test_several_witnesses_stand_on_lines_or_behind_commas() -> None:
    for between in (", ", "\n", ",\n\n"):
        settings = read(
            ZHIJIAN_WITNESSES=f"{KEY} https://w{between}{OTHER} http://v:7380/x", ZHIJIAN_WITNESS_QUORUM="2"
        )
        assert settings.witness_pairs == ((KEY, "https://w"), (OTHER, "http://v:7380/x"))
        assert settings.witness_quorum == 2
    assert read(ZHIJIAN_WITNESSES="none").witness_pairs == read().witness_pairs == ()


@pytest.mark.parametrize(
    ("text", "quorum"),
    [
        (KEY, 0),
        ("https://w.example", 0),
        (f"{KEY} w.example", 0),
        (f"{KEY} ftp://w.example", 0),
        (f"{KEY} https://", 0),
        (f"{KEY} https://w?x=1", 0),
        (f"{KEY} https://w more", 0),
        ("w.example+0123 https://w", 0),
        (f"{KEY} https://w, {KEY} https://v", 0),
        (", ".join(f"{n}{KEY} https://w" for n in range(33)), 0),
        (f"{KEY} https://w", 2),
        (f"{KEY} https://w", -1),
        ("none", 1),
        ("", 1),
    ],
)
def test_witnesses_that_cannot_be_asked_or_counted_are_refused(text: str, quorum: int) -> None:
    with pytest.raises(SettingWrong, match="ZHIJIAN_WITNESS"):
        read(ZHIJIAN_WITNESSES=text, ZHIJIAN_WITNESS_QUORUM=str(quorum))
