"""Images and sounds: whatever a call takes for one arrives byte for byte, with its media type, again on each try, and
without being held in memory if it is a file."""

from __future__ import annotations

import io
import json
import random
import tracemalloc
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hf_inference import (
    AudioClassificationArgs,
    Binary,
    DocumentQuestionAnsweringArgs,
    HfInference,
    ImageToImageArgs,
    InputError,
    Options,
    TextToImageArgs,
    targets,
)
from hf_inference.core.binary import Base64, Body, Joined
from hf_inference.core.media_types import ending_of, of_name, sniff
from hf_inference.core.wire import json_body
from hf_inference.providers.values import as_data_url
from support.both_shells import outcome_in_both
from support.counting import Sink

FLAC = b"fLaC" + bytes(range(256)) * 3
LABELS = json.dumps([{"label": "a", "score": 1}]).encode()
URL = "https://models.example/x"


class Upload:
    """What a web framework hands a program: bytes that can be read once, and a type."""

    content_type = "audio/x-flac"

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int = -1, /) -> bytes:
        return self._data.read(size)


def as_file(folder: Path) -> Path:
    path = folder / "sound.flac"
    path.write_bytes(FLAC)
    return path


SOURCES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "bytes": (lambda folder: FLAC, "audio/flac"),
    "a bytearray": (lambda folder: bytearray(FLAC), "audio/flac"),
    "a memoryview": (lambda folder: memoryview(FLAC), "audio/flac"),
    "a path": (as_file, "audio/flac"),
    "a file in memory": (lambda folder: io.BytesIO(FLAC), "audio/flac"),
    "bytes with a type of their own": (lambda folder: Binary(FLAC, "audio/x-flac"), "audio/x-flac"),
    "bytes nobody knows": (lambda folder: b"\x00\x01\x02", ""),
    "no bytes": (lambda folder: b"", ""),
}


def labels(status: int = 200) -> httpx.Response:
    return httpx.Response(status, headers={"content-type": "application/json"}, stream=httpx.ByteStream(LABELS))


@pytest.mark.parametrize("name", SOURCES)
async def test_every_kind_of_binary_input_arrives_byte_for_byte_with_its_type(name: str, tmp_path: Path) -> None:
    make, media_type = SOURCES[name]
    source = make(tmp_path)
    data = source.read_bytes() if isinstance(source, Path) else getattr(source, "getvalue", lambda: bytes(source))()
    sinks: list[Sink] = []
    outcome = await outcome_in_both(AudioClassificationArgs(source), targets.endpoint(URL), lambda: made(sinks, labels))
    assert outcome.output[0].label == "a"
    for sink in sinks:
        assert sink.bodies == [data]
        assert sink.headers[0].get("content-type", "") == media_type
        assert sink.headers[0]["content-length"] == str(len(data))


@pytest.mark.parametrize("name", SOURCES)
async def test_beside_parameters_it_is_base64_in_the_json(name: str, tmp_path: Path) -> None:
    source = SOURCES[name][0](tmp_path)
    data = source.read_bytes() if isinstance(source, Path) else getattr(source, "getvalue", lambda: bytes(source))()
    sinks: list[Sink] = []
    call = AudioClassificationArgs(source, parameters={"top_k": 2})
    await outcome_in_both(call, targets.endpoint(URL), lambda: made(sinks, labels))
    for sink in sinks:
        assert json.loads(sink.bodies[0]) == {"inputs": b64encode(data).decode(), "parameters": {"top_k": 2}}
        assert sink.headers[0]["content-type"] == "application/json"
        assert sink.headers[0]["content-length"] == str(len(sink.bodies[0]))


def test_an_open_file_is_read_from_where_it_stands_and_serves_the_next_call_too(tmp_path: Path) -> None:
    sink = Sink(labels)
    with as_file(tmp_path).open("rb") as file, httpx.Client(transport=sink) as http:
        file.seek(4)
        client = HfInference(target=targets.endpoint(URL), http_client=http)
        client.audio_classification(data=file)
        client.audio_classification(data=file)
        assert not file.closed
    assert sink.bodies == [FLAC[4:], FLAC[4:]]
    assert sink.headers[0]["content-type"] == "audio/flac"  # by its name


def test_what_can_be_read_only_once_is_sent_whole_on_every_try() -> None:
    replies = [lambda: labels(503), labels]
    sink = Sink(lambda: replies.pop(0)())
    with httpx.Client(transport=sink) as http:
        client = HfInference(target=targets.classic(), http_client=http)
        client.audio_classification(data=Upload(FLAC), model="m")
    assert sink.bodies == [FLAC, FLAC]
    assert sink.headers[0]["content-type"] == "audio/x-flac"


def test_a_file_is_read_anew_on_every_try(tmp_path: Path) -> None:
    replies = [lambda: labels(503), labels]
    sink = Sink(lambda: replies.pop(0)())
    with httpx.Client(transport=sink) as http:
        HfInference(target=targets.classic(), http_client=http).audio_classification(data=as_file(tmp_path), model="m")
    assert sink.bodies == [FLAC, FLAC]


