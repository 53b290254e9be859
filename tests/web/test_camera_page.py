"""The page of one camera."""

from dashboard import By, Keys
from fake_node import FakeNode, camera


def test_shows_the_last_hour_and_goes_on_with_it(show, herd):
    page = show(herd().url, "#/camera/cam0")
    assert page.find("h1").text == "cam0"
    page.until(lambda: page.text(".camera-page .state span") == "streaming")
    page.until(lambda: len(page.all(".charts canvas")) == 6)
    page.until(lambda: float(page.find(".charts .key b").text) > 5, "the chart says the rate of now")
    page.until(lambda: "awaiting" in page.text(".counters") or "none" in page.text(".counters"))


def test_shows_a_still_picture_and_a_live_one_when_asked(show, herd):
    page = show(herd().url, "#/camera/cam0")
    drawn = "return document.querySelector('.screen img').naturalWidth"
    page.until(lambda: page.script(drawn) > 0)
    page.click(".picture button")
    page.until(lambda: "stream.mjpeg" in page.find(".screen img").get_attribute("src"))
    page.until(lambda: page.script(drawn) > 0)
    page.click(".picture button")
    page.until(lambda: "snapshot.jpg" in page.find(".screen img").get_attribute("src"))


def test_a_small_picture_comes_by_a_button_of_the_row_and_goes_with_escape(show, herd):
    page = show(herd().url)
    page.wait_for_state("cam0", "streaming")
    button = page.find(page.row("cam0") + ' [data-act="picture"]')
    button.send_keys(Keys.ENTER)
    page.until(lambda: page.script(
        "return document.querySelector('.preview:popover-open img').naturalWidth") > 0)
    assert button.get_attribute("aria-expanded") == "true"
    page.press(Keys.ESCAPE)
    page.until(lambda: not page.all(".preview:popover-open"))
    assert page.script("return document.querySelector('.preview img').hasAttribute('src')") is False


def test_lists_events_live_and_as_lines_of_the_log(show, herd):
    page = show(herd().url, "#/camera/cam0")
    page.until(lambda: page.all(".events li"))
    page.click('.camera-page header [data-action="stop"]')
    page.find("dialog[open]")
    page.confirm()
    page.until(lambda: "stop" in page.find(".events li:first-child").text, "newest first")
    page.click('[role=tab][data-shape="log"]')
    page.until(lambda: "camera=cam0" in page.find(".events li.line").text)
    level = page.find(".event-panel select")
    level.find_element(By.CSS_SELECTOR, "option[value=critical]").click()
    page.until(lambda: not page.all(".events li"))


def test_a_camera_that_is_not_there_says_so(show, policy):
    with FakeNode([camera("yard")], policy) as node:
        page = show(node.url, "#/camera/no%E0such")
        page.until(lambda: "no camera" in page.text(".camera-page .trouble"))
