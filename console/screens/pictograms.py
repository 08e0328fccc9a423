"""Pictures for Easy Read: drawn lines beside each short sentence, each with a title for who hears the page (E1)."""

from markupsafe import Markup, escape

from console.words import N_, Catalogue

_HEAD = '<circle cx="32" cy="13" r="7"/>'
_DRAWN: dict[str, tuple[str, str]] = {
    "lamp_on": (
        N_("A lamp that is on"),
        '<rect x="10" y="24" width="44" height="34" rx="6"/><circle class="lit" cx="32" cy="41" r="9"/>'
        '<path d="M32 6v10M14 10l6 8M50 10l-6 8"/>',
    ),
    "lamp_off": (
        N_("A lamp that is off"),
        '<rect x="10" y="24" width="44" height="34" rx="6"/><circle cx="32" cy="41" r="9" stroke-dasharray="5 5"/>',
    ),
    "stop": (
        N_("A hand that says stop"),
        '<path d="M20 36V16a4 4 0 0 1 8 0v14V10a4 4 0 0 1 8 0v20V13a4 4 0 0 1 8 0v19V20a4 4 0 0 1 8 0v20'
        'c0 14-7 20-17 20-9 0-13-4-17-11L10 38c-2-4 3-7 6-4z"/>',
    ),
    "pause": (N_("Pause"), '<circle cx="32" cy="32" r="26"/><path d="M25 21v22M39 21v22"/>'),
    "walking": (
        N_("A nurse who comes"),
        _HEAD + '<path d="M32 20v20M32 26 20 34M32 26l11 8M32 40 22 58M32 40l10 18"/><path d="M29 13h6M32 10v6"/>',
    ),
    "no_pictures": (
        N_("An eye, crossed out: no pictures"),
        '<path d="M6 32q26-30 52 0-26 30-52 0z"/><circle cx="32" cy="32" r="8"/><path d="M10 56 54 8"/>',
    ),
    "camera": (
        N_("A camera"),
        '<path d="M6 20h12l5-8h18l5 8h12v34H6z"/><circle cx="32" cy="36" r="11"/><circle cx="32" cy="36" r="3"/>',
    ),
    "stay_inside": (
        N_("A picture that stays in its box"),
        '<path d="M6 8h52v48H6z"/><path d="M18 22h28v20H18zM18 38l9-9 7 7 5-4 7 6"/><circle cx="39" cy="28" r="2"/>',
    ),
    "no_sound": (
        N_("An ear, crossed out: no sound"),
        '<path d="M22 44c0 12 14 14 16 4 1-6 10-9 10-22a16 16 0 0 0-32 0M26 27a7 7 0 0 1 13 0c0 6-7 6-7 12"/>'
        '<path d="M10 58 56 8"/>',
    ),
    "night": (N_("The moon"), '<path d="M42 8a26 26 0 1 0 14 36A22 22 0 0 1 42 8z"/>'),
    "talk": (
        N_("Two people who talk"),
        '<circle cx="16" cy="36" r="7"/><circle cx="48" cy="36" r="7"/>'
        '<path d="M4 60c0-16 24-16 24 0M36 60c0-16 24-16 24 0"/>'
        '<path d="M18 6h28v16H30l-6 6v-6h-6z"/>',
    ),
    "write": (N_("A pencil"), '<path d="M12 52 16 38 44 10l10 10-28 28zM38 16l10 10M6 60h52"/>'),
    "breath": (
        N_("Breathing in bed"),
        '<path d="M4 24v32M4 44h56v12M60 44v-6c0-6-8-8-16-8H22v14"/><circle cx="13" cy="35" r="6"/>'
        '<path d="M24 18q5-6 10 0t10 0 10 0M24 9q5-6 10 0t10 0 10 0"/>',
    ),
    "who": (
        N_("A list of who looked"),
        '<path d="M12 4h40v56H12zM20 16h24M20 26h24M20 36h14"/><path d="M30 50q9-10 18 0-9 10-18 0z"/>',
    ),
    "clock": (N_("A clock"), '<circle cx="32" cy="32" r="26"/><path d="M32 16v16l11 8"/>'),
    "same": (N_("Two sides that are the same"), '<path d="M10 22h44M10 42h44"/>'),
    "no_calm": (
        N_("It does not call for help"),
        '<path d="M18 44V28a14 14 0 0 1 28 0v16l6 6H12zM27 56h10"/><path d="M8 58 56 6"/>',
    ),
    "lock": (N_("A lock"), '<path d="M14 28h36v30H14zM22 28V18a10 10 0 0 1 20 0v10M32 40v8"/>'),
    "copy": (N_("Paper to take away"), '<path d="M10 14h30v44H10zM20 14V6h34v44H40M17 28h16M17 38h16"/>'),
    "speaker": (
        N_("A loudspeaker"),
        '<path d="M6 24h12l16-14v44L18 40H6z"/><path d="M42 22q8 10 0 20M50 14q16 18 0 36"/>',
    ),
    "large": (N_("A large letter"), '<path d="M8 56 28 8l20 48M15 40h26M50 56l6-16 6 16M52 50h8"/>'),
    "contrast": (
        N_("Half black, half white"),
        '<circle cx="32" cy="32" r="26"/><path class="full" d="M32 6a26 26 0 0 1 0 52z"/>',
    ),
    "help": (
        N_("A person who asks for help"),
        _HEAD + '<path d="M32 20v20M32 27 16 14M32 27 48 14M32 40 22 60M32 40l10 20"/>',
    ),
}


def picture(name: str, catalogue: Catalogue) -> Markup:
    """Return a drawing with its title in the reader's language.

    Args:
        name: of the drawing.
        catalogue: the reader's language.
    """
    title, drawn = _DRAWN[name]
    label = escape(catalogue.say(title))
    return Markup(
        f'<svg class="picture" viewBox="0 0 64 64" role="img" aria-label="{label}" focusable="false">{drawn}</svg>'
    )
