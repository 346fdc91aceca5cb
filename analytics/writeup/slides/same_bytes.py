"""The same bytes for the same slides: every file inside is dated the same, in the workbooks behind charts too."""

from __future__ import annotations

import io
import re
import zipfile

__all__ = ["DATED", "same_bytes"]

#: The moment that every file inside says it was made at.
DATED = "2000-01-01T00:00:00Z"
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
#: In a zip no file can be older.
_IN_ZIP = (1980, 1, 1, 0, 0, 0)


def same_bytes(packed: bytes) -> bytes:
    """An Office file with its dates fixed; a workbook inside it as well.

    >>> one = io.BytesIO()
    >>> with zipfile.ZipFile(one, "w") as file: file.writestr("docProps/core.xml", "<dcterms:created>2024-05-05</dcterms:created>")
    >>> zipfile.ZipFile(io.BytesIO(same_bytes(one.getvalue()))).read("docProps/core.xml")
    b'<dcterms:created>2000-01-01T00:00:00Z</dcterms:created>'
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as write:  # fmt: skip
        for name in read.namelist():
            data = read.read(name)
            if name.endswith(".xlsx"):
                data = same_bytes(data)
            elif name == "docProps/core.xml":
                data = _DATES.sub(rb"\g<1>" + DATED.encode() + rb"\g<2>", data)
            one = zipfile.ZipInfo(name, _IN_ZIP)
            one.compress_type, one.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            write.writestr(one, data)
    return out.getvalue()
