"""T41 to T45, F39: what every answer carries, and what no request may do."""

import asyncio

import pytest

from console.skin.bodies import BodyGuard
from console.skin.cookies import open_cookie_key
from tests.kit.skin import HandWard, screens_over

NASTY = [
    "<script>alert(1)</script>",
    "'; DROP TABLE stays;--",
    "{{ 7*7 }}",
    "=cmd|'/c calc'!A1",
    "\u202eevil",
    '" onx="1',
]


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(), tmp_path)


@pytest.mark.parametrize("path", ["/sign-in", "/stop/room-2", "/nowhere", "/static/hushward.css", "/healthz"])
def test_T42_every_answer_forbids_frames_scripts_from_elsewhere_and_sniffing(screens, path):
    headers = screens.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_T06_nothing_but_static_files_may_be_kept_by_a_browser(screens):
    screens.sign_in("patient")
    assert screens.client.get("/me").headers["cache-control"] == "no-store"
    assert screens.client.get("/nowhere").headers["cache-control"] == "no-store"
    assert screens.client.get("/static/board.js").headers["cache-control"] == "no-cache"


def test_T43_the_session_cookie_is_signed_unreadable_to_scripts_and_strict(screens):
    answer = screens.client.post("/sign-in", data={"username": "ada", "password": "three quiet words"})
    cookie = next(one for one in answer.headers.get_list("set-cookie") if "session" in one)
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
    screens.client.cookies.clear()
    unsigned = next(iter(screens.ward.identity.sessions))
    screens.client.cookies.set("hushward-session", unsigned)
    assert screens.client.get("/").headers["location"] == "/sign-in"


def test_T43_behind_a_certificate_cookies_are_bound_to_the_host_and_to_tls(tmp_path):
    screens = screens_over(HandWard(), tmp_path, is_secure=True)
    answer = screens.client.post("/sign-in", data={"username": "ada", "password": "three quiet words"})
    cookie = next(one for one in answer.headers.get_list("set-cookie") if "session" in one)
    assert cookie.startswith("__Host-") and "Secure" in cookie and "Domain" not in cookie
    assert "max-age" in answer.headers["strict-transport-security"]


def test_T43_signing_in_again_ends_the_session_before(screens):
    screens.sign_in("nurse").sign_in("nurse")
    assert len(screens.ward.identity.sessions) == 1


def test_T43_the_cookie_secret_is_made_once_and_open_to_nobody_else(tmp_path):
    made = open_cookie_key(tmp_path / "keys")
    key = tmp_path / "keys" / "cookie.key"
    assert open_cookie_key(tmp_path / "keys") == made == key.read_bytes() and key.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "", "origin": "null"}],
)
def test_T42_a_press_from_another_page_is_refused(screens, headers):
    screens.sign_in("nurse")
    answer = screens.client.post("/stop/room-2", headers=headers)
    assert answer.status_code == 403 and not screens.ward.presses


def test_T42_a_browser_without_fetch_headers_is_judged_by_its_origin(screens):
    del screens.client.headers["sec-fetch-site"]
    elsewhere = screens.client.post("/stop/room-2", headers={"origin": "http://evil.example"})
    here = screens.client.post("/stop/room-2", headers={"origin": "http://127.0.0.1:8800"})
    assert (elsewhere.status_code, here.status_code) == (403, 303)


def test_T42_a_form_of_another_session_does_nothing(screens):
    screens.sign_in("nurse")
    answer = screens.client.post("/board/prompts/p1", data={"outcome": "saw_them_fine", "form_token": "0" * 64})
    assert answer.status_code == 403 and not screens.ward.presses


@pytest.mark.parametrize("is_secure", [False, True])
@pytest.mark.parametrize("name", ["rebound.example", "rebound.example:8800", "ward.example:1@evil", "0.0.0.0:8800", ""])
def test_T43_a_name_that_points_here_from_elsewhere_is_not_answered(tmp_path, name, is_secure):
    screens = screens_over(HandWard(), tmp_path, is_secure=is_secure)
    assert screens.client.get("/sign-in", headers={"host": name}).status_code == 400


def test_T43_a_one_time_link_leads_to_a_name_of_this_console_and_nowhere_else(tmp_path):
    screens = screens_over(HandWard(), tmp_path, is_secure=True)
    screens.sign_in("administrator")
    told = {"username": "ned", "display_name": "Ned B.", "role": "nurse"}
    assert "https://ward.example/enrol/one-time" in screens.press("/staff", "/staff", **told).text
    screens.client.headers["host"] = "evil.example"
    assert screens.client.post("/staff", data=told).status_code == 400


