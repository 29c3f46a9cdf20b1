"""A headless Chromium for the tests of the report."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
ARTEFACTS = Path(__file__).parents[2] / "test-artefacts"
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


def missing(what: str) -> None:
    """Skip the test, or fail it where REQUIRE_BROWSER=1 says that a browser must be there."""
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(f"REQUIRE_BROWSER is set, but {what}")
    pytest.skip(what)


def start(profile: Path) -> Any:
    """A driver on a new profile, with console and network logs; downloads go beside the profile."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    driver = shutil.which("chromedriver")
    if not browser or not driver:
        missing(
            "no chromium with chromedriver is installed (Debian: apt-get install chromium chromium-driver)"
        )
    webdriver = pytest.importorskip(
        "selenium.webdriver", reason="selenium is not installed (pip install selenium)"
    )
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(profile.parent)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


class Page:
    """The report in a browser, with what the tests ask of it."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.get("about:blank")
        self.driver.get(path.as_uri())
        self.wait("return document.querySelector('#panel-overview[data-ready]')")

    def tab(self, *parts: str) -> None:
        """Open a tab, or a place in it, by its address."""
        self.js(
            "document.querySelectorAll('[data-ready]').forEach(n => delete n.dataset.ready);"
            "const hash = '#' + arguments[0].map(encodeURIComponent).join('/');"
            "if (location.hash !== hash) location.hash = hash;"
            "else window.dispatchEvent(new HashChangeEvent('hashchange'))",
            list(parts),
        )
        self.wait(f"return document.querySelector('#panel-{parts[0]}[data-ready]')")

    def js(self, script: str, *args: Any) -> Any:
        return self.driver.execute_script(script, *args)

    def wait(self, script: str, seconds: float = 20) -> Any:
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(
            lambda d: d.execute_script(script)
        )

    def find(self, css: str) -> Any:
        return self.driver.find_element("css selector", css)

    def all(self, css: str) -> list[Any]:
        return self.driver.find_elements("css selector", css)

    def text(self, css: str) -> str:
        return self.js("return document.querySelector(arguments[0]).textContent", css)

    def set(self, css: str, value: Any, event: str = "input") -> None:
        """Give a control a value as its user would: value, then event."""
        self.js(
            "const n = document.querySelector(arguments[0]);"
            "if (n.type === 'checkbox') n.checked = arguments[1]; else n.value = arguments[1];"
            "n.dispatchEvent(new Event(arguments[2], {bubbles: true}))",
            css,
            value,
            event,
        )

    def shot(self, name: str) -> Path:
        ARTEFACTS.mkdir(exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        self.driver.save_screenshot(str(path))
        return path

    def complaints(self) -> list[str]:
        """Console messages that are no mere information."""
        return [e["message"] for e in self.driver.get_log("browser") if e["level"] != "INFO"]

    def requests(self) -> list[str]:
        """Addresses asked for since the page was opened, but for the file itself and its own memory."""
        messages = [json.loads(e["message"])["message"] for e in self.driver.get_log("performance")]
        sent = (m["params"] for m in messages if m["method"] == "Network.requestWillBeSent")
        urls = [s["request"]["url"] for s in sent]
        return [u for u in urls if not u.startswith(("file:", "data:", "blob:", "about:"))]
