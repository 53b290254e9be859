import contextlib
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
def herd(simulator):
    """Starts a camherd: of the three simulated cameras unless told otherwise."""
    with contextlib.ExitStack() as started:
        def start(cameras=None, **options):
            if cameras is None:
                cameras = {f"cam{n}": f"{{url: '{simulator.url(n)}', idle: full}}"
                           for n in range(3)}
            return started.enter_context(Herd(cameras, **options))

        yield start


@pytest.fixture(scope="session")
def policy():
    """The content security policy that camherd sends."""
    with Herd({}) as empty:
        with urllib.request.urlopen(empty.url) as page:
            return page.headers["Content-Security-Policy"]
