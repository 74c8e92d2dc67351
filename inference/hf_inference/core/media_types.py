"""What kind of file some bytes are: told by how they begin, else by a file name's ending.

Knows the images, sounds and films that models take and give. Knows no file and no wire.
"""

from __future__ import annotations

from collections.abc import Mapping

HEAD = 512
"""Bytes of a file's beginning that are enough for `sniff`."""


def sniff(head: bytes) -> str:
    """The media type of a file that begins so, "" if it is none of those known here."""
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":  # ISO base media: the brand says which of the family it is
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head[:4] == b"OggS":
        return "video/ogg" if b"\x80theora" in head[:64] else "audio/ogg"
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    return "audio/mpeg" if _is_mpeg_frame(head) else ""


def of_name(name: str) -> str:
    """The media type that a file name's ending promises, "" if none does."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return _ENDINGS.get(ending, "")


def ending_of(media_type: str) -> str:
    """The file name ending of a media type with its dot, "" if it is none of those known here."""
    kind = media_type.partition(";")[0].strip().lower()
    kind = _SYNONYMS.get(kind, kind)
    return next((f".{ending}" for ending, known in _ENDINGS.items() if known == kind), "")


def _is_mpeg_frame(head: bytes) -> bool:
    """An MPEG audio frame: eleven set bits, then a layer, bit rate and sample rate that exist (ADTS: layer 0)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer, rate, samples = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer != 0 and rate not in (0, 15) and samples != 3


_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"%PDF-", "application/pdf"),
    (b"FORM", "audio/aiff"),
    (b".snd", "audio/basic"),
)

_RIFF: Mapping[bytes, str] = {b"WAVE": "audio/wav", b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}

_BRANDS: Mapping[bytes, str] = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"avif": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"qt  ": "video/quicktime",
}

_ENDINGS: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "tif": "image/tiff",
    "avif": "image/avif",
    "heic": "image/heic",
    "heif": "image/heif",
    "svg": "image/svg+xml",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "aiff": "audio/aiff",
    "au": "audio/basic",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "mov": "video/quicktime",
    "ogv": "video/ogg",
    "pdf": "application/pdf",
    "json": "application/json",
    "txt": "text/plain",
}

_SYNONYMS: Mapping[str, str] = {
    "audio/x-flac": "audio/flac",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "image/jpg": "image/jpeg",
    "video/avi": "video/x-msvideo",
}
