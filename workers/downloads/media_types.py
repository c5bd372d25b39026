"""What a file is by its first bytes; a server's word and a name's ending prove nothing."""

JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
GLB = "model/gltf-binary"
TAR = "application/x-tar"
ZIP = "application/zip"
SAFETENSORS = "application/x-safetensors"
"""Not registered; nobody but us calls it so."""


def sniff(content: bytes) -> str | None:
    """The media type among those that vendors deliver, or None.

    GLB: glTF 2.0, section 4.4.2 (container version 2); tar: POSIX ustar, whose magic stands at byte 257.
    safetensors: a header's length in eight bytes, of which the upper four are 0, and the header's brace.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"glTF\x02\x00\x00\x00"):
        return GLB
    if content.startswith(b"PK\x03\x04"):
        return ZIP
    if content[257:262] == b"ustar":
        return TAR
    if content[4:9] == b"\0\0\0\0{":
        return SAFETENSORS
    return None
