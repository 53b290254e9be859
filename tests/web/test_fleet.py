"""The page of all cameras."""

import signal

from dashboard import By, Keys
from fake_node import FakeNode, camera, fleet

NO_ONE = "rtsp://127.0.0.1:9/"  # the port of "discard", where nothing listens


def test_shows_every_camera_with_its_state_and_figures(show, herd):
    page = show(herd().url)
    for name in ("cam0", "cam1", "cam2"):
        page.wait_for_state(name, "streaming")
        page.until(lambda: float(page.figure(name, "received_fps")) > 5)
        page.until(lambda: float(page.figure(name, "fps")) > 5)
        page.until(lambda: page.figure(name, "age_p99_ms").endswith("ms"))
    assert page.names() == ["cam0", "cam1", "cam2"]
    assert page.text('.tile[data-group="streaming"] strong') == "3"
    page.until(lambda: len(page.all(".fleet tbody .chart canvas")) == 3, "a sparkline a row")


def test_follows_the_herd_without_being_loaded_again(show, herd, simulator):
    page = show(herd().url)
    page.wait_for_state("cam0", "streaming")
    page.script("window.loaded_once = true")
    page.until(lambda: float(page.figure("cam0", "received_fps")) > 20, "the rate")
    with simulator.held_up():
        page.until(lambda: float(page.figure("cam0", "received_fps")) < 10, "the rate falls")
    page.until(lambda: float(page.figure("cam0", "received_fps")) > 20, "the rate rises")
    page.act("cam1", "stop")
    page.confirm()
    page.wait_for_state("cam1", "stopped")
    assert page.text('.tile[data-group="stopped"] strong') == "1"
    assert page.script("return window.loaded_once")


def test_says_that_the_connection_is_lost_and_comes_back(show, herd):
    running = herd()
    page = show(running.url)
    page.wait_for_state("cam0", "streaming")
    running.stop(signal.SIGKILL)
    page.until(lambda: page.text("#connection") == "connection lost, retrying")
    assert page.find("#connection").get_attribute("role") == "status"
    running.start(running.port)
    page.until(lambda: page.text("#connection") == "live")
    page.wait_for_state("cam0", "streaming")


def test_filters_by_words_state_and_group(show, policy):
    with FakeNode(fleet(60), policy) as node:
        page = show(node.url)
        page.until(lambda: len(page.names()) == 60)
        search = page.find("#search")
        search.send_keys("cam1")
        page.until(lambda: len(page.names()) == 11)
        search.send_keys(" credentials")
        page.until(lambda: page.names() == ["cam11"])
        assert page.text(".found") == "1 of 60"
        search.send_keys(Keys.ESCAPE)
        page.click('.tile[data-group="failing"]')
        page.until(lambda: page.names() == ["cam3", "cam11", "cam23", "cam43", "cam51"])
        assert page.find('.tile[data-group="failing"]').get_attribute("aria-pressed") == "true"
        page.find(".toolbar select").send_keys("stalled")
        page.until(lambda: page.names() == ["cam23"])
        search.send_keys("nobody")
        page.until(lambda: page.names() == [])
        page.click(".empty button")
        page.until(lambda: len(page.names()) == 60)


def test_sorts_by_a_click_on_a_column_and_back(show, policy):
    cameras = [camera("cam10", fps=1.0), camera("cam9", fps=30.0), camera("cam2", fps=12.0)]
    with FakeNode(cameras, policy) as node:
        page = show(node.url)
        page.until(lambda: page.names() == ["cam2", "cam9", "cam10"], "numbers as people count")
        header = page.all(".fleet thead th")[3]
        header.find_element(By.TAG_NAME, "button").click()
        page.until(lambda: page.names() == ["cam9", "cam2", "cam10"])
        assert header.get_attribute("aria-sort") == "descending"
        header.find_element(By.TAG_NAME, "button").click()
        page.until(lambda: page.names() == ["cam10", "cam2", "cam9"])
        assert header.get_attribute("aria-sort") == "ascending"


