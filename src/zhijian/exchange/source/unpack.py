"""Compressed files unpacked into the work folder, within limits: a small file that becomes an enormous one is refused."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from zhijian.exchange.model import Text
from zhijian.exchange.source.model import SourceUnreadable
from zhijian.exchange.source.place import Found, Place
from zhijian.exchange.source.remarks import Remarks

MAX_UNPACKED = 64 << 30
MAX_RATIO = 200
"""Text and sheets shrink to a tenth or thirtieth, very uniform ones to a hundredth; bombs to a thousandth."""
SMALL = 64 << 20
"""Up to this size nobody asks for the ratio."""
MAX_MEMBERS = 2000


def bearable(packed: int, unpacked: int, name: str) -> None:
    """Raises: SourceUnreadable."""
    if unpacked > MAX_UNPACKED or (unpacked > SMALL and unpacked > MAX_RATIO * max(1, packed)):
        raise SourceUnreadable(
            "zip-bomb",
            Text(f"解压后至少 {unpacked >> 20} MB，是压缩文件的 {unpacked // max(1, packed)} 倍，疑为压缩炸弹，已停止",
                 f"it unpacks to at least {unpacked >> 20} MB, {unpacked // max(1, packed)} times its size; stopped as a possible zip bomb"),
            Text("若确认文件可信，请自行解压后再检查", "if you trust the file, unpack it yourself and check what was in it"), name)  # fmt: skip


def broken(name: str) -> SourceUnreadable:
    return SourceUnreadable("damaged", Text("压缩文件已损坏或不完整", "the archive is damaged or cut off"),
                            Text("请重新下载或重新压缩", "fetch or pack it again"), name)  # fmt: skip


def gunzipped(place: Place, found: Found) -> Found:
    """Raises: SourceUnreadable."""
    name = found.name.removesuffix(".gz")
    out = place.new(Path(name).suffix or ".csv")
    try:
        with gzip.open(found.path) as packed:
            _copied(packed, out, found, found.size)
    except (OSError, EOFError, zlib.error):
        raise broken(found.name) from None
    return Found(out, found.name, found.origin)


def unzipped(place: Place, found: Found, readable: frozenset[str], remarks: Remarks) -> Iterator[Found]:
    """Members that can be read, in order of name. Raises: SourceUnreadable."""
    try:
        archive = zipfile.ZipFile(found.path)
        members = sorted((m for m in archive.infolist() if not m.is_dir()), key=_name)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise broken(found.name) from None
    bearable(found.size, sum(m.file_size for m in members), found.name)
    if len(members) > MAX_MEMBERS:
        raise SourceUnreadable("zip-bomb", Text(f"压缩文件里有 {len(members)} 个文件", f"the archive holds {len(members)} files"),
                               Text("请自行解压后再检查", "unpack it yourself"), found.name)  # fmt: skip
    for member in members:
        name = _name(member)
        suffix = PurePosixPath(name).suffix.lower()
        if suffix not in readable:
            if not name.startswith("__MACOSX/"):
                remarks.say("skipped", value=f"{found.name} / {name}")
            continue
        out = place.new(suffix)
        try:
            with archive.open(member) as packed:
                _copied(packed, out, found, max(1, member.compress_size))
        except RuntimeError:
            raise SourceUnreadable("encrypted", Text("压缩文件有密码", "the archive has a password"),
                                   Text("请解压后再检查", "unpack it yourself"), found.name) from None  # fmt: skip
        except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError):
            raise broken(found.name) from None
        yield Found(out, f"{found.name} / {name}", f"{found.origin}/{name}")


def _copied(packed: IO[bytes] | gzip.GzipFile, out: Path, found: Found, size: int) -> None:
    done = 0
    with out.open("wb") as file:
        while block := packed.read(1 << 20):
            done += len(block)
            bearable(size, done, found.name)
            file.write(block)


def _name(member: zipfile.ZipInfo) -> str:
    """Chinese names in archives made by Windows are GB18030 that the format takes for CP437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
