"""What is noted about me: the page of a member of staff about themselves, and a copy to take away (rule P11)."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.roles import Actor, Role
from console.screens.answers import Answers, shown
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort

PATH = "/my-record"
_SHOWN = 50
"""Lines of each kind on the page; the copy holds all."""


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page and the copy."""
    routes = APIRouter()

    def staff(actor: Annotated[Actor, Depends(door.unlocked)]) -> Actor:
        if actor.role is Role.PATIENT:
            raise NotForYou
        return actor

    @routes.get(PATH)
    def page(request: Request, actor: Annotated[Actor, Depends(staff)]) -> Response:
        return answers.page(request, actor, "staff/record.html", parts=shown(ward.own_record.read(actor)), most=_SHOWN)

    @routes.get(f"{PATH}/copy")
    def copy(request: Request, actor: Annotated[Actor, Depends(staff)]) -> Response:
        say = answers.pages.reader(request, actor).catalogue.words
        told = [
            {
                "what": say(part.title),
                "why": say(part.why),
                "kept": say(part.kept),
                "lines": [
                    {
                        "at": line.at.isoformat(),
                        "what": say(line.words),
                        "until": line.until.isoformat() if line.until else None,
                    }
                    for line in part.lines
                ],
            }
            for part in shown(ward.own_record.read(actor))
        ]
        made = json.dumps({"actor": actor.actor_id, "role": actor.role.value, "noted": told}, ensure_ascii=False)
        named = {"content-disposition": 'attachment; filename="my-record.json"'}
        return Response(made, media_type="application/json", headers=named)

    return routes
