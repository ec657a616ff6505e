"""The one document of an OFD: where its files are, what its pages are, and what the stamp wrote about it (GB/T 33190, 7)."""

from dataclasses import dataclass
from typing import Any

from zhijian.codes.document.ofd_xml import element, every, one, parsed, resolved, written
from zhijian.codes.document.ofd_zip import unzipped, zipped
from zhijian.codes.document.refused import DocumentRefused

ENTRY = "OFD.xml"
CODE, ORIGINAL_SM3, ORIGINAL_SHA256 = "ZhijianCode", "ZhijianOriginalSM3", "ZhijianOriginalSHA256"
"""Names of our CustomData in DocInfo: a document that has the first is stamped."""
MAX_PAGES = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    number: int
    """From zero."""
    path: str
    width_mm: float
    height_mm: float


@dataclass(slots=True)
class Body:
    """Files with the two parsed that a stamp or a seal changes; `zip` writes them back."""

    files: dict[str, bytes]
    entry: Any
    where: str
    """Path of Document.xml."""
    document: Any

    @classmethod
    def of(cls, ofd: bytes) -> "Body":
        """Raises: DocumentRefused, see `ofd_zip` and `ofd_xml`, and `file-absent`."""
        files = unzipped(ofd)
        if ENTRY not in files:
            raise DocumentRefused("not-ofd", ENTRY, "这个压缩包不是 OFD（没有 OFD.xml），请导出为 OFD 或 PDF。",
                                  "This zip is no OFD (it has no OFD.xml); export it as OFD or PDF.")  # fmt: skip
        entry = parsed(files[ENTRY], ENTRY)
        where = resolved(one(one(entry, "DocBody", ENTRY), "DocRoot", ENTRY).text, ENTRY)
        return cls(files, entry, where, parsed(file(files, where), where))

    @property
    def folder(self) -> str:
        return self.where.rpartition("/")[0]

    @property
    def listing(self) -> Any:
        """The document's entry in OFD.xml."""
        return one(self.entry, "DocBody", ENTRY)

    @property
    def common(self) -> Any:
        return one(self.document, "CommonData", self.where)

    def place(self, name: str) -> str:
        """A path in the document's folder. Raises: DocumentRefused `name-taken`."""
        path = f"{self.folder}/{name}" if self.folder else name
        if path in self.files:
            raise DocumentRefused("name-taken", path, f"OFD 内已有 {path}，请提交原始文件。",
                                  f"{path} is in the OFD already; send the original.")  # fmt: skip
        return path

    def pages(self) -> list[Page]:
        """In order. Raises: DocumentRefused `no-pages`, `too-many-pages`, `xml-malformed`."""
        listed = every(self.document, "Pages/Page")
        if not listed:
            raise DocumentRefused(
                "no-pages", 0, "文件没有页面，请重新导出。", "The document has no pages; export it again."
            )
        if len(listed) > MAX_PAGES:
            raise DocumentRefused("too-many-pages", len(listed), f"文件超过 {MAX_PAGES} 页，请分册。",
                                  f"The document has more than {MAX_PAGES} pages; divide it.")  # fmt: skip
        usual = every(self.common, "PageArea/PhysicalBox")
        return [self._page(n, page, usual[0].text if len(usual) == 1 else None) for n, page in enumerate(listed)]

    def _page(self, number: int, listed: Any, usual: str | None) -> Page:
        path = resolved(listed.get("BaseLoc"), self.where)
        own = every(parsed(file(self.files, path), path), "Area/PhysicalBox")
        _, _, width, height = box(own[0].text if own else usual, path)
        return Page(str(listed.get("ID")), number, path, width, height)

    def said(self, name: str) -> str | None:
        """Our CustomData of this name; None, too, when it is there twice."""
        found = [
            data.text or ""
            for data in every(self.listing, "DocInfo/CustomDatas/CustomData")
            if data.get("Name") == name
        ]
        return found[0] if len(found) == 1 else None

    def say(self, name: str, text: str) -> None:
        information = one(self.listing, "DocInfo", ENTRY)
        if not every(information, "CustomDatas"):
            information.append(element("CustomDatas"))
        one(information, "CustomDatas", ENTRY).append(element("CustomData", text, Name=name))

    def last_id(self) -> int:
        """MaxUnitID. Raises: DocumentRefused `xml-malformed`."""
        text = one(self.common, "MaxUnitID", self.where).text or ""
        if not text.strip().isdecimal() or len(text) > 9:
            raise malformed(self.where, f"MaxUnitID {text[:20]!r}")
        return int(text)

    def file_of(self, name: str, after: tuple[str, ...], usual: str) -> str | None:
        """Path of the list that Document.xml names in its element `name`; made to be `usual` when there is none, which is then
        told by None. `after` are the elements that follow it in the schema's order."""
        found = every(self.document, name)
        if found:
            return resolved(one(self.document, name, self.where).text, self.where)
        following = [child for step in after for child in every(self.document, step)]
        at = list(self.document).index(following[0]) if following else len(self.document)
        self.document.insert(at, element(name, f"/{usual}"))
        return None

    def zip(self) -> bytes:
        """The same document gives the same bytes. What was not changed keeps its own: a seal may cover it."""
        trees = {ENTRY: self.entry, self.where: self.document}
        changed = {path: written(tree) for path, tree in trees.items() if _differs(tree, self.files[path], path)}
        return zipped(self.files | changed)


def _differs(tree: Any, raw: bytes, path: str) -> bool:
    return written(tree) != written(parsed(raw, path))


def file(files: dict[str, bytes], name: str) -> bytes:
    """Raises: DocumentRefused `file-absent`."""
    if name not in files:
        raise DocumentRefused("file-absent", name, f"OFD 内缺少 {name}。", f"{name} is absent from the OFD.")
    return files[name]


def box(text: str | None, where: str) -> tuple[float, float, float, float]:
    """An ST_Box: left, top, width, height in millimetres. Raises: DocumentRefused `xml-malformed`."""
    try:
        left, top, width, height = (float(one) for one in (text or "").split())
    except ValueError:
        raise malformed(where, f"box {str(text)[:40]!r}") from None
    if not all(abs(one) < 100_000 for one in (left, top, width, height)):  # also refuses what is no number
        raise malformed(where, f"box {str(text)[:40]!r}")
    return left, top, width, height


def malformed(where: str, value: str) -> DocumentRefused:
    return DocumentRefused("xml-malformed", f"{where}: {value}", f"OFD 内 {where} 不合 GB/T 33190，请重新导出。",
                           f"{where} in the OFD is not of GB/T 33190; export it again.")  # fmt: skip
