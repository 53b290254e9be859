"""Adding, restarting, stopping, removing."""

import json
import urllib.request

from dashboard import Keys


def camera_of(running, name):
    with urllib.request.urlopen(f"{running.url}api/v1/cameras/{name}") as answer:
        return json.load(answer)


def test_adds_a_camera_with_further_settings_and_removes_it_after_a_question(
        show, herd, simulator):
    running = herd({})
    page = show(running.url)
    page.click("#add")
    page.fill_in(name="gate", url=simulator.url(), more="idle=full\nmax_leases = 7")
    page.confirm()
    page.wait_for_state("gate", "streaming")
    assert page.dialog_is_closed()
    assert camera_of(running, "gate")["settings"]["max_leases"] == "7"
    page.act("gate", "remove")
    assert "cannot be undone" in page.text("dialog[open]")
    page.confirm()
    page.until(lambda: page.names() == [])


def test_what_the_api_refuses_is_said_in_the_dialog(show, herd, simulator):
    page = show(herd().url)
    page.click("#add")
    page.fill_in(name="cam0", url=simulator.url())
    page.confirm()
    page.until(lambda: "cam0" in page.text("dialog[open] .trouble"), "the name is taken")
    page.fill_in(name="other", more="max_leases=none of them")
    page.confirm()
    page.until(lambda: "max_leases" in page.text("dialog[open] .trouble"))
    page.fill_in(more="no setting")
    page.confirm()
    page.until(lambda: "key=value" in page.text("dialog[open] .trouble"))
    page.press(Keys.ESCAPE)
    page.until(page.dialog_is_closed)


def test_restarts_a_camera_after_a_question(show, herd):
    running = herd()
    page = show(running.url)
    page.wait_for_state("cam0", "streaming")
    page.act("cam0", "restart")
    page.press(Keys.ESCAPE)
    page.until(page.dialog_is_closed)
    assert page.figure("cam0", "restarts") == "0"
    page.act("cam0", "restart")
    page.confirm()
    page.until(lambda: page.figure("cam0", "restarts") == "1")
    page.wait_for_state("cam0", "streaming")
    assert page.figure("cam1", "restarts") == "0"


def test_stops_and_starts_a_camera(show, herd):
    page = show(herd().url)
    page.wait_for_state("cam0", "streaming")
    page.act("cam0", "stop")
    page.confirm()
    page.wait_for_state("cam0", "stopped")
    page.act("cam0", "start")
    page.confirm()
    page.wait_for_state("cam0", "streaming")


def test_a_camera_of_the_file_is_removed_there(show, herd):
    page = show(herd().url)
    page.wait_for_state("cam0", "streaming")
    page.act("cam0", "remove")
    assert "configuration file" in page.text("dialog[open]")
    assert not page.all("dialog[open] button[type=submit]")


def test_the_keyboard_alone_adds_and_restarts_a_camera(show, herd, simulator):
    page = show(herd({}).url)
    page.find("#add")
    page.press("a")
    page.find("dialog[open]")
    page.press("yard", Keys.TAB, simulator.url(), Keys.ENTER)
    page.wait_for_state("yard", "streaming")
    page.press("/")
    page.until(lambda: page.script("return document.activeElement.id") == "search")
    page.press(Keys.ENTER)  # to the first row
    assert page.script("return document.activeElement.textContent") == "yard"
    page.press(Keys.TAB, Keys.TAB, Keys.ENTER)
    assert page.script("return document.activeElement.textContent") == "Restart"
    page.press(Keys.ENTER)
    page.find("dialog[open]")
    page.press(Keys.ENTER)
    page.until(lambda: page.figure("yard", "restarts") == "1")
    page.wait_for_state("yard", "streaming")
