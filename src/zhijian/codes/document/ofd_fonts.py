"""Faces laid into an OFD, each cut down to the letters in use (GB/T 33190, 7.9 and 11.1)."""

from collections.abc import Iterator, Sequence

from zhijian.codes.document.fonts import Subset
from zhijian.codes.document.ofd_body import Body
from zhijian.codes.document.ofd_xml import element, every, written

FAMILY = "Noto Sans SC"


def add_faces(body: Body, faces: Sequence[Subset], ids: Iterator[int]) -> list[int]:
    """IDs of the faces, in a resource file of their own: what the document has is left as it is."""
    listed = body.place("ZhijianRes.xml")
    fonts, found = element("Fonts"), []
    for face in faces:
        path = body.place(f"ZhijianFonts/{face.name.partition('+')[2]}.ttf")
        body.files[path] = face.file
        found.append(next(ids))
        name = element("FontFile", path.rpartition("/")[2])
        fonts.append(element("Font", None, name, ID=str(found[-1]), FontName=face.name, FamilyName=FAMILY))
    body.files[listed] = written(element("Res", None, fonts, BaseLoc="ZhijianFonts"))
    common = body.common
    before = [*every(common, "PageArea"), *every(common, "PublicRes")][-1:]
    common.insert(list(common).index(before[0]) + 1 if before else 0, element("PublicRes", f"/{listed}"))
    return found
