"""Files inside of an OFD's document: attachments (GB/T 33190, 20)."""

from datetime import datetime

from zhijian.codes.document.ofd_body import Body, file
from zhijian.codes.document.ofd_xml import element, every, one, parsed, resolved, written
from zhijian.codes.document.refused import DocumentRefused

MAX_FILES = 200
_USUAL = "ZhijianAttachs"


def attach_ofd(body: Body, called: str, data: bytes, at: datetime) -> None:
    """Raises: DocumentRefused `attachment-exists`, `name-taken`, `xml-malformed`, `file-absent`."""
    usual = f"{_USUAL}/Attachments.xml"
    known = body.file_of("Attachments", ("Extensions",), f"{body.folder}/{usual}".lstrip("/"))
    where = known or body.place(usual)
    root = parsed(file(body.files, where), where) if known else element("Attachments")
    if any(one.get("Name") == called for one in every(root, "Attachment")):
        raise DocumentRefused("attachment-exists", called, f"文件已有名为 {called} 的附件，请先移除。",
                              f"The document has an attachment called {called} already; remove it first.")  # fmt: skip
    path = body.place(f"{_USUAL}/{called}")
    body.files[path] = data
    when = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    # The schema wants an identifier that is a name, and one that is used once in the file.
    root.append(element("Attachment", None, element("FileLoc", f"/{path}"), ID=f"zhijian{len(every(root, 'Attachment')) + 1}",
                        Name=called, Format=called.rpartition(".")[2], CreationDate=when, Size=f"{len(data) / 1024:.3f}"))  # fmt: skip
    body.files[where] = written(root)


def attached_of(body: Body) -> list[tuple[str, bytes]]:
    """Names and bytes, the same name as often as it is there. Raises: DocumentRefused `xml-malformed`, `file-absent`."""
    if not every(body.document, "Attachments"):
        return []
    where = resolved(one(body.document, "Attachments", body.where).text, body.where)
    listed = every(parsed(file(body.files, where), where), "Attachment")[:MAX_FILES]
    return [
        (str(entry.get("Name")), file(body.files, resolved(one(entry, "FileLoc", where).text, where)))
        for entry in listed
    ]
