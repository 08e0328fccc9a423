"""The month's audit as a tagged PDF to print, send and keep."""

from console.assurance.pack import NOT_A_TARGET, Pack
from console.assurance.tagged_pdf import TaggedPdf


def pdf_of(pack: Pack) -> bytes:
    """Return the document; the same audit makes the same bytes."""
    title = f"Ward audit {pack.month}: {pack.ward}, {pack.site}"
    made = TaggedPdf(title, f"{pack.ward} · {pack.month} · SHA-256 {pack.digest[:16]}")
    made.heading(title, level=1)
    made.paragraph(NOT_A_TARGET)
    made.paragraph(f"Built from frozen daily figures without persons. SHA-256 of this audit's figures: {pack.digest}")
    for section in pack.sections:
        made.heading(section.title, level=2)
        for note in section.notes:
            made.paragraph(note)
        if section.rows:
            made.table(section.head, section.rows)
        else:
            made.paragraph("None in this month.")
    return made.finished()
