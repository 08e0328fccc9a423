"""A patient's own copy: what they see, at once, as a page and as data, with the receipts that prove it (rule S5)."""

import io
import json
import zipfile
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from console.own.own_views import OwnCopy
from console.roles import Actor
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.pages import Pages, Reader
from console.screens.patient import PURPOSES
from console.screens.ports import WardPort
from console.showing.views import LedgerRow, PatientView
from console.words import Catalogue

_NAME = "hushward-my-copy.zip"


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page that explains it, and the press that hands it over."""
    routes = APIRouter()

    @routes.get("/me/copy")
    def explain(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        view: PatientView = shown(ward.access.patient_page(actor))
        return answers.page(request, actor, "me/copy.html", view=view)

    @routes.post("/me/copy")
    def take(request: Request, actor: Annotated[Actor, Depends(door.changing)]) -> Response:
        view, copy = shown(ward.access.own_copy(actor))
        packed = zipped(answers.pages, answers.pages.reader(request, actor), view, copy)
        headers = {"content-disposition": f'attachment; filename="{_NAME}"'}
        return Response(packed, media_type="application/zip", headers=headers)

    @routes.get("/me/receipts/{index}")
    def receipt(
        actor: Annotated[Actor, Depends(door.unlocked)], index: Annotated[int, Path(ge=0, le=2**53)]
    ) -> Response:
        told = shown(ward.access.own_receipt(actor, index))
        headers = {"content-disposition": f'attachment; filename="receipt-{index}.json"'}
        return Response(_json(told), media_type="application/json", headers=headers)

    return routes


def zipped(pages: Pages, reader: Reader, view: PatientView, copy: OwnCopy) -> bytes:
    """Pack a copy: a page to read, the same as data, and the receipts."""
    page = pages.render(
        reader.catalogue,
        "print/copy.html",
        reader=reader,
        view=view,
        copy=copy,
        purposes=PURPOSES,
    )
    receipts = {"checkpoint": copy.checkpoint, "receipts": [asdict(one) for one in copy.receipts]}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("my-page.html", page)
        file.writestr("my-page.json", _json(as_data(reader.catalogue, view, copy)))
        file.writestr("receipts.json", _json(receipts))
    return packed.getvalue()


def as_data(catalogue: Catalogue, view: PatientView, copy: OwnCopy) -> dict[str, Any]:
    """Return the same as the page, as plain data; times are UTC, sentences are in the reader's language."""

    def line(row: LedgerRow) -> dict[str, Any]:
        until = row.until.isoformat() if row.until else None
        return {
            "from": row.at.isoformat(),
            "until": until,
            "what": catalogue.words(row.words),
            "receipt": row.receipt if row.receipt >= 0 else None,
        }

    return {
        "made_at": copy.made_at.isoformat(),
        "the_rest_by": copy.rest_due_at.isoformat(),
        "room": view.room_title,
        "sensor_on": view.sensor_on,
        "status": catalogue.words(view.status),
        "agreed_to": [one.value for one in view.purposes],
        "why": catalogue.words(view.why),
        "would_less_do": catalogue.words(view.less) if view.less else None,
        "until": catalogue.words(view.until),
        "reading": catalogue.words(view.reading.words) if view.reading else None,
        "who_looked": [line(row) for row in copy.ledger],
        "said_to_staff": [line(row) for row in view.alerts],
        "consent": [{"at": one.at.isoformat(), "what": one.kind, "details": one.details} for one in copy.consent],
        "what_i_said": [
            {"at": one.made_at.isoformat(), "kind": one.kind, "text": one.text, "answer": one.outcome}
            for one in view.complaints
        ],
    }


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
