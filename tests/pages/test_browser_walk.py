"""Every page in a real Chromium, on the sample: wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.services.prepare import prepare
from core.store import open_store
from tests.pages.page_parts import served

PAGES = ["", "orders", "item", "what_if", "policies", "policy_map", "agent", "how_good"]
PAGES += ["decisions", "data", "costs"]
LOOKS = [(1440, "light"), (390, "dark")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepare the sample as the first `make run` leaves it."""
    home = tmp_path_factory.mktemp("walk")
    store = open_store(home, f"sqlite:///{home}/quartermaster.db")
    prepare(store)
    store.close()
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """Serve it."""
    with served(home) as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize("start", ["ours", "streamlit"])
def test_the_first_link_of_all_opens_its_page(
    request: pytest.FixtureRequest, home: Path, chromium: str, start: str
) -> None:
    """Before anybody was there, with its parameters, however it is spelt and it was started."""
    if start == "ours":
        _opens_its_page(request.getfixturevalue("address"), chromium)
    else:
        with served(home, "-m", "streamlit", "run", "app.py") as address:
            _opens_its_page(address, chromium)


def _opens_its_page(address: str, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{address}/policy-map?item=CW-203")
        page.get_by_role("heading", name="Policy map").first.wait_for()
        assert page.url == f"{address}/policy_map?item=CW-203"
        assert not page.get_by_text("Page not found").count()
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_stands_by_itself_on_a_deep_link(
    address: str, chromium: str, width: int, scheme: str
) -> None:
    """A title, nothing that failed, nothing wider than the screen."""
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        asked: set[str] = set()
        for name in reversed(PAGES):
            page = context.new_page()
            page.on("request", lambda request: asked.add(request.url))
            page.set_default_timeout(60_000)
            page.goto(f"{address}/{name}")
            page.locator("h1").wait_for()
            expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)
            text = page.locator("body").inner_text()
            assert "Something went wrong" not in text and "Page not found" not in text, name
            assert "Traceback" not in text and "Error:" not in text, name
            sideways = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert sideways <= 0, name
            page.close()
        browser.close()
    others = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert not others, "nothing leaves the machine"


@pytest.mark.browser
def test_a_file_that_cannot_be_written_says_why_on_the_page(
    address: str, home: Path, tmp_path: Path, chromium: str
) -> None:
    """Files are written after the page is drawn, where no page can say anything any more."""
    from playwright.sync_api import sync_playwright

    store = open_store(home, f"sqlite:///{home}/quartermaster.db")
    record = store.datasets.active("history")
    assert record is not None
    store.close()
    (kept,) = home.rglob(f"*{record.source_sha256}*")
    lost = kept.rename(tmp_path / kept.name)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{address}/data")
        page.get_by_role("button", name="Download as it came").first.click()
        page.get_by_test_id("stAlert").filter(has_text=record.source_sha256[:12]).first.wait_for()
        assert page.url == f"{address}/data"
        browser.close()
    lost.rename(kept)
