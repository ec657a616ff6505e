"""Pictures for the eye, beside those of the reference: ZHIJIAN_PICTURES=folder keeps them."""

import os
from pathlib import Path

import pytest
from tests.browser.public_door import ContextMaker
from tests.web.public_addresses import PAGES


@pytest.mark.skipif("ZHIJIAN_PICTURES" not in os.environ, reason="ZHIJIAN_PICTURES names no folder")
@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_has_its_picture(context_of: ContextMaker, pictures: Path, width: int) -> None:
    page = context_of(viewport={"width": width, "height": 844}).new_page()
    for name, address in PAGES.items():
        page.goto(address)
        page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)
        assert (pictures / f"{name}-{width}.png").stat().st_size > 0