@pytest.mark.parametrize("parameters", [None, {"top_k": 1}], ids=["raw", "as base64"])
async def test_a_large_file_is_never_held_in_memory(tmp_path: Path, parameters: dict[str, int] | None) -> None:
    path, size = tmp_path / "large.wav", 24 * 1024 * 1024
    with path.open("wb") as file:
        file.truncate(size)
    sinks: list[Sink] = []
    call = AudioClassificationArgs(path, parameters=parameters)
    await outcome_in_both(AudioClassificationArgs(b"x"), targets.endpoint(URL), lambda: made(sinks, labels))  # imports
    sinks.clear()
    tracemalloc.start()
    try:
        await outcome_in_both(call, targets.endpoint(URL), lambda: made(sinks, labels, keep=False))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < size / 4
    least = size if parameters is None else size * 4 // 3
    assert all(sink.lengths[0] >= least and sink.longest_piece < size / 8 for sink in sinks)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("a/path.png", "pathlib.Path"),
        (Path("no such file.png"), "no such file.png cannot be read"),
        (io.StringIO("text"), "binary mode"),
        (3, "not int"),
    ],
)
async def test_what_cannot_be_sent_is_refused_with_the_remedy_and_nothing_is_sent(source: Any, sentence: str) -> None:
    sinks: list[Sink] = []
    outcome = await outcome_in_both(AudioClassificationArgs(source), targets.endpoint(URL), lambda: made(sinks, labels))
    assert isinstance(outcome.error, InputError)
    assert sentence in str(outcome.error)
    assert not any(sink.bodies for sink in sinks)


async def test_a_file_that_shrinks_while_it_is_sent_is_said_to_have(tmp_path: Path) -> None:
    path = as_file(tmp_path)

    class Shrinking(io.BytesIO):
        def seek(self, offset: int, whence: int = 0, /) -> int:
            place = super().seek(offset, whence)
            return place + 10 if whence == io.SEEK_END else place

    outcome = await outcome_in_both(
        AudioClassificationArgs(Shrinking(path.read_bytes())), targets.endpoint(URL), lambda: Sink(labels)
    )
    assert isinstance(outcome.error, InputError)
    assert "shorter" in str(outcome.error)


