"""The token, and the end of a session."""

from dashboard import Keys

TOKEN = "token-of-these-tests"


def log_in(page, token):
    field = page.find("#token")
    field.clear()
    field.send_keys(token, Keys.ENTER)


def test_asks_for_the_token_and_lets_in_who_has_it(show, herd):
    page = show(herd(token=TOKEN).url, "#/camera/cam1")
    log_in(page, "not this one at all")
    page.until(lambda: page.text(".login .trouble") == "This is not the token.")
    log_in(page, TOKEN)
    page.until(lambda: page.find("h1").text == "cam1", "goes on where it was")
    assert TOKEN not in page.script(
        "return document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")


def test_logs_out(show, herd):
    page = show(herd(token=TOKEN).url)
    log_in(page, TOKEN)
    page.wait_for_state("cam0", "streaming")
    page.click("#logout")
    page.find("#token")
    page.open()
    page.find("#token")


def test_asks_again_when_the_session_has_ended(show, herd):
    page = show(herd(token=TOKEN).url)
    log_in(page, TOKEN)
    page.wait_for_state("cam0", "streaming")
    page.browser.delete_all_cookies()
    page.act("cam0", "restart")
    page.confirm()
    page.find("#token")
    log_in(page, TOKEN)
    page.wait_for_state("cam0", "streaming")
