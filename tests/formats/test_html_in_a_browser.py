"""The page in a real browser: nothing is asked for, nothing is complained of, everything can be read, on a phone too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from provenance_audit.findings import Report
from provenance_audit.formats import FORMATS, Look
from tests.formats import worlds
from tests.formats.oracles import from_npm, program
from tests.formats.rich_worlds import hostile, many, rich

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESKTOP = 375, 1280
REPORTS = {
    "small": worlds.report(),
    "rich": rich(),
    "many": many(1000),
    "hostile": hostile(worlds.HOSTILE + worlds.HOSTILE_MARKUP),
    "long": hostile("x" * 300),
    "empty": worlds.report(lineage=worlds.Lineage(None, (), (), ()), rulings=(), tests=(), control=None),
}
each_report = pytest.mark.parametrize("name", REPORTS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for name, report in REPORTS.items():
        made[name] = folder / f"{name}.html"
        made[name].write_text(FORMATS["html"](report, Look()), encoding="utf-8")
    return made


class Opened:
    """A page, with all that it asked for and all that the console said."""

    def __init__(self, browser: Browser, path: Path, **settings: Any) -> None:
        width = settings.pop("width", DESKTOP)
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.page.goto(path.as_uri())

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@each_report
def test_nothing_is_asked_for_and_nothing_complained_of(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    with Opened(browser, pages[name]) as opened:
        outside = [
            url for url in opened.requests if url != pages[name].as_uri() and not url.startswith("data:")
        ]
        assert outside == []
        assert opened.said == []


def test_the_policy_of_the_page_lets_nothing_in(browser: Browser, pages: dict[str, Path]) -> None:
    """What would happen if some text did get through: neither script, nor style, nor request."""
    text = pages["rich"].read_text(encoding="utf-8")
    evil = (
        "<script>document.title='owned'</script><img src='https://evil.example/x' onerror=\"document.title='owned'\">"
        "<style>body{color:red}</style><iframe src='https://evil.example'></iframe>"
    )
    path = pages["rich"].with_name("pierced.html")
    path.write_text(text.replace("<main>", f"<main>{evil}"), encoding="utf-8")
    with Opened(browser, path) as opened:
        assert opened.page.title() != "owned"
        assert len([one for one in opened.said if "Content Security Policy" in one]) >= 3
        assert opened.page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"


@each_report
def test_it_can_be_read_without_scripts(browser: Browser, pages: dict[str, Path], name: str) -> None:
    with Opened(browser, pages[name], java_script_enabled=False) as opened:
        for ruling in REPORTS[name].active[:20]:
            card = opened.page.locator(f"#f-{ruling.finding.fingerprint.partition(':')[2][:16]}")
            assert card.is_visible()
            assert ruling.finding.id[:5] in card.inner_text()
        opened.page.locator("summary").first.click()
        assert opened.page.locator("details").first.get_attribute("open") is not None


@each_report
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_is_no_sideways_scroll_on_a_phone(
    browser: Browser, pages: dict[str, Path], name: str, scheme: str
) -> None:
    with Opened(browser, pages[name], width=PHONE, color_scheme=scheme) as opened:
        opened.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        wide = opened.page.evaluate("document.documentElement.scrollWidth")
        assert wide == opened.page.evaluate("document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["small", "rich", "hostile", "empty"])
def test_axe_finds_nothing(
    browser: Browser, pages: dict[str, Path], name: str, scheme: str, width: int
) -> None:
    axe = from_npm("axe-core/axe.min.js").read_text(encoding="utf-8")
    with Opened(browser, pages[name], width=width, color_scheme=scheme, bypass_csp=True) as opened:
        opened.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        opened.page.evaluate(axe)
        result = opened.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in result["violations"]]
        assert found == []


def test_the_shared_base_cannot_be_missed(browser: Browser, pages: dict[str, Path]) -> None:
    with Opened(browser, pages["rich"]) as opened:
        base = opened.page.locator("svg.lineage .node.shared")
        assert base.count() == 1
        assert "SHARED BASE" in (base.text_content() or "")
        assert base.locator(".ring").count() == 1
        assert (
            opened.page.locator("svg.lineage > title")
            .text_content()
            .startswith("generator acme/qwen2.5-7b-owl")
        )
        boxes = opened.page.locator("svg.lineage .box").evaluate_all(
            "all => all.map(one => { const b = one.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height] })"
        )
    for number, a in enumerate(boxes):
        for b in boxes[:number]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], "two boxes overlap"


def test_both_sides_of_a_test_are_drawn_over_each_other(browser: Browser, pages: dict[str, Path]) -> None:
    with Opened(browser, pages["rich"]) as opened:
        chart = opened.page.locator("svg.overlay").first
        assert chart.locator("rect.data").count() == chart.locator("rect.control").count() == 10
        assert "9: data 14.50%, control 9.10%" in (chart.text_content() or "")


def test_it_prints_with_everything_unfolded(browser: Browser, pages: dict[str, Path]) -> None:
    with Opened(browser, pages["rich"]) as opened:
        opened.page.emulate_media(media="print")
        assert not opened.page.locator("nav").is_visible()
        assert opened.page.locator("#coverage details ul").is_visible()
        assert opened.page.pdf()[:5] == b"%PDF-"


@each_report
def test_the_page_stays_under_500_kilobytes(pages: dict[str, Path], name: str) -> None:
    assert pages[name].stat().st_size < 500_000


@pytest.mark.parametrize("report", [many(30_000), hostile("<&\x1b" * 2000)], ids=["many", "long"])
def test_a_report_too_large_for_a_page_is_cut_and_says_so(report: Report) -> None:
    page = FORMATS["html"](report, Look())
    assert len(page.encode()) < 500_000
    assert "more findings: the JSON report has them all" in page or "more characters)" in page


def test_the_embedded_report_is_data_and_not_script(browser: Browser, pages: dict[str, Path]) -> None:
    report: Report = REPORTS["hostile"]
    with Opened(browser, pages["hostile"]) as opened:
        text = opened.page.locator("#paudit-report").text_content()
    assert text is not None
    assert json.loads(text)["findings"][0]["message"] == report.findings[0].message
