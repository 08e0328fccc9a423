"""The record of an installation as a page for print: what passed, what did not, what is still to be tried."""

from edge.commissioning.installation import Installation, TriedStep
from edge.commissioning.requests import Step

NAMES = {
    Step.DRAW: "drawing",
    Step.EMPTY: "empty room",
    Step.PHANTOM: "breathing phantom",
    Step.WALK: "walk",
    Step.NEIGHBOUR: "neighbour",
}


def report(kept: Installation, public_hex: str) -> str:
    """Write the page.

    Args:
        kept: the record.
        public_hex: the node's public key, 64 hex digits.

    Returns:
        Lines of at most 120 characters, for a printer; times in UTC.
    """
    setup = kept.setup
    lines = [
        f"Installation of node {kept.node_id} ({kept.modality})",
        "",
        *(_line(kept, step, of) for step, of in kept.wanted()),
        "",
        f"zones          {', '.join(kept.zones) or 'none'} (sha256 {setup.zones})",
        f"noise profile  {setup.noise_profile or 'none'}",
        f"software       {setup.software}",
        *(f"model          {model}" for model in setup.models),
        f"signed by      {public_hex}",
        "signature      "
        + ("holds" if kept.is_signed_by(public_hex) else "DOES NOT HOLD: this record was changed or is another node's"),
        "",
        "All that the sensor is asked for has passed." if kept.is_whole else "NOT COMPLETE: see the lines above.",
        "Rule N3 asks for more than a sensor can say: mount, masks, ligature, cable, sounds, Wi-Fi are signed apart.",
    ]
    return "\n".join(lines) + "\n"


def _line(kept: Installation, step: Step, of: str) -> str:
    newest = kept.newest(step, of)
    what = f"{NAMES[step]} {of}".strip()
    if newest is None:
        return f"NOT TRIED   {what}"
    return f"{_mark(kept, newest):<11} {what}: {newest.ended_at:%Y-%m-%d %H:%M} UTC, {newest.sentence}"


def _mark(kept: Installation, newest: TriedStep) -> str:
    if not newest.passed:
        return "NOT PASSED"
    return "passed" if kept.is_of_now(newest) else "TRY AGAIN"
