"""The dashboard as somebody in front of it sees and uses it."""

import shutil

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 60


def chromium_is_here():
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


def start_chromium():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                     "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


class Dashboard:
    def __init__(self, browser, url):
        self.browser = browser
        self.url = url

    def open(self, fragment=""):
        self.browser.get("about:blank")
        self.browser.get(self.url + fragment)
        return self

    def emulate(self, width=1280, height=900, scheme="light"):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def until(self, condition, why=""):
        """What `condition` gives once it is true; errors of changing pages are tried again."""
        waiting = WebDriverWait(self.browser, PATIENCE, poll_frequency=0.05,
                                ignored_exceptions=[Exception])
        return waiting.until(lambda _: condition(), why)

    def script(self, text, *arguments):
        return self.browser.execute_script(text, *arguments)

    def find(self, selector):
        return self.until(lambda: self.browser.find_element(By.CSS_SELECTOR, selector), selector)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def click(self, selector):
        self.until(lambda: self.find(selector).click() or True, f"click {selector}")

    def text(self, selector):
        return self.script("return document.querySelector(arguments[0])?.textContent ?? null",
                           selector)

    def press(self, *keys):
        webdriver.ActionChains(self.browser).send_keys(*keys).perform()

    # Rows of the fleet.

    def row(self, name):
        return f'.fleet tr[data-name="{name}"]'

    def state(self, name):
        return self.text(f"{self.row(name)} .state span")

    def figure(self, name, key):
        return self.text(f'{self.row(name)} [data-key="{key}"] span')

    def wait_for_state(self, name, state):
        self.until(lambda: self.state(name) == state, f"{name} is {state}")

    def names(self):
        """The names of the visible rows from top to bottom."""
        return self.script("return [...document.querySelectorAll('.fleet tbody tr:not([hidden])')]"
                           ".map((row) => row.dataset.name)")

    def act(self, name, action):
        """Chooses an action of a row's menu, which opens its question."""
        self.click(f'{self.row(name)} [data-act="menu"]')
        self.click(f'.menu:popover-open [data-action="{action}"]')
        self.find("dialog[open]")

    def confirm(self):
        self.click("dialog[open] button[type=submit]")

    def dialog_is_closed(self):
        return not self.all("dialog[open]")

    def fill_in(self, **fields):
        for name, value in fields.items():
            field = self.find(f'dialog[open] [name="{name}"]')
            field.clear()
            field.send_keys(value)

    def complaints(self):
        """What the console said of scripts and of the content security policy."""
        return [entry["message"] for entry in self.browser.get_log("browser")
                if entry.get("source") in ("javascript", "security")
                or "Content Security Policy" in entry["message"]
                or "Uncaught" in entry["message"]]


__all__ = ["By", "Dashboard", "Keys", "chromium_is_here", "start_chromium"]
