"""The ward's book on screen: ward, rooms, nodes, staff and their one-time links."""

import io
from datetime import date
from typing import Annotated, Literal

import segno
from fastapi import APIRouter, Depends, Form, Request
from markupsafe import Markup
from starlette.responses import Response

from broker.vocabulary import Modality
from console.roles import Actor, Role
from console.screens import consent_words
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.navigation import home_of
from console.screens.ports import Invited, WardPort
from console.screens.sensor_words import SENSOR_NAMES
from console.showing.views import Words
from console.words import N_

ROLES = {
    Role.NURSE: N_("Nurse"),
    Role.NURSE_IN_CHARGE: N_("Nurse in charge"),
    Role.WARD_MANAGER: N_("Ward manager"),
    Role.MATRON: N_("Matron"),
    Role.SITE_COORDINATOR: N_("Site coordinator"),
    Role.GOVERNANCE_LEAD: N_("Governance lead"),
    Role.IG_OFFICER: N_("Information governance officer"),
    Role.CLINICAL_SAFETY_OFFICER: N_("Clinical safety officer"),
    Role.ENGINEER: N_("Engineer"),
    Role.ADVOCATE: N_("Advocate"),
    Role.PATIENT: N_("Patient"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
ROOM_KINDS = (("bedroom", N_("A bedroom for one person")), *consent_words.LISTS["places"])
MODALITIES = tuple((one.value, name) for one, name in SENSOR_NAMES.items())
_INVITED = tuple(role for role in ROLES if role is not Role.PATIENT)

_CLOSING = Words("Close this account? They are signed out everywhere at once, and cannot sign in again.")

Text = Annotated[str, Form(max_length=80)]
Key = Annotated[str, Form(max_length=128)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)
    Reading = Annotated[Actor, Depends(door.unlocked)]  # noqa: N806 (a type)

    @routes.get("/ward")
    def ward_page(request: Request, actor: Reading) -> Response:
        """Show the rooms; a node's own code leads here with what it says of itself, for a person to put into a room."""
        rooms = shown(ward.access.rooms(actor))
        told = {name: request.query_params.get(name, "")[:128] for name in ("node_id", "modality", "public_key")}
        return answers.page(
            request, actor, "desk/ward.html", rooms=rooms, modalities=MODALITIES, kinds=ROOM_KINDS, told=told
        )

    @routes.post("/ward")
    def create_ward(request: Request, actor: Changing, title: Text = "") -> Response:
        return answers.decided(request, actor, ward.desk.create_ward(actor, title), "/ward")

    @routes.post("/ward/rooms")
    def add_room(
        request: Request, actor: Changing, room_id: Text = "", title: Text = "", kind: Text = "bedroom"
    ) -> Response:
        return answers.decided(request, actor, ward.desk.add_room(actor, room_id, title, kind), "/ward")

    @routes.post("/ward/nodes")
    def add_node(
        request: Request,
        actor: Changing,
        modality: Annotated[Modality, Form()],
        node_id: Text = "",
        room_id: Text = "",
        public_key: Key = "",
        confirmed: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        told = {"node_id": node_id, "room_id": room_id, "modality": modality.value, "public_key": public_key.strip()}
        if confirmed != "yes":
            return answers.page(request, actor, "desk/confirm_node.html", told=told)
        decision = ward.desk.add_node(actor, node_id, room_id, modality, public_key.strip())
        return answers.decided(request, actor, decision, "/ward")

    @routes.post("/ward/nodes/confirm")
    def confirm_node(request: Request, actor: Changing, node_id: Text = "") -> Response:
        """The second step of rule H5: another person saw the lamp flash in the right room."""
        return answers.decided(request, actor, ward.desk.confirm_node(actor, node_id), home_of(actor))

    @routes.get("/staff")
    def staff_page(request: Request, actor: Reading) -> Response:
        return answers.page(
            request, actor, "desk/staff.html", staff=shown(ward.access.staff(actor)), roles=ROLES, invited=_INVITED
        )

    @routes.post("/staff")
    def add_staff(
        request: Request,
        actor: Changing,
        role: Annotated[Role, Form()],
        username: Text = "",
        display_name: Text = "",
        ends_on: Annotated[date | Literal[""], Form()] = "",
    ) -> Response:
        if ends_on:
            invited = ward.desk.add_staff(actor, username, display_name, role, ends_on=ends_on)
        else:
            invited = ward.desk.add_staff(actor, username, display_name, role)
        return _invited(request, actor, invited, "/staff")

    @routes.post("/staff/change")
    def change_staff(
        request: Request,
        actor: Changing,
        whose: Annotated[str, Form(max_length=32)] = "",
        what: Annotated[Literal["renew", "close"], Form()] = "renew",
        confirmed: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        """Give a new link, or close an account: the second is asked twice."""
        if what == "renew":
            return _invited(request, actor, ward.desk.renew_staff(actor, whose), "/staff")
        if confirmed != "yes":
            told = {"whose": whose, "what": what, "confirmed": "yes"}
            return answers.page(
                request, actor, "desk/confirm.html", told=told, question=_CLOSING, onward="/staff/change", back="/staff"
            )
        return answers.decided(request, actor, ward.desk.close_staff(actor, whose), "/staff")

    @routes.post("/rooms/{stay_id}/account")
    def add_patient_account(request: Request, stay_id: str, actor: Changing, username: Text = "") -> Response:
        return _invited(request, actor, ward.desk.add_patient_account(actor, stay_id, username), "/rooms")

    @routes.post("/rooms/{stay_id}/account/reset")
    def reset_patient_account(
        request: Request,
        stay_id: str,
        actor: Changing,
        username: Text = "",
        patient_present: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        invited = ward.desk.reset_patient_account(actor, stay_id, username, patient_present=patient_present == "yes")
        return _invited(request, actor, invited, "/rooms")

    @routes.post("/rooms/{stay_id}/account/confirm")
    def confirm_patient_account(request: Request, stay_id: str, actor: Changing) -> Response:
        """The second step of rule X6: another person saw that the patient has their sign-in."""
        return answers.decided(request, actor, ward.desk.confirm_patient_account(actor, stay_id), "/rooms")

    def _invited(request: Request, actor: Actor, invited: Invited, onward: str) -> Response:
        """Show a one-time link once; it stands in no log and cannot be shown again."""
        if not invited.token:
            return answers.decided(request, actor, invited.decision, onward)
        link = f"{request.base_url}enrol/{invited.token}"
        return answers.page(request, actor, "desk/invited.html", link=link, code=stop_code(link), onward=onward)

    return routes


def stop_code(address: str) -> Markup:
    """Draw an address as a QR code: SVG that stands in the page, without colours of its own in style attributes."""
    drawing = io.BytesIO()
    segno.make(address, error="m").save(
        drawing, kind="svg", xmldecl=False, svgns=False, scale=1, border=4, light="#fff", omitsize=True, nl=False
    )
    return Markup(drawing.getvalue().decode("ascii"))
