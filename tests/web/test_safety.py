"""Whatever cameras and people send stays text, and the page loads nothing but itself."""

import re
from pathlib import Path

import pytest

from fake_node import FakeNode, camera

WEB = Path(__file__).parents[2] / "web"
OURS = [file for file in WEB.rglob("*") if file.is_file() and "vendor" not in file.parts]
SCRIPTS = [file for file in OURS if file.suffix == ".js"]

ATTACKS = [
    "<img src=x onerror=window.hacked=1>",
    "\"><script>window.hacked=1</script>",
    "javascript:window.hacked=1",
    "'-(window.hacked=1)-'",
    "</td></tr></table><iframe srcdoc='<script>parent.hacked=1</script>'>",
    "../../node?#%2e%2e",
]


def is_unharmed(page):
    return (page.script("return window.hacked") is None
            and not page.all("main img[src=x], main iframe, main script"))


def test_hostile_names_and_details_are_text(show, policy):
    cameras = [camera(name, state="backoff", detail=name, from_file=False) for name in ATTACKS]
    events = [{"id": number, "at": "2026-01-01T00:00:00.000Z", "level": "error", "camera": name,
               "component": "rtsp", "event": name, "cause": name, "repeated": 2, "line": name}
              for number, name in enumerate(ATTACKS)]
    with FakeNode(cameras, policy, events) as node:
        page = show(node.url)
        page.until(lambda: len(page.names()) == len(ATTACKS))
        assert sorted(page.names()) == sorted(ATTACKS)
        page.open("#/events")
        page.until(lambda: len(page.all(".events li")) == len(ATTACKS))
        page.click('[data-shape="log"]')
        assert page.text(".events li") == ATTACKS[-1]
        assert is_unharmed(page)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_name_leads_to_its_own_page_and_actions(show, policy, name):
    with FakeNode([camera(name, from_file=False)], policy) as node:
        page = show(node.url)
        page.until(lambda: page.names() == [name])
        page.click(".fleet .name a")
        page.until(lambda: page.text("h1") == name)
        page.until(lambda: page.text(".url") == "rtsp://10.0.0.5/" + name)
        page.click('.camera-page [data-action="remove"]')
        assert name in page.find("dialog[open] h2").text
        page.confirm()
        page.until(lambda: ("DELETE", "/api/v1/cameras/" + name) in node.asked)
        assert is_unharmed(page)


def test_what_a_hostile_person_writes_into_the_form_comes_back_as_text(show, herd):
    page = show(herd({}).url)
    page.click("#add")
    page.fill_in(name=ATTACKS[0], url="rtsp://127.0.0.1:9/", more=f"{ATTACKS[0]}={ATTACKS[1]}")
    page.confirm()
    page.until(lambda: page.text("dialog[open] .trouble"))
    assert is_unharmed(page)


def test_the_url_of_a_real_camera_is_text(show, herd):
    page = show(herd({"gate": '"rtsp://127.0.0.1:9/<img/src=x/onerror=window.hacked=1>"'}).url, "#/camera/gate")
    page.until(lambda: page.text(".url").startswith("rtsp://"))
    assert is_unharmed(page)


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_no_script_makes_markup_or_code_of_texts(file):
    forbidden = (r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextual"
                 r"|\beval\b|new Function|setHTML|srcdoc|set(Timeout|Interval)\(['\"`]")
    assert re.findall(forbidden, file.read_text()) == []


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.name)
def test_no_file_names_another_place(file):
    places = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s'\"`]*", file.read_text())
    assert [place for place in places if "www.w3.org" not in place] == []


def test_the_page_has_neither_inline_scripts_nor_styles():
    page = (WEB / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page) == []


def test_the_browser_asks_only_this_server(show, policy):
    with FakeNode([camera("yard")], policy) as node:
        page = show(node.url)
        page.until(lambda: page.names() == ["yard"])
        asked = page.script("return performance.getEntriesByType('resource').map((r) => r.name)")
        assert asked and all(address.startswith(node.url) for address in asked)


def test_the_policy_stops_what_would_slip_through(show, policy):
    """A net below the net: markup that got into the page would not run."""
    with FakeNode([camera("yard")], policy) as node:
        page = show(node.url)
        page.until(lambda: page.names() == ["yard"])
        page.script("document.body.append(Object.assign(document.createElement('script'),"
                    "{text: 'window.hacked = 1'}))")
        assert page.script("return window.hacked") is None
        assert any("Content Security Policy" in said for said in page.complaints())
