"""Take the pictures of the README again: `python docs/pictures.py` (needs Chromium and the test tools)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Answer, Compare and a product, light and dark, beside this file."""
    from playwright.sync_api import sync_playwright

    from dashboard.store_samples import main as store
    from tests.conftest import CHROMIUM, end, free_port, wait_until_healthy

    store(["bicycles"])
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "dashboard.serve", "--port", str(port), "--no-browser"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until_healthy(address, server)
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
            )
            for mode in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": 1440, "height": 1300}, color_scheme=mode, device_scale_factor=1
                )
                for name, path, height in (
                    ("answer", "/?data=bicycles", 1420),
                    ("compare", "/compare?data=bicycles", 1240),
                    ("product", "/products?data=bicycles", 1380),
                ):
                    page.set_viewport_size({"width": 1440, "height": height})
                    page.goto(address + path)
                    page.wait_for_selector("h1", timeout=120_000)
                    page.wait_for_selector('[data-test-script-state="notRunning"]', timeout=120_000)
                    page.wait_for_timeout(3000)
                    if name == "product":
                        box = (
                            page.get_by_test_id("stDataFrame")
                            .filter(visible=True)
                            .first.locator("canvas")
                            .first.bounding_box()
                        )
                        assert box is not None
                        page.mouse.click(box["x"] + 18, box["y"] + 52 + 35 * 4)
                        page.wait_for_selector("text=All products", timeout=60_000)
                        page.wait_for_selector("text=Your own choice", timeout=60_000)
                        page.mouse.move(5, 5)
                        page.wait_for_timeout(3000)
                    page.screenshot(path=str(Path(__file__).with_name(f"{name}_{mode}.png")))
                page.close()
            browser.close()
    finally:
        end(server)


if __name__ == "__main__":
    main()
