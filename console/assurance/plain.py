"""Codes of the daily figures in plain English: a pack is read by people who have never seen one of our screens."""

from collections.abc import Mapping

_SAID: Mapping[str, str] = {
    "": "–",
    "cover_yes": "Days with a yes in force",
    "cover_no": "Days after a no",
    "cover_not_asked": "Days before anybody had asked",
    "cover_other": "Days waiting for their own word",
    "asked_offered": "Asked",
    "asked_given": "Yes written down",
    "asked_refused": "No written down",
    "asked_withdrawn": "Stopped by a no",
    "asked_relayed_no": "No passed on by somebody else",
    "asked_paused": "Paused",
    "outcome_offered": "Asked",
    "outcome_yes": "Yes",
    "outcome_no": "No",
    "outcome_stopped": "Stopped",
    "outcome_best_interests": "Best interests",
    "course_consent": "Asking, and writing down a yes",
    "course_board": "Limits, and leading the board",
    "course_release": "Releasing what was noted",
    "disclosure_asked": "Asked for what was noted",
    "disclosure_view": "Released as a view",
    "disclosure_bundle": "Released as a bundle",
    "disclosure_refused": "Refused, or not decided in time",
    "disclosure_not_told": "Released, and the patient not yet told by noon of the next day",
    "starts": "Starts of nodes",
    "lost_and_called_aloud": "Losses that were called aloud",
    "logged_after_freezing": "Entries of a day that was frozen before they came: the clock was set",
    "to_governance": "Decisions flagged to governance",
    "not_on_record": "not on record",
    "autism_or_ld": "Autism or learning disability",
    "ensuite": "En-suite",
    "bed_exit": "Out of bed",
    "saw_breathing_by_sensor": "Seen at the door, breathing by sensor",
    "saw_could_not_see": "Could not see them",
    "saw_breathed": "Seen breathing",
    "saw_moved": "Seen moving",
    "saw_spoke": "Spoke",
    "woke_not_asked": "Woken by it: not asked",
    "woke_already_awake": "Woken by it: was awake",
    "woke_yes": "Woken by it: yes",
    "woke_no": "Woken by it: no",
}


def said(code: str) -> str:
    """Return a code in words; one that has no words of its own is read as it is written."""
    told = _SAID.get(code)
    if told is not None:
        return told
    if ":" in code:
        return code.replace(":", " ").replace("_", " ")
    return code[:1].upper() + code[1:].replace("_", " ")