@pytest.mark.parametrize("path", ["/", "/me", "/rooms", "/ward", "/staff", "/cards", "/health", "/governance"])
def test_T11_without_signing_in_there_is_no_page_but_the_stop_page(screens, path):
    answer = screens.client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize(
    "pair", [("/board/rooms/room-2", "/board/rooms/room-99"), ("/consents/stay-1", "/consents/no")]
)
def test_T06_what_is_anothers_and_what_does_not_exist_look_alike(screens, pair):
    screens.sign_in("patient")
    there, nowhere = (screens.client.get(path) for path in pair)
    assert there.status_code == nowhere.status_code == 404
    assert there.text.replace(pair[0], "") == nowhere.text.replace(pair[1], "")


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_the_console_does_not_describe_itself_to_strangers(screens, path):
    assert screens.client.get(path).status_code == 404


def test_K1_no_route_could_show_a_frame(screens):
    schema = str(screens.client.app.openapi()).lower()
    assert not any(word in schema for word in ("image", "video", "frame", "stream.mjpg", "snapshot", "point_cloud"))


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/passwd"]
)
def test_T45_no_path_leads_out_of_the_static_folder(screens, path):
    assert screens.client.get(path).status_code == 404


FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_F39_a_body_over_16_kb_is_refused_whether_announced_or_in_pieces(screens):
    whole = screens.client.post("/sign-in", content=b"a" * 16_385, headers=FORM)
    pieces = screens.client.post("/sign-in", content=(b"a" * 5_000 for _ in range(6)), headers=FORM)
    assert (whole.status_code, pieces.status_code) == (413, 413)


def test_F39_a_form_of_thousands_of_fields_is_refused_before_it_is_taken_apart(screens):
    assert screens.client.post("/sign-in", content=b"a&" * 8_000, headers=FORM).status_code == 413


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=x; charset=idna",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded, multipart/form-data",
        "application/json",
        "text/plain",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/stop/room-2", "/nowhere"])
def test_F39_a_press_that_is_no_plain_form_in_utf_8_is_refused_unread(screens, path, kind):
    part = b'--x\r\ncontent-disposition: form-data; name="_charset_"\r\n\r\nidna\r\n--x--\r\n'
    assert screens.client.post(path, content=part, headers={"content-type": kind}).status_code == 415
    assert not screens.ward.presses


def test_C5_a_stop_without_any_body_and_one_that_names_its_charset_are_taken(screens):
    bare = screens.client.post("/stop/room-2")
    told = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
    named = screens.client.post("/stop/room-2", content=b"what=stop", headers=told)
    assert (bare.status_code, named.status_code, len(screens.ward.presses)) == (303, 303, 2)


def test_F39_a_body_that_never_ends_is_given_up():
    sent = []

    async def never():
        await asyncio.sleep(3600)

    async def send(message):
        sent.append(message)

    guard = BodyGuard(None, max_wait_s=0.05)
    asyncio.run(guard({"type": "http", "method": "GET", "headers": []}, never, send))
    assert sent[0]["status"] == 408


def test_T44_a_press_whose_sender_leaves_half_way_is_no_press():
    reached = []

    async def screens(scope, receive, send):
        reached.append(scope["path"])

    async def leaves():
        return messages.pop(0)

    messages = [{"type": "http.request", "body": b"what=st", "more_body": True}, {"type": "http.disconnect"}]
    press = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": [(b"content-type", FORM["content-type"].encode())],
    }
    asyncio.run(BodyGuard(screens)(press, leaves, None))
    assert not messages and not reached


@pytest.mark.parametrize("text", NASTY)
def test_T41_what_a_person_types_is_only_ever_text(screens, text):
    screens.sign_in("administrator")
    answer = screens.press("/rooms", "/rooms/admit", name=text, initials="A.B.", room_id="room-3")
    assert "<script>alert" not in answer.text and ' onx="1' not in answer.text and 'value="49"' not in answer.text
    refused = screens.client.post("/sign-in", data={"username": text, "password": text})
    assert "<script>alert" not in refused.text and ' onx="1' not in refused.text


def test_T41_only_a_plain_slug_reaches_the_stop_page(screens):
    assert screens.client.get("/stop/<script>").status_code == 404
    assert screens.client.get("/stop/" + "a" * 40).status_code == 404


def test_a_way_back_never_leads_to_another_site(screens):
    for back in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert screens.client.post("/screen", data={"theme": "day", "back": back}).headers["location"] == "/"
