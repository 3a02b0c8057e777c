"""A headless Chromium and a private JupyterLab. Without them these tests skip and say what is missing.

They run as their own pytest call (`pytest -m browser tests/browser`): playwright keeps an event loop in the main
thread, which other tests do not expect.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab_page import TOKEN, LabPage, Watch

ROOT = Path(__file__).parents[2]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", type=Path, default=None, help="folder for screenshots (default: none are kept)")


def _chromium() -> str | None:
    named = os.environ.get("REIDLIB_CHROMIUM")
    known = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
    return named or next(filter(None, map(shutil.which, known)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    program = _chromium()
    if program is None:
        pytest.skip("no Chromium found: install one (Debian: apt install chromium) or set REIDLIB_CHROMIUM to its path")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, headless=True, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Collects what must not happen: requests that leave the machine, errors in the console. Checked at the end."""
    watch = Watch()
    yield watch
    assert watch.external == [], "a view asked the network"
    assert watch.errors == [], "errors in the browser's console"


@pytest.fixture
def open_file(browser, watch: Watch) -> Iterator[Callable]:
    """Open a saved file with the network cut; options are those of a playwright context."""
    contexts = []

    def open_page(path: Path, **options):
        context = browser.new_context(**{"viewport": {"width": 1000, "height": 800}, **options})
        contexts.append(context)
        context.set_offline(True)
        page = watch.follow(context, ("file:",))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and notebook folder of a JupyterLab that shares no setting with the user's own."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install 'reidlib[course]'")
    pytest.importorskip("anywidget", reason="anywidget is not installed: pip install 'reidlib[course]'")
    home = tmp_path_factory.mktemp("lab")
    notebooks = home / "notebooks"
    notebooks.mkdir()
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    # The question about news would cover the page.
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    places = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "run",
        "IPYTHONDIR": "ipython", "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }  # fmt: skip
    environment = {**os.environ, **{name: str(home / folder) for name, folder in places.items()}}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={notebooks}",
        "--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    log = home / "lab.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/status?token={TOKEN}", server, log)
        yield address, notebooks
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, f"JupyterLab did not start:\n{log.read_text()}"
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not answer within a minute:\n{log.read_text()}")


@pytest.fixture
def lab(browser, watch: Watch, lab_server: tuple[str, Path]) -> Iterator[LabPage]:
    address, notebooks = lab_server
    context = browser.new_context(viewport={"width": 1300, "height": 1250})
    yield LabPage(watch.follow(context, (address,)), address, TOKEN, notebooks)
    context.close()


@pytest.fixture
def screenshot(request: pytest.FixtureRequest, tmp_path: Path) -> Callable:
    """Keep a picture of a page or of a part of it, under the folder given by --screenshots."""
    folder = request.config.getoption("--screenshots", default=None) or tmp_path

    def take(target, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        target.screenshot(path=path)
        return path

    return take
