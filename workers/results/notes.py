"""What a picture was made with, written into the file itself, so that it survives outside the gallery.

The whole note is an XMP packet (ISO 16684-1) in JPEG and PNG alike, and that is what is read again. Beside it stands
what other programs look for: ImageDescription and Software in a JPEG's EXIF, `parameters` and `Software` in a PNG.
"""

import re
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from PIL import ExifTags, Image

from workers.downloads import media_types
from workers.results import jpeg, png
from workers.results.errors import BadResult

_PNG_XMP = "XML:com.adobe.xmp"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_XMP = "http://ns.adobe.com/xap/1.0/"
_OURS = "urn:dream-photo:note:1#"

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold."""


@dataclass(frozen=True, slots=True)
class PictureNote:
    """How a picture was made. Says nothing of anybody: the prompt is already free of names and trigger words."""

    prompt: str
    negative_prompt: str | None
    seed: int
    model: str
    backend: str
    software: str = "Dream Photo"


def tagged(content: bytes, media_type: str, note: PictureNote) -> bytes:
    """The file with the note in it, in place of any earlier metadata; the image data stays byte for byte.

    For JPEG and PNG. Raises ValueError for another type and for a note over 64 kB, BadResult for a broken file.
    """
    packet = _packet(note)
    match media_type:
        case media_types.JPEG:
            payloads = (_exif(note), jpeg.XMP + packet.encode("utf-8"))
            return jpeg.with_metadata(jpeg.plain_jpeg(content).content, payloads)
        case media_types.PNG:
            texts = {"parameters": _parameters(note), "Software": _clean(note.software), _PNG_XMP: packet}
            return png.with_texts(png.plain_png(content).content, texts)
        case _:
            raise ValueError(f"a note goes into JPEG and PNG, not into {media_type}")


def read_note(content: bytes) -> PictureNote | None:
    """The note that `tagged` wrote into a JPEG or PNG, or None where there is none to be read."""
    try:
        match media_types.sniff(content):
            case media_types.JPEG:
                payload = jpeg.metadata(content, jpeg.XMP)
                packet = None if payload is None else payload.decode("utf-8", "replace")
            case media_types.PNG:
                packet = png.text(content, _PNG_XMP)
            case _:
                return None
    except BadResult:
        return None
    return None if packet is None else _read_packet(packet)


def _packet(note: PictureNote) -> str:
    fields = {"prompt": note.prompt, "seed": str(note.seed), "model": note.model, "backend": note.backend}
    if note.negative_prompt is not None:
        fields["negativePrompt"] = note.negative_prompt
    ours = "".join(f"<dp:{name}>{_xml(value)}</dp:{name}>" for name, value in fields.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"><rdf:Description rdf:about=""'
        f' xmlns:dc="{_DC}" xmlns:xmp="{_XMP}" xmlns:dp="{_OURS}">'
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{_xml(note.prompt)}</rdf:li></rdf:Alt></dc:description>'
        f"<xmp:CreatorTool>{_xml(note.software)}</xmp:CreatorTool>{ours}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )


def _read_packet(packet: str) -> PictureNote | None:
    if "<!" in packet:  # no packet needs declarations, and entities are how XML is made to explode
        return None
    try:
        root = ElementTree.fromstring(packet)  # noqa: S314 - without declarations there is nothing to expand
        seed = int(_field(root, _OURS, "seed") or "")
    except (ElementTree.ParseError, ValueError):
        return None
    return PictureNote(
        prompt=_field(root, _OURS, "prompt") or "",
        negative_prompt=_field(root, _OURS, "negativePrompt"),
        seed=seed,
        model=_field(root, _OURS, "model") or "",
        backend=_field(root, _OURS, "backend") or "",
        software=_field(root, _XMP, "CreatorTool") or "",
    )


def _field(root: ElementTree.Element, namespace: str, name: str) -> str | None:
    return root.findtext(f".//{{{namespace}}}{name}")


def _exif(note: PictureNote) -> bytes:
    """ImageDescription and Software. EXIF's own word is ASCII, but as UTF-8 is how everybody reads it."""
    exif = Image.Exif()
    if note.prompt:
        exif[ExifTags.Base.ImageDescription] = _clean(note.prompt).encode("utf-8")
    exif[ExifTags.Base.Software] = _clean(note.software).encode("utf-8")
    return exif.tobytes()


def _parameters(note: PictureNote) -> str:
    """The form in which programs for such pictures show and take over settings."""
    lines = [note.prompt]
    if note.negative_prompt:
        lines.append(f"Negative prompt: {note.negative_prompt}")
    lines.append(f"Seed: {note.seed}, Model: {note.model}, Backend: {note.backend}")
    return _clean("\n".join(lines))


def _xml(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
