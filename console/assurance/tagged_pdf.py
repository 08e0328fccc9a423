"""A plain tagged PDF: headings, paragraphs and tables that a screen reader reads as such; the same bytes each time.

The library draws, and knows no tags: they are put around what it draws, and the tree that names them into its catalogue
(ISO 32000-1, 14.7 and 14.8). Nothing is compressed, so that the bytes do not depend on a machine's compressor.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFString
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

_WIDTH, _HEIGHT = A4
_MARGIN, _FOOT = 48.0, 40.0
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"
_SIZES = {"H1": 20.0, "H2": 14.0, "P": 10.0, "TH": 8.5, "TD": 8.5}
_PAD, _LEADING = 3.0, 1.3
_INK, _LINE = (0.13, 0.17, 0.2), (0.68, 0.72, 0.75)


@dataclass
class _Tag:
    """One element of the tree.

    Attributes:
        kind: its role, such as H1 or TD.
        kids: elements, or (page, number of the marked content on it).
        number: its place among all elements.
    """

    kind: str
    number: int
    kids: list["_Tag | tuple[int, int]"] = field(default_factory=list)


class TaggedPdf:
    """One document, written from top to bottom.

    Args:
        title: shown as the window's title.
        foot: stands at the bottom of each page with its number.
    """

    def __init__(self, title: str, foot: str) -> None:
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=A4, invariant=1, pageCompression=0, lang="en-GB")
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Hushward")
        self._canvas.setSubject(foot)
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._foot = foot
        self._tags: list[_Tag] = []
        self._root = self._tag("Document")
        self._marks: list[list[_Tag]] = [[]]
        self._y = _HEIGHT - _MARGIN

    def heading(self, text: str, *, level: int) -> None:
        """Write a heading of level 1 or 2; the reader's outline lists it."""
        kind = f"H{level}"
        self._room(4 * _SIZES[kind])
        self._y -= _SIZES[kind] * 0.8
        key = f"heading-{len(self._tags)}"
        self._canvas.bookmarkHorizontal(key, 0, self._y + _SIZES[kind])
        self._canvas.addOutlineEntry(text, key, level - 1)
        self._lines(self._child(self._root, kind), _split(text, _BOLD, _SIZES[kind], _WIDTH - 2 * _MARGIN), _BOLD)

    def paragraph(self, text: str) -> None:
        """Write a paragraph."""
        lines = _split(text, _PLAIN, _SIZES["P"], _WIDTH - 2 * _MARGIN)
        self._room(len(lines) * _SIZES["P"] * _LEADING)
        self._lines(self._child(self._root, "P"), lines, _PLAIN)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write a table; its head is drawn again on each page, and read once."""
        widths, table = _widths(head, rows), self._child(self._root, "Table")
        self._y -= _PAD
        self._row(self._child(table, "TR"), head, widths, "TH")
        for row in rows:
            tag = self._child(table, "TR")
            self._row(tag, row, widths, "TD", again=head)
        self._y -= 2 * _PAD

    def finished(self) -> bytes:
        """End the document and return its bytes."""
        self._end_page()
        self._name_tags()
        self._canvas.save()
        return self._out.getvalue()

    def _row(
        self, row: _Tag, cells: Sequence[str], widths: Sequence[float], kind: str, again: Sequence[str] = ()
    ) -> None:
        font, size = (_BOLD, _SIZES[kind]) if kind == "TH" else (_PLAIN, _SIZES[kind])
        split = [_split(text, font, size, width - 2 * _PAD) for text, width in zip(cells, widths, strict=True)]
        height = max(map(len, split)) * size * _LEADING + 2 * _PAD
        if self._room(height) and again:
            with self._artifact():
                self._cells([_split(one, _BOLD, size, w - 2 * _PAD) for one, w in zip(again, widths, strict=True)],
                            widths, _BOLD, size, lambda _at: None)  # fmt: skip
        tags = [self._child(row, "TH" if kind == "TH" or at == 0 else "TD") for at in range(len(cells))]
        self._cells(split, widths, font, size, tags.__getitem__)

    def _cells(
        self,
        split: Sequence[Sequence[str]],
        widths: Sequence[float],
        font: str,
        size: float,
        tag_of: Callable[[int], _Tag | None],
    ) -> None:
        """Draw the cells of one row side by side, and a line under them."""
        x, height = _MARGIN, max(map(len, split)) * size * _LEADING + 2 * _PAD
        for at, (lines, width) in enumerate(zip(split, widths, strict=True)):
            tag = tag_of(at)
            if tag is None:
                self._draw(lines, x + _PAD, self._y - _PAD, font, size)
            else:
                with self._marked(tag):
                    self._draw(lines, x + _PAD, self._y - _PAD, font, size)
            x += width
        self._y -= height
        with self._artifact():
            self._canvas.setStrokeColorRGB(*_LINE)
            self._canvas.line(_MARGIN, self._y, _WIDTH - _MARGIN, self._y)

    def _lines(self, tag: _Tag, lines: Sequence[str], font: str) -> None:
        size = _SIZES[tag.kind]
        with self._marked(tag):
            self._draw(lines, _MARGIN, self._y, font, size)
        self._y -= (len(lines) + 0.5) * size * _LEADING

    def _draw(self, lines: Sequence[str], x: float, y: float, font: str, size: float) -> None:
        self._canvas.setFillColorRGB(*_INK)
        self._canvas.setFont(font, size)
        for number, line in enumerate(lines, start=1):
            self._canvas.drawString(x, y - number * size * _LEADING + size * 0.3, line)

    def _room(self, height: float) -> bool:
        """Begin a new page when this one has no room for a height; return whether it did."""
        if self._y - height >= _MARGIN + _FOOT:
            return False
        self._end_page()
        self._marks.append([])
        self._y = _HEIGHT - _MARGIN
        return True

    def _end_page(self) -> None:
        with self._artifact():
            self._draw([f"{self._foot} · page {len(self._marks)}"], _MARGIN, _MARGIN, _PLAIN, 8.0)
        self._canvas.showPage()
        page = self._canvas._doc.Pages.pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = len(self._marks) - 1, PDFName("S")

    def _tag(self, kind: str) -> _Tag:
        made = _Tag(kind, len(self._tags))
        self._tags.append(made)
        return made

    def _child(self, parent: _Tag, kind: str) -> _Tag:
        made = self._tag(kind)
        parent.kids.append(made)
        return made

    @contextmanager
    def _marked(self, tag: _Tag) -> Iterator[None]:
        """Put a tag around what is drawn within."""
        marks = self._marks[-1]
        self._canvas._code.append(f"/{tag.kind} <</MCID {len(marks)}>> BDC")
        tag.kids.append((len(self._marks) - 1, len(marks)))
        marks.append(tag)
        yield
        self._canvas._code.append("EMC")

    @contextmanager
    def _artifact(self) -> Iterator[None]:
        """Mark what is drawn within as nothing to be read."""
        self._canvas._code.append("/Artifact BMC")
        yield
        self._canvas._code.append("EMC")

    def _name_tags(self) -> None:
        """Put the tree of tags into the catalogue."""
        doc = self._canvas._doc
        parents = {kid.number: tag for tag in self._tags for kid in tag.kids if isinstance(kid, _Tag)}
        for tag in self._tags:
            parent = parents.get(tag.number)
            told = {
                "Type": PDFName("StructElem"),
                "S": PDFName(tag.kind),
                "P": _reference(parent) if parent is not None else PDFObjectReference("tags"),
                "K": PDFArray([_kid(one) for one in tag.kids]),
            }
            if tag.kind == "TH":
                scope = "Column" if self._is_first_row(tag, parents) else "Row"
                told["A"] = PDFDictionary({"O": PDFName("Table"), "Scope": PDFName(scope)})
            doc.Reference(PDFDictionary(told), f"tag{tag.number}")
        numbered: list[object] = []
        for page, marks in enumerate(self._marks):
            numbered += [page, PDFArray([_reference(tag) for tag in marks])]
        root = {
            "Type": PDFName("StructTreeRoot"),
            "K": PDFArray([_reference(self._root)]),
            "ParentTree": PDFDictionary({"Nums": PDFArray(numbered)}),
            "ParentTreeNextKey": len(self._marks),
        }
        doc.Reference(PDFDictionary(root), "tags")
        doc.Catalog.StructTreeRoot = PDFObjectReference("tags")
        doc.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        doc.Catalog.Lang = PDFString("en-GB")

    @staticmethod
    def _is_first_row(cell: _Tag, parents: dict[int, _Tag]) -> bool:
        row = parents[cell.number]
        return parents[row.number].kids[0] is row


def _reference(tag: _Tag) -> PDFObjectReference:
    return PDFObjectReference(f"tag{tag.number}")


def _kid(kid: "_Tag | tuple[int, int]") -> object:
    if isinstance(kid, _Tag):
        return _reference(kid)
    page, number = kid
    return PDFDictionary({"Type": PDFName("MCR"), "Pg": PDFObjectReference(f"Page{page + 1}"), "MCID": number})


def _widths(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Return widths of columns that fill the page: as wide as their texts, the widest give way."""
    room = _WIDTH - 2 * _MARGIN
    natural = [
        max(_wide(text, _BOLD if row is head else _PLAIN) for row in (head, *rows) for text in (row[at],))
        for at in range(len(head))
    ]
    while sum(natural) > room:
        widest = max(range(len(natural)), key=natural.__getitem__)
        below = max([one for at, one in enumerate(natural) if at != widest], default=0.0)
        excess = sum(natural) - room
        natural[widest] -= min(excess, max(natural[widest] - below, 4.0))
    spare = (room - sum(natural)) / len(natural)
    return [one + spare for one in natural]


def _wide(text: str, font: str) -> float:
    return float(stringWidth(text, font, _SIZES["TD"])) + 2 * _PAD + 2


def _split(text: str, font: str, size: float, width: float) -> list[str]:
    """Return the lines of a text; a word that is wider than its column is cut."""
    words = [piece for word in text.split(" ") for piece in _cut(word, font, size, width)]
    return list(simpleSplit(" ".join(words), font, size, width)) or [""]


def _cut(word: str, font: str, size: float, width: float) -> Iterator[str]:
    while len(word) > 1 and stringWidth(word, font, size) > width:
        at = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or stringWidth(word[:n], font, size) <= width)
        yield word[:at]
        word = word[at:]
    yield word