def test_rows_stay_where_they_are_while_somebody_works_in_them(show, policy):
    with FakeNode([camera("a", fps=9.0), camera("b", fps=5.0)], policy) as node:
        page = show(node.url)
        page.until(lambda: page.names() == ["a", "b"])
        page.all(".fleet thead th button")[3].click()
        page.script("document.querySelector('.fleet tbody a').focus()")
        node.cameras = [camera("a", fps=1.0), camera("b", fps=5.0)]
        page.until(lambda: page.figure("a", "fps") == "1.0")
        assert page.names() == ["a", "b"]
        page.script("document.activeElement.blur()")
        page.until(lambda: page.names() == ["b", "a"])


def test_draws_sparklines_only_of_the_rows_in_sight(show, policy):
    with FakeNode(fleet(200), policy) as node:
        page = show(node.url)
        page.until(lambda: len(page.names()) == 200)
        page.until(lambda: page.all(page.row("cam0") + " canvas"))
        assert len(page.all(".fleet canvas")) < 60
        page.script("document.querySelector('tr[data-name=cam199]').scrollIntoView()")
        page.until(lambda: page.all(page.row("cam199") + " canvas"))
        page.until(lambda: not page.all(page.row("cam0") + " canvas"))


def test_keys_go_from_the_search_through_the_rows_to_a_camera(show, policy):
    with FakeNode(fleet(5), policy) as node:
        page = show(node.url)
        page.until(lambda: len(page.names()) == 5)
        page.press("/")
        page.until(lambda: page.script("return document.activeElement.id") == "search")
        page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
        assert page.script("return document.activeElement.textContent") == "cam2"
        page.press(Keys.END)
        assert page.script("return document.activeElement.textContent") == "cam4"
        page.press(Keys.ENTER)
        page.until(lambda: page.text("h1") == "cam4")
        page.press("g")
        page.until(lambda: len(page.names()) == 5)
        page.press("?")
        page.find("dialog[open] kbd")
        page.press(Keys.ESCAPE)
        page.until(page.dialog_is_closed)


def test_a_skip_link_comes_first(show, policy):
    with FakeNode(fleet(3), policy) as node:
        page = show(node.url)
        page.until(lambda: len(page.names()) == 3)
        page.press(Keys.TAB)
        assert page.script("return document.activeElement.className") == "skip"
        page.press(Keys.ENTER)
        assert page.script("return document.activeElement.id") == "main"
        assert len(page.names()) == 3


def test_fits_a_phone(show, policy):
    with FakeNode(fleet(30), policy) as node:
        page = show(node.url)
        page.emulate(width=375, height=812)
        for fragment in ("", "#/camera/cam3", "#/events"):
            page.open(fragment)
            page.find("h1")
            page.until(lambda: page.text("#connection") == "live")
            assert page.script("return document.documentElement.scrollWidth") == 375


def test_is_dark_where_the_system_is_and_as_somebody_chooses(show, policy):
    ground = "return getComputedStyle(document.body).backgroundColor"
    with FakeNode(fleet(3), policy) as node:
        page = show(node.url)
        page.until(lambda: len(page.names()) == 3)
        light = page.script(ground)
        page.emulate(scheme="dark")
        page.until(lambda: page.script(ground) != light)
        dark = page.script(ground)
        page.click("#theme")
        page.until(lambda: page.script(ground) == light)
        page.open()
        page.until(lambda: page.script(ground) == light, "the choice is kept")
        page.click("#theme")
        page.until(lambda: page.script(ground) == dark)


def test_a_fleet_without_cameras_says_so(show, herd):
    page = show(herd({}).url)
    page.until(lambda: "no camera yet" in page.find(".empty").text)


def test_a_camera_that_cannot_be_reached_says_why(show, herd):
    page = show(herd({"lost": NO_ONE}).url)
    page.until(lambda: page.text('.tile[data-group="failing"] strong') == "1")
    page.until(lambda: "refused" in page.text(page.row("lost") + " .detail"))
