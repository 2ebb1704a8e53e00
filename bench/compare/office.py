"""Prints what others read in Office documents, a JSON line for each: {"path", "text"}. The example `office` of
this crate compares them with what is read here.

python-docx 1.2.0, openpyxl 3.1.5, python-pptx 1.0.2, odfpy 1.4.1 and xlrd 2.0.2 read what they can; LibreOffice and pdftotext the rest
(doc, rtf, ppt). A file that the other program refuses is left out.
"""

import json
import pathlib
import subprocess
import sys
import tempfile


def docx(path):
    import docx

    def block(part):
        yield from (p.text for p in part.paragraphs)
        for table in part.tables:
            for row in table.rows:
                for cell in row.cells:
                    yield from block(cell)

    return block(docx.Document(path))


def xlsx(path):
    import openpyxl

    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        for row in sheet.iter_rows(values_only=True):
            yield from (v for v in row if isinstance(v, str))


def xls(path):
    import xlrd

    for sheet in xlrd.open_workbook(path, logfile=sys.stderr).sheets():
        for row in range(sheet.nrows):
            yield from (v for v in sheet.row_values(row) if isinstance(v, str))


def pptx(path):
    import pptx

    for slide in pptx.Presentation(path).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape.text_frame.text
            elif getattr(shape, "has_table", False):
                yield from (cell.text_frame.text for row in shape.table.rows for cell in row.cells)


def odf(path):
    from odf import teletype, text
    from odf.opendocument import load

    document = load(path)
    for element in document.getElementsByType(text.P) + document.getElementsByType(text.H):
        yield teletype.extractText(element)


def libreoffice(path):
    with tempfile.TemporaryDirectory() as out:
        slides = path.suffix.lower() == ".ppt"
        kind = "pdf" if slides else "txt:Text (encoded):UTF8"
        subprocess.run(["soffice", "--headless", "--convert-to", kind, "--outdir", out, str(path)], capture_output=True, timeout=120)
        made = next(pathlib.Path(out).iterdir())
        if slides:
            return [subprocess.run(["pdftotext", "-q", str(made), "-"], capture_output=True, text=True).stdout]
        return [made.read_text(encoding="utf-8-sig")]


READERS = {
    ".docx": docx, ".docm": docx, ".xlsx": xlsx, ".xlsm": xlsx, ".xls": xls, ".pptx": pptx, ".odt": odf, ".ods": odf, ".odp": odf,
    ".doc": libreoffice, ".rtf": libreoffice, ".ppt": libreoffice,
}  # fmt: skip

for folder in sys.argv[1:]:
    for path in sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in READERS):
        try:
            text = "\n".join(READERS[path.suffix.lower()](path))
        except Exception as refused:  # whatever a foreign program trips over
            print(f"{path}: {refused!r}"[:200], file=sys.stderr)
            continue
        print(json.dumps({"path": str(path), "text": text}), flush=True)
