"""A photo from a stranger, made harmless: decoded, made smaller and written anew in a process of its own.

What a photo carries besides the picture (where and with which phone it was taken, a smaller copy of it, whatever hangs behind
the end of the file) does not come along.
"""

from io import BytesIO
from typing import TYPE_CHECKING

from zhijian.cases.model import Photo, PhotoRefused
from zhijian.kit.aside import Aside

if TYPE_CHECKING:
    from PIL import Image

LONGEST_SIDE = 2000
MOST_PIXELS = 64_000_000
"""Four bytes each, and twice while it is turned: what fits into the memory that one photo gets."""
FORMATS = ("JPEG", "PNG", "WEBP")
JPEG = "image/jpeg"
QUALITY = 85
aside = Aside(["zhijian.cases.photo", "PIL.Image", "PIL.ImageOps"], at_once=2, seconds=20.0, memory_bytes=1 << 30)
"""One for the process: two photos at a time, however many doors there are."""


def cleaned(raw: bytes) -> Photo:
    """A JPEG of `raw` with no side longer than LONGEST_SIDE, upright, and nothing else in it.

    Raises: PhotoRefused; AsideFailed when it takes more time or memory than there is.
    """
    return aside(rewritten, raw)


def rewritten(raw: bytes) -> Photo:
    """As `cleaned`, in this process.

    Raises: PhotoRefused.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # its own limit only warns up to twice as much; ours is looked at below
    try:
        with Image.open(BytesIO(raw), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:  # said by the header: nothing is decoded yet
                raise PhotoRefused("photo-too-many-pixels")
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG can be decoded at half its size and less
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            return _written(_opaque(upright))
    except UnidentifiedImageError as why:
        raise PhotoRefused("photo-kind") from why
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        OverflowError,
        AttributeError,
        KeyError,
        IndexError,
        TypeError,
    ) as why:
        # What the decoders of a broken file raise is not of one kind.
        raise PhotoRefused("photo-unreadable") from why


def _opaque(image: "Image.Image") -> "Image.Image":
    """On white where it was transparent."""
    from PIL import Image

    if image.mode in ("RGB", "L"):
        return image
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper


def _written(image: "Image.Image") -> Photo:
    from PIL import Image

    # A new image from the pixels alone: an encoder writes back what it finds in the old one's info.
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    out = BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Photo(JPEG, bare.width, bare.height, out.getvalue())
