"""G1, G2, G4, G5, G6: what the governance lead and the public see and press."""

from dataclasses import replace

import pytest

from console.assurance.month_files import files_of
from console.assurance.pack import pack_of
from console.rules.governing.benefit import Measure
from console.rules.governing.freezing import days_of
from tests.kit.assurance_facts import PACK, frozen
from tests.kit.skin import HandWard, screens_over

MEASURES = {one.value: "same" for one in Measure}


@pytest.fixture(scope="module")
def screens(tmp_path_factory):
    return screens_over(HandWard(), tmp_path_factory.mktemp("console")).sign_in("governance_lead")


def test_G1_every_month_says_where_it_stands_and_a_late_one_says_so_in_words(screens):
    html = screens.client.get("/governance/audits").text
    assert "OVERDUE" in html and "the patients&#39; panel comes to listen" in html and "Signed on" in html


def test_G1_the_audit_is_read_before_it_is_signed_and_signed_as_it_was_read(screens):
    html = screens.client.get("/governance/audits/2026-10").text
    assert html.index("Higher is not better") < html.index("I have read it, and sign")
    assert "not shown" in html and PACK.digest in html
    path = "/governance/audits/2026-10"
    assert screens.press(path, f"{path}/sign", digest=PACK.digest).status_code == 200
    assert screens.ward.presses[-1] == ("sign", "2026-10", PACK.digest)


@pytest.mark.parametrize(("ending", "begins"), [("pdf", b"%PDF-1."), ("csv", b"ward,month,"), ("json", b'{"days"')])
def test_G1_the_audit_is_taken_as_a_file_whose_bytes_are_always_the_same(screens, ending, begins):
    answer = screens.client.get(f"/governance/audits/2026-10/{ending}")
    assert answer.content.startswith(begins) and answer.content == files_of(PACK)[ending]
    assert f"hushward-audit-willow-2026-10.{ending}" in answer.headers["content-disposition"]
    assert screens.client.get("/governance/audits/2026-10/xls").status_code == 404


def test_G1_the_pdf_is_tagged_titled_and_in_english_and_holds_no_time_of_its_making():
    told = files_of(PACK)["pdf"]
    assert b"/Marked true" in told and b"/Lang (en-GB)" in told and b"/DisplayDocTitle true" in told
    assert b"(Ward audit 2026-10: willow, st-elsewhere)" in told and b"D:20000101000000" in told


def test_G1_the_sections_stand_in_the_figures_that_were_frozen():
    told = {one.code: one for one in PACK.sections}
    assert told["days"].rows[2] == ("Missing", "2026-10-01")
    assert told["consent"].rows[:2] == (("People, days", "540", "–"), ("Days with a yes in force", "330", "61 %"))
    assert told["checks"].rows == (("General", "3600", "95 %", "7800", "97 %"),)
    assert told["alerts"].rows == (("En-suite", "60", "60", "30", "30", "0", "0", "0"),)
    assert told["disclosures"].rows == (("Police", "30"),)
    assert ("Asking, and writing down a yes", "17 of 20", "85 %") in told["training"].rows


def test_E2_few_people_are_not_shown_nor_what_would_give_them_away():
    days = [frozen(day, people={"yes": 9, "no": 3, "not_asked": 0, "other": 6}) for day in days_of("2026-10")]
    consent = pack_of("s", "w", "2026-10", days).sections[1]
    shown = {row[0]: row[1] for row in consent.rows}
    assert shown["Days after a no"] == "not shown" and shown["Days waiting for their own word"] == "not shown"
    assert shown["Days with a yes in force"] == "279" and shown["Days before anybody had asked"] == "0"


def test_a_month_that_is_no_month_has_no_page(screens):
    assert screens.client.get("/governance/audits/2026-13").status_code == 404
    assert screens.client.get("/governance/audits/2026-1").status_code == 404


def test_G2_a_review_is_written_down_with_its_deputies(screens):
    html = screens.client.get("/governance/papers").text
    assert "RAN OUT" in html and "NONE on record" in html and "SOON" in html
    told = {"kind": "dpia", "version": "4", "until": "2027-06-01", "deputy": ["d" * 32, ""]}
    assert screens.press("/governance/papers", "/governance/papers", **told).status_code == 200
    name, kind, version, until, deputies = screens.ward.presses[-1]
    assert (name, kind, version, until.day, deputies) == ("enter", "dpia", "4", 1, ("d" * 32,))


def test_G4_every_measure_is_asked_and_stop_is_one_of_the_answers(screens):
    html = screens.client.get("/governance/benefit").text
    assert "Stop: every sensor is off" in html and "Register of restrictions" in html
    screens.press("/governance/benefit", "/governance/benefit", answer="stop", **MEASURES)
    assert screens.ward.presses[-1] == ("review", "stop", MEASURES)


def test_G5_a_talk_is_written_down_for_everybody_to_read(screens):
    told = {"change": "A camera", "who": "the panel", "said": "No.", "answer": "Then none.", "is_objection": "true"}
    assert screens.press("/governance/panel", "/governance/panel", **told).status_code == 200
    assert screens.ward.presses[-1][1].is_objection and screens.ward.presses[-1][1].change == "A camera"


def test_G6_the_public_page_needs_no_sign_in_sets_no_cookie_and_runs_no_script(screens):
    screens.client.cookies.clear()
    answer = screens.client.get("/public")
    assert answer.status_code == 200 and "set-cookie" not in answer.headers
    assert not any(word in answer.text for word in ("<script", "<form", "hx-", "http://", "https://"))
    assert "Press the switch in the room, or tell anybody" in answer.text and "Sam Okafor" in answer.text
    assert "61 %" in answer.text and "not shown" in answer.text and "No camera is hung." in answer.text


def test_G6_a_ward_whose_sensors_are_off_by_decision_says_so(screens):
    desk = screens.ward.assurance
    desk.public_view = replace(desk.public_view, is_off=True, month="", talks=())
    html = screens.client.get("/public").text
    assert "Every sensor of this ward is off now" in html and "No month has been signed yet." in html
