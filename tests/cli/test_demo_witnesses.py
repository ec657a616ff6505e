"""The demonstration's own witnesses: they say what they are, and step back for others."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.codes.log.log_samples import SIGNER
from tests.codes.log.witness_samples import LOG
from tests.conftest import Seeded

from zhijian.cli.demo_witnesses import NAMES, asked_in_process, demonstrative, with_witnesses
from zhijian.codes.log import Verifier
from zhijian.kit.settings import Settings
from zhijian.web.words import DEMO_WITNESS


def test_two_witnesses_are_made_once_and_both_are_needed(tmp_path: Path) -> None:
    settings = with_witnesses(Settings(tmp_path, host="0.0.0.0", verify_port=9001))
    assert settings.witness_quorum == 2
    assert [url for _, url in settings.witness_pairs] == [f"http://127.0.0.1:9001/witness/{name}" for name in NAMES]
    assert demonstrative(settings)
    assert with_witnesses(Settings(tmp_path, host="0.0.0.0", verify_port=9001)) == settings


def test_their_names_say_that_they_are_for_show(tmp_path: Path) -> None:
    for vkey, _ in with_witnesses(Settings(tmp_path)).witness_pairs:
        assert Verifier.parse(vkey).name.startswith(DEMO_WITNESS), "the pages know them by it"


@pytest.mark.parametrize("witnesses", ["none", f"w.example+0123abcd+{'A' * 44} https://w.example"])
def test_settings_that_name_witnesses_or_none_are_left_as_they_are(tmp_path: Path, witnesses: str) -> None:
    settings = Settings(tmp_path, witnesses=witnesses)
    assert with_witnesses(settings) == settings
    assert not demonstrative(settings)
    assert not (tmp_path / "witness").exists()


def test_while_the_demonstration_is_filled_they_are_asked_without_a_door(seeded: Seeded, tmp_path: Path) -> None:
    node = seeded.node
    before, way = node.settings, node.asks_at
    with_witnesses(before)
    (before.home / "witness" / NAMES[0] / "logs").write_text(SIGNER.verifier.vkey())
    with asked_in_process(node):
        ask = node.asks_at(f"http://127.0.0.1:1/witness/{NAMES[0]}")
        assert ask(LOG.asked(0, 7)).status == 200
        with pytest.raises(OSError, match="refused"):
            node.asks_at("http://127.0.0.1:1/witness/elsewhere")(b"")
    assert node.asks_at is way
    assert replace(before) == node.settings
