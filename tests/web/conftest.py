import shutil
import urllib.request

import pytest

from herd import Herd, Simulator

try:
    from dashboard import Dashboard, chromium_is_here, start_chromium
    missing = "" if chromium_is_here() else "chromium or chromedriver"
except ImportError:
    missing = "python3-selenium"

if missing:
    collect_ignore_glob = ["test_*.py"]


def pytest_report_header():
    return f"the dashboard is not tested: {missing} is missing" if missing else ""


def pytest_sessionfinish(session, exitstatus):
    if missing and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = 77  # what ctest counts as skipped


@pytest.fixture(scope="session")
def chromium():
    browser = start_chromium()
    yield browser
    browser.quit()


@pytest.fixture
def show(chromium):
    """Opens a dashboard. No script may have failed and no policy been violated at the end."""
    shown = []

    def open_dashboard(url, fragment=""):
        shown.append(Dashboard(chromium, url))
        shown[-1].emulate()
        return shown[-1].open(fragment)

    chromium.get_log("browser")
    yield open_dashboard
    complaints = shown[-1].complaints() if shown else []
    chromium.get("about:blank")
    assert complaints == []


@pytest.fixture(scope="session")
def simulator():
    with Simulator(cameras=3) as cameras:
        yield cameras


@pytest.fixture
def herd(tmp_path, simulator):
    """Starts a camherd: of the three simulated cameras unless told otherwise."""
    started = []

    def start(cameras=None, **options):
        if cameras is None:
            cameras = {f"cam{n}": f"{{url: '{simulator.url(n)}', idle: full}}" for n in range(3)}
        folder = tmp_path / f"herd{len(started)}"
        folder.mkdir()
        started.append(Herd(folder, cameras, **options))
        return started[-1]

    yield start
    for each in started:
        each.stop()
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture(scope="session")
def policy(tmp_path_factory):
    """The content security policy that camherd sends."""
    with Herd(tmp_path_factory.mktemp("policy"), {}) as empty:
        with urllib.request.urlopen(empty.url) as page:
            return page.headers["Content-Security-Policy"]
