"""Faces laid into an OFD, each cut down to the letters in use (GB/T 33190, 7.9 and 11.1)."""

from collections.abc import Iterator, Sequence
from typing import Any

from zhijian.codes.document.fonts import Subset
from zhijian.codes.document.ofd_body import Body
from zhijian.codes.document.ofd_xml import element, every, written

FAMILY = "Noto Sans SC"


def add_faces(body: Body, faces: Sequence[Subset], ids: Iterator[int]) -> list[int]:
    """IDs of the faces, in a resource file of their own: what the document has is left as it is."""
    listed, folder = body.place("ZhijianRes.xml"), body.place("ZhijianFonts")
    for face in faces:
        body.place(f"ZhijianFonts/{_file_of(face)}")
    found, resources = faces_listed(faces, folder, body.files, ids)
    body.files[listed] = written(resources)
    common = body.common
    before = [*every(common, "PageArea"), *every(common, "PublicRes")][-1:]
    common.insert(list(common).index(before[0]) + 1 if before else 0, element("PublicRes", f"/{listed}"))
    return found


def faces_listed(
    faces: Sequence[Subset], folder: str, files: dict[str, bytes], ids: Iterator[int]
) -> tuple[list[int], Any]:
    """IDs of the faces, and the resource list beside `folder` that names them; their files go into `files`."""
    fonts, found = element("Fonts"), []
    for face in faces:
        files[f"{folder}/{_file_of(face)}"] = face.file
        found.append(next(ids))
        name = element("FontFile", _file_of(face))
        fonts.append(element("Font", None, name, ID=str(found[-1]), FontName=_name_of(face), FamilyName=FAMILY))
    return found, element("Res", None, fonts, BaseLoc=folder.rpartition("/")[2])


def _name_of(face: Subset) -> str:
    """Letters and digits alone: readers rewrite names that look like a style of another face."""
    return "".join(ch for ch in face.name.partition("+")[2] if ch.isalnum()).replace("Regular", "").replace("Bold", "")


def _file_of(face: Subset) -> str:
    return f"{_name_of(face)}.ttf"