async def test_an_image_inside_the_inputs_is_base64_beside_its_question(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    sinks: list[Sink] = []
    call = DocumentQuestionAnsweringArgs({"question": 'binary1 "binary1"', "image": path})
    answer = b'[{"answer": "b"}]'
    await outcome_in_both(call, targets.endpoint(URL), lambda: made(sinks, lambda: whole(answer, "application/json")))
    for sink in sinks:
        sent = json.loads(sink.bodies[0])
        assert sent == {"inputs": {"question": 'binary1 "binary1"', "image": "iVBORw0KGgo="}}


async def test_an_image_comes_back_with_its_type_and_can_be_saved(tmp_path: Path) -> None:
    jpeg = b"\xff\xd8\xff\xe0 picture"
    outcome = await outcome_in_both(
        TextToImageArgs("a cat"), targets.endpoint(URL), lambda: Sink(lambda: whole(jpeg, "image/jpeg"))
    )
    image = outcome.output
    assert (image.media_type, bytes(image), len(image)) == ("image/jpeg", jpeg, len(jpeg))
    assert image.save(tmp_path / "cat").name == "cat.jpg"
    assert (tmp_path / "cat.jpg").read_bytes() == jpeg
    assert image.save(str(tmp_path / "dog.jpeg")) == tmp_path / "dog.jpeg"
    assert "picture" not in repr(image)


async def test_an_output_is_an_input_of_the_next_call() -> None:
    sinks: list[Sink] = []
    call = ImageToImageArgs(Binary(b"GIF89a", "image/gif"))
    await outcome_in_both(call, targets.endpoint(URL), lambda: made(sinks, lambda: whole(b"x", "image/png")))
    assert all(sink.headers[0]["content-type"] == "image/gif" and sink.bodies == [b"GIF89a"] for sink in sinks)


async def test_bytes_of_no_said_type_are_known_by_how_they_begin() -> None:
    outcome = await outcome_in_both(
        TextToImageArgs("a cat"), targets.endpoint(URL), lambda: Sink(lambda: whole(b"\xff\xd8\xff", ""))
    )
    assert outcome.output.media_type == "image/jpeg"


async def test_options_of_the_binary_call_are_headers_of_the_old_wire_and_beside_parameters_in_the_body() -> None:
    for parameters in (None, {"top_k": 1}):
        sinks: list[Sink] = []
        call = AudioClassificationArgs(FLAC, model="m", parameters=parameters, options=Options(use_cache=False))
        await outcome_in_both(call, targets.classic(), lambda sinks=sinks: made(sinks, labels))  # type: ignore[misc]
        for sink in sinks:
            in_headers = sink.headers[0].get("x-use-cache") == "false"
            in_body = b'"use_cache":false' in sink.bodies[0]
            assert (in_headers, in_body) == (parameters is None, parameters is not None)


@given(st.lists(st.binary(max_size=50)), st.text(alphabet='binary12+"\\', max_size=20))
def test_base64_in_pieces_is_base64_and_json_around_it_stays_json(pieces: list[bytes], text: str) -> None:
    data = b"".join(pieces)
    assert b"".join(Base64(Pieces(pieces)).chunks()).decode() == b64encode(data).decode()
    body = json_body({"text": text, "binary1": text, "images": [Pieces(pieces), Pieces([data])], "last": text})
    assert isinstance(body, Joined)
    sent = b"".join(body.chunks())
    assert len(sent) == body.size
    said = json.loads(sent)
    assert said["text"] == said["binary1"] == said["last"] == text
    assert [b64decode(image) for image in said["images"]] == [data, data]


def test_pieces_longer_than_the_reading_size_join_without_padding_between() -> None:
    data = random.Random(1).randbytes(2_000_003)
    assert b"".join(Base64(Binary(data)).chunks()) == b64encode(data)
    assert Base64(Binary(data)).size == len(b64encode(data))


def test_a_data_url_says_the_type() -> None:
    url = as_data_url(Binary(b"abc", "image/png"))
    assert url is not None
    assert b"".join(url.chunks()) == b"data:image/png;base64,YWJj"
    said = json_body({"url": as_data_url(Binary(b"abc"), "image/jpeg")})
    assert isinstance(said, Body)
    assert json.loads(b"".join(said.chunks())) == {"url": "data:image/jpeg;base64,YWJj"}
    assert Binary(b"abc", "image/png").data_url() == "data:image/png;base64,YWJj"
    assert Binary(b"abc").data_url() == "data:application/octet-stream;base64,YWJj"


BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff\xe0": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"RIFF\x00\x00\x00\x00WEBPVP8 ": "image/webp",
    b"BM\x00\x00": "image/bmp",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"\x00\x00\x00\x1cftypavif": "image/avif",
    b"RIFF\x00\x00\x00\x00WAVEfmt ": "audio/wav",
    b"fLaC": "audio/flac",
    b"ID3\x04": "audio/mpeg",
    b"\xff\xfb\x90\x00": "audio/mpeg",
    b"\xff\xf3\x80\xc4": "audio/mpeg",
    b"\xff\xf1\x50\x80": "audio/aac",
    b"OggS\x00\x02" + bytes(22) + b"\x01vorbis": "audio/ogg",
    b"OggS\x00\x02" + bytes(22) + b"OpusHead": "audio/ogg",
    b"OggS\x00\x02" + bytes(22) + b"\x80theora": "video/ogg",
    b"\x00\x00\x00\x20ftypM4A ": "audio/mp4",
    b"\x00\x00\x00\x20ftypisom": "video/mp4",
    b"\x00\x00\x00\x14ftypqt  ": "video/quicktime",
    b"\x1aE\xdf\xa3\x9fB\x86\x81\x01\x42\x82\x84webm": "video/webm",
    b"\x1aE\xdf\xa3\xa3B\x82\x88matroska": "video/x-matroska",
    b"RIFF\x00\x00\x00\x00AVI LIST": "video/x-msvideo",
    b"%PDF-1.7": "application/pdf",
    b"RIFF\x00\x00\x00\x00ABCD": "",
    b"\xff\xff\xff\xff": "",
    b"hello": "",
    b"": "",
}


@pytest.mark.parametrize(("head", "media_type"), BEGINNINGS.items(), ids=repr)
def test_a_file_is_known_by_how_it_begins(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type


@pytest.mark.parametrize(
    ("name", "media_type", "ending"),
    [
        ("a.PNG", "image/png", ".png"),
        ("b.jpeg", "image/jpeg", ".jpg"),
        ("c.tar.mp3", "audio/mpeg", ".mp3"),
        ("png", "", ""),
        ("d.unknown", "", ""),
    ],
)
def test_a_name_that_says_more_than_the_bytes_is_believed(name: str, media_type: str, ending: str) -> None:
    assert of_name(name) == media_type
    assert ending_of(media_type) == ending


def test_a_media_types_parameters_and_older_names_do_not_hide_its_ending() -> None:
    assert ending_of("Audio/X-WAV; rate=16000") == ".wav"


class Pieces(Body):
    """A body in given pieces."""

    media_type = ""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    @property
    def size(self) -> int:
        return sum(map(len, self._pieces))

    @property
    def in_memory(self) -> bool:
        return True

    def chunks(self) -> Iterator[bytes]:
        yield from self._pieces


def made(sinks: list[Sink], answer: Callable[[], httpx.Response], *, keep: bool = True) -> Sink:
    sinks.append(Sink(answer, keep=keep))
    return sinks[-1]


def whole(body: bytes, media_type: str) -> httpx.Response:
    headers = {"content-type": media_type} if media_type else {}
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))
