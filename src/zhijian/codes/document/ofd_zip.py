"""An OFD's container: a zip that has one meaning. What two programs could unpack to two things is refused."""

import io
import stat
import unicodedata
import zipfile
import zlib

from zhijian.codes.document.refused import DocumentRefused, excerpt

MAX_BYTES = 50_000_000
MAX_UNPACKED = 300_000_000
MAX_FILES = 5_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 16
_RENAMES = b"up"
"""Mark of the extra field that gives an entry another name to those who heed it (Info-ZIP Unicode Path)."""


def unzipped(raw: bytes) -> dict[str, bytes]:
    """Files by name, in the order of the directory, without a leading slash.

    Raises: DocumentRefused `too-large`, `not-ofd`, `zip-name`, `zip-twice`, `zip-link`, `zip-bomb`, `zip-hidden`, `encrypted`,
    `broken`.
    """
    if len(raw) > MAX_BYTES:
        raise DocumentRefused("too-large", len(raw), f"文件超过 {MAX_BYTES // 1_000_000} MB，请压缩图片或分册。",
                              f"More than {MAX_BYTES // 1_000_000} MB; compress its pictures or divide it.")  # fmt: skip
    if not raw.startswith(b"PK\x03\x04"):
        raise DocumentRefused(
            "not-ofd", raw[:4].hex(), "这不是 OFD 文件（不是 ZIP 容器）。", "This is no OFD (no zip container)."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as container:
            entries = container.infolist()
            _check_entries(entries)
            _check_layout(raw, container, entries)
            return _read(container, [e for e in entries if not e.is_dir()])
    except DocumentRefused:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        OverflowError,
    ) as why:
        raise DocumentRefused(
            "broken", excerpt(why), "OFD 容器已损坏，请重新导出。", "The OFD's container is broken; export it again."
        ) from None


def zipped(files: dict[str, bytes]) -> bytes:
    """The same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            container.writestr(entry, data)
    return out.getvalue()


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES or sum(e.file_size for e in entries) > MAX_UNPACKED:
        raise _bomb()
    seen: set[str] = set()
    folders = {folder for entry in entries for folder in _folders(_one_name(entry.filename))}
    for entry in entries:
        name = _checked(entry.filename)
        mode = entry.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR) or (not entry.is_dir() and stat.S_ISDIR(mode)):
            raise DocumentRefused(
                "zip-link",
                name,
                f"容器内 {name} 是链接或特殊文件。",
                f"{name} in the container is a link or a special file.",
            )
        if entry.flag_bits & 0x1:
            raise DocumentRefused(
                "encrypted", name, "OFD 已加密，请去除密码。", "The OFD is encrypted; remove the password."
            )
        key = _one_name(entry.filename)
        if key in seen or (not entry.is_dir() and key in folders):
            raise DocumentRefused(
                "zip-twice",
                name,
                f"容器内 {name} 重复（或仅大小写不同）。",
                f"{name} is in the container twice, or but for its case.",
            )
        seen.add(key)


def _one_name(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().rstrip("/")


def _folders(name: str) -> list[str]:
    steps = name.split("/")
    return ["/".join(steps[:n]) for n in range(1, len(steps))]


def _checked(name: str) -> str:
    parts = name.rstrip("/").split("/")
    hostile = any(ord(ch) < 32 or ch in '\\:*?"<>|' for ch in name)
    if (
        hostile
        or name.startswith("/")
        or any(p in ("", ".", "..") or p != p.strip(" ") or p.endswith(".") for p in parts)
    ):
        raise DocumentRefused(
            "zip-name", name, f"容器内文件名不合规：{name!r}。", f"A name in the container is not allowed: {name!r}."
        )
    return name


def _check_layout(raw: bytes, container: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Every byte belongs to an entry of the directory, to the directory, or to its end: nothing is hidden between them."""
    if container.comment or not raw[-22:].startswith(b"PK\x05\x06"):
        raise _hidden("comment")
    at = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset != at or raw[at : at + 4] != b"PK\x03\x04":
            raise _hidden(f"byte {at}")
        name, more = int.from_bytes(raw[at + 26 : at + 28], "little"), int.from_bytes(raw[at + 28 : at + 30], "little")
        extra = raw[at + 30 + name : at + 30 + name + more]
        at += 30 + name + more + entry.compress_size
        if entry.flag_bits & 0x8:
            at += 16 if raw[at : at + 4] == b"PK\x07\x08" else 12
        if _RENAMES in extra or _RENAMES in entry.extra:
            raise _hidden("a second name")
    if at != container.start_dir or at + int.from_bytes(raw[-10:-6], "little") != len(raw) - 22:
        raise _hidden(f"byte {at}")


def _read(container: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"method {entry.compress_type}")
        parts = []
        with container.open(entry) as stream:  # the sizes that an entry claims are not believed
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise _bomb()
                parts.append(chunk)
        found[entry.filename] = b"".join(parts)
    return found


def _bomb() -> DocumentRefused:
    return DocumentRefused("zip-bomb", MAX_UNPACKED, f"解包后超过 {MAX_UNPACKED // 1_000_000} MB 或 {MAX_FILES} 个文件。",
                           f"It unpacks to more than {MAX_UNPACKED // 1_000_000} MB or {MAX_FILES} files.")  # fmt: skip


def _hidden(value: str) -> DocumentRefused:
    return DocumentRefused("zip-hidden", value, "容器内有目录未列出的数据，请用标准软件重新导出。",
                           "The container has bytes that its directory does not name; export it again.")  # fmt: skip
