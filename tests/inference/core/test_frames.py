"""Events that come together are read together: by their common frame, in one text. Each way must give what reading one
event at a time gives, for whatever a server may write."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterable
from dataclasses import FrozenInstanceError, dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hf_inference.core import events
from hf_inference.core.errors import InferenceError
from hf_inference.core.events import EventReader
from hf_inference.core.frames import Framed, frame_of, unescaped
from hf_inference.core.values import maker
from hf_inference.core.wire import Request, Response
from hf_inference.tasks.nlp.chat_completion_stream import ChatEvents
from hf_inference.tasks.nlp.text_generation_stream import TextGenerationStreamOutput, TokenEvents

REQUEST = Request(method="POST", url="https://host.test/m")
RESPONSE = Response(200, {"content-type": "text/event-stream"})

Decoder = type[TokenEvents] | type[ChatEvents]


def read(decoder: Decoder, chunks: Iterable[bytes], worth: int = 0) -> tuple[list[Any], str, str]:
    """The pieces of a stream, the error that ended it, and the text that is told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "WORTH", worth)
        return _read(decoder, chunks)


def _read(decoder: Decoder, chunks: Iterable[bytes]) -> tuple[list[Any], str, str]:
    reader: EventReader[Any] = EventReader(decoder(), REQUEST, RESPONSE)
    pieces: list[Any] = []
    error = ""
    try:
        for chunk in chunks:
            pieces.extend(reader.feed(chunk))
        pieces.extend(reader.finish())
    except InferenceError as raised:
        error = f"{type(raised).__name__}: {raised}"
    return pieces, error, reader.partial_text


def together(payloads: Iterable[str], *, mark: str = "data: ") -> tuple[bytes, list[bytes]]:
    """A stream whole, and one event at a time, cut amid its blank line so that nothing can be read together."""
    pieces = [f"{mark}{payload}\n\n".encode("utf-8", "surrogatepass") for payload in payloads]
    return b"".join(pieces), [part for piece in pieces for part in (piece[:-1], piece[-1:])]


def same_however(decoder: Decoder, payloads: list[str], *, mark: str = "data: ") -> tuple[list[Any], str, str]:
    """What a stream says, having seen that it says so in any number of pieces."""
    whole, pieces = together(payloads, mark=mark)
    one_by_one = read(decoder, pieces)
    assert read(decoder, [b": hello\n\n", whole]) == one_by_one
    half = len(whole) // 2
    assert read(decoder, [whole[:half], whole[half:]]) == one_by_one
    assert repr(read(decoder, [b": hello\n\n", whole])) == repr(one_by_one)  # 1 and 1.0 are equal, and not the same
    return one_by_one


def token(index: int | None, text: str, **more: Any) -> dict[str, Any]:
    event: dict[str, Any] = {
        "token": {"id": 7, "text": text, "logprob": -0.5, "special": False},
        "generated_text": None,
    }
    event = {**event, "details": None, **({} if index is None else {"index": index})}
    return {**event, **more}


def chunk(text: str, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None, **more}
    return {"id": "c1", "object": "chunk", "created": 17, "model": "m", "choices": [choice]}


def dumped(values: Iterable[Any]) -> list[str]:
    return [json.dumps(value, separators=(",", ":"), ensure_ascii=False) for value in values]


def tgi(index: int, text: str, logprob: str = "-0.25", number: str = "5", end: str = "") -> str:
    """An event as TGI writes it."""
    told = json.dumps(text, ensure_ascii=False)
    return (
        f'{{"index":{index},"token":{{"id":{number},"text":{told},"logprob":{logprob},"special":false}},'
        f'"generated_text":null,"details":null{end}}}'
    )


@pytest.fixture
def frames_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The events that were read by a frame, run by run."""
    counts: list[int] = []
    real = EventReader._by_frame

    def counted(reader: EventReader[Any], text: str, count: int) -> Any:
        pieces = real(reader, text, count)
        counts.append(0 if pieces is None else len(pieces))
        return pieces

    monkeypatch.setattr(EventReader, "_by_frame", counted)
    return counts


@pytest.mark.parametrize("mark", ["data: ", "data:"])
def test_a_run_of_tgis_events_is_read_by_its_frame(mark: str, frames_read: list[int]) -> None:
    payloads = [
        tgi(index, text, number=str(index * 3)) for index, text in enumerate([" word", 'a "b"\n', "é", ""] * 10)
    ]
    pieces, _, text = same_however(TokenEvents, payloads, mark=mark)
    assert max(frames_read) == 40
    assert (len(pieces), text) == (40, (" word" + 'a "b"\n' + "é") * 10)
    assert (pieces[5].index, pieces[5].token.id, pieces[5].token.logprob) == (5, 15, -0.25)


@pytest.mark.parametrize("role", ["assistant", None])
def test_a_run_of_chat_chunks_is_read_by_its_frame(role: str | None, frames_read: list[int]) -> None:
    payloads = dumped(chunk(text) for text in ["Once ", '\\u"pon"', "\n", "\u2028", "a time", "\x7f"] * 10)
    if role is None:
        payloads = [payload.replace('"role":"assistant",', "") for payload in payloads]
    pieces, _, text = same_however(ChatEvents, payloads)
    assert max(frames_read) == 60
    assert text == "".join(json.loads(payload)["choices"][0]["delta"]["content"] for payload in payloads)
    assert {(piece.id, piece.created, piece.model, piece.choices[0].delta.role) for piece in pieces} == {
        ("c1", 17, "m", role)
    }


DETAILS = {"finish_reason": "length", "generated_tokens": 3, "seed": None}

ODD: dict[str, tuple[Decoder, Callable[[list[str]], list[str]]]] = {
    # name: the stream's events, most of them of one frame, and what is odd about it
    "done at the end": (TokenEvents, lambda usual: [*usual, "[DONE]"]),
    "done and then more": (TokenEvents, lambda usual: [*usual, "[DONE]", *usual]),
    "an error event amid": (TokenEvents, lambda usual: [*usual, '{"error":"out of memory","error_type":"x"}', *usual]),
    "an error written with an escape": (TokenEvents, lambda usual: [*usual, r'{"\u0065rror":"out"}', *usual]),
    "an error in each": (TokenEvents, lambda usual: [tgi(1, "x", end=',"error":"out"')] * 20),
    "an error that is null in each": (TokenEvents, lambda usual: [tgi(1, "x", end=',"error":null')] * 20),
    "an error that is null": (TokenEvents, lambda usual: [*usual, tgi(1, "x", end=',"error":null'), *usual]),
    "no JSON amid": (TokenEvents, lambda usual: [*usual, "nonsense", *usual]),
    "two values in an event": (TokenEvents, lambda usual: [*usual, f"{tgi(1, 'x')},{tgi(2, 'y')}", *usual]),
    "two values with a space": (TokenEvents, lambda usual: [*usual, f"{tgi(1, 'x')} {tgi(2, 'y')}", *usual]),
    "an event cut in two": (TokenEvents, lambda usual: [*usual, tgi(1, "x")[:30], tgi(1, "x")[30:], *usual]),
    "a number": (TokenEvents, lambda usual: [*usual, "5", *usual]),
    "an empty event": (TokenEvents, lambda usual: [*usual, "", *usual]),
    "white space within": (TokenEvents, lambda usual: [*usual, json.dumps(token(1, "x"), indent=None), *usual]),
    "white space round": (TokenEvents, lambda usual: [*usual, f"  {tgi(1, 'x')} ", *usual]),
    "a logprob that is whole": (TokenEvents, lambda usual: [*usual, tgi(1, "x", logprob="0"), *usual]),
    "a logprob with an exponent": (TokenEvents, lambda usual: [*usual, tgi(1, "x", logprob="-1e-7"), *usual]),
    "a logprob that is NaN": (TokenEvents, lambda usual: [*usual, tgi(1, "x", logprob="-Infinity"), *usual]),
    "a logprob that is null": (TokenEvents, lambda usual: [*usual, tgi(1, "x", logprob="null"), *usual]),
    "a leading zero": (TokenEvents, lambda usual: [*usual, tgi(1, "x", number="07"), *usual]),
    "an id with a fraction": (TokenEvents, lambda usual: [*usual, tgi(1, "x", number="7.5"), *usual]),
    "an id of 5,000 digits": (TokenEvents, lambda usual: [*usual, tgi(1, "x", number="7" * 5_000), *usual]),
    "a bad escape": (TokenEvents, lambda usual: [*usual, tgi(1, "@").replace("@", r"\x"), *usual]),
    "half an escape": (TokenEvents, lambda usual: [*usual, tgi(1, "@").replace("@", r"\u12"), *usual]),
    "half a surrogate pair": (TokenEvents, lambda usual: [*usual, tgi(1, "@").replace("@", r"\ud83d"), *usual]),
    "a control character": (TokenEvents, lambda usual: [*usual, tgi(1, "@").replace("@", "\t"), *usual]),
    "bytes that are no UTF-8": (TokenEvents, lambda usual: [*usual, tgi(1, "@").replace("@", "\ud800"), *usual]),
    "a member twice": (TokenEvents, lambda usual: [tgi(1, "x", end=f',"token":{token(1, "y")["token"]}')] * 20),
    "the last one with details": (
        TokenEvents,
        lambda usual: [*usual, json.dumps(token(9, "", generated_text="all", details=DETAILS))],
    ),
    "no index": (TokenEvents, lambda usual: dumped(token(None, str(number)) for number in range(20))),
    "special tokens": (TokenEvents, lambda usual: [event.replace("false", "true") for event in usual]),
    "another order of members": (
        TokenEvents,
        lambda usual: dumped({"details": None, **token(number, "x")} for number in range(20)),
    ),
    "another frame later": (
        ChatEvents,
        lambda usual: dumped(
            [*[chunk("a")] * 20, *[{**chunk("b"), "created": 18}] * 20, chunk("c", finish_reason="x")]
        ),
    ),
    "a text that looks like a border": (ChatEvents, lambda usual: dumped([chunk('"}},{"a":"'), chunk("},{")] * 20)),
    "a role in the first alone": (
        ChatEvents,
        lambda usual: dumped([chunk(""), *[chunk("a", delta={"content": "b"})] * 30]),
    ),
    "a model that is no string": (ChatEvents, lambda usual: dumped([*[chunk("a")] * 20, {**chunk("b"), "model": 5}])),
    "nothing but models that are none": (ChatEvents, lambda usual: dumped([{**chunk("b"), "model": 5}] * 20)),
    "two choices": (
        ChatEvents,
        lambda usual: dumped([{**chunk("a"), "choices": chunk("a")["choices"] * 2}] * 20),
    ),
    "usage in each": (ChatEvents, lambda usual: dumped([{**chunk("a"), "usage": {"total_tokens": 5}}] * 20)),
    "a usage chunk at the end": (
        ChatEvents,
        lambda usual: [*dumped([*[chunk("a")] * 20, {"choices": [], "usage": {"total_tokens": 5}}]), "[DONE]"],
    ),
    "logprobs": (ChatEvents, lambda usual: dumped([chunk("a", logprobs={"content": []})] * 20)),
    "text in the place of a choice": (ChatEvents, lambda usual: dumped([{**chunk("a"), "choices": ["x"]}] * 20)),
    "null in the place of a delta": (ChatEvents, lambda usual: dumped([chunk("a", delta=None)] * 20)),
    "no index in the choice": (ChatEvents, lambda usual: dumped([{"choices": [{"delta": {"content": "b"}}]}] * 20)),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_event_among_many_is_read_as_it_is_alone(name: str) -> None:
    decoder, stream = ODD[name]
    same_however(decoder, stream([tgi(number, f" word{number}") for number in range(20)]))


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=60)
@given(
    texts=st.lists(WORDS, min_size=events.MANY, max_size=40),
    logprobs=st.lists(st.floats(), min_size=40, max_size=40),
    escaped=st.booleans(),
    at=st.lists(st.integers(0, 4_000), max_size=6),
)
def test_any_words_come_through_any_cuts(texts: list[str], logprobs: list[float], escaped: bool, at: list[int]) -> None:
    for decoder, payloads in (
        (TokenEvents, [token(place, text, token={"id": place, "text": text, "logprob": logprobs[place]})
                       for place, text in enumerate(texts)]),
        (ChatEvents, [chunk(text) for text in texts]),
    ):  # fmt: skip
        whole, pieces = together(json.dumps(payload, ensure_ascii=escaped) for payload in payloads)
        places = [0, *sorted(place for place in at if place < len(whole)), len(whole)]
        cut = [whole[start:end] for start, end in pairwise(places)]
        assert repr(read(decoder, cut)) == repr(read(decoder, pieces))


def test_a_stream_is_searched_for_a_frame_once_it_is_long_enough_to_gain_by_one(frames_read: list[int]) -> None:
    run, _ = together(tgi(place, "a") for place in range(100))
    assert len(read(TokenEvents, [b": hello\n\n", *[run] * 9], events.WORTH)[0]) == 900
    assert frames_read == [100] * 3


def test_streams_without_a_common_frame_are_not_searched_for_one_for_ever(
    frames_read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "WORTH", 0)
    runs = [together(dumped(chunk("a", note=place * run) for place in range(20)))[0] for run in range(1, 40)]
    reader: EventReader[Any] = EventReader(ChatEvents(), REQUEST, RESPONSE)
    assert sum(len(list(reader.feed(run))) for run in [b": hello\n\n", *runs]) == 39 * 20
    assert reader._attempts == 0
    assert frames_read == [0] * 39


def test_a_trickling_stream_is_never_searched_for_a_frame(frames_read: list[int]) -> None:
    whole, _ = together([tgi(1, "a")])
    assert len(read(TokenEvents, [whole] * 100)[0]) == 100
    assert frames_read == []


def test_an_event_too_long_to_be_searched_has_no_frame() -> None:
    """Each of its scalars would have it parsed once more."""
    payloads = [tgi(place, "a", end=f',"more":{list(range(1_000))}') for place in range(20)]
    assert same_however(TokenEvents, payloads)[2] == "a" * 20
    framed = TokenEvents().framed(json.loads(payloads[0]))
    assert framed is not None
    assert frame_of(payloads[0], json.loads(payloads[0]), framed, "data: ") is None


def test_a_frame_whose_hole_is_not_found_is_none() -> None:
    framed: Framed[Any] = Framed((("a",), ("b",)), list)
    assert frame_of('{"a":1,"b":"x"}', {"a": 1, "b": "x"}, framed, "data:") is not None
    assert frame_of('{"b":"x","a":1}', {"a": 1, "b": "x"}, framed, "data:") is None  # in another order
    assert frame_of('{"a":NaN,"b":"x"}', {"a": float("nan"), "b": "x"}, framed, "data:") is None


@pytest.mark.parametrize(("raw", "said"), [("a", "a"), (r"a\"\u00e9", 'a"é'), (r"\ud83d\ude00", "😀")])
def test_a_strings_raw_text_says_what_json_says(raw: str, said: str) -> None:
    assert unescaped(raw) == said


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    name: str = "origin"


def test_what_a_maker_makes_is_what_the_class_makes() -> None:
    make = maker(Point)
    made = make(3)
    assert type(made) is Point
    assert (made, hash(made), repr(made)) == (Point(3), hash(Point(3)), repr(Point(3)))
    assert make(1, name="b") == make(1, "b") == replace(made, x=1, name="b")
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made
    with pytest.raises(FrozenInstanceError):
        made.x = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        make()  # type: ignore[call-arg]


def test_a_pieces_parts_cannot_be_assigned_to() -> None:
    [piece] = TokenEvents().decode(token(1, "a"))
    assert isinstance(piece, TextGenerationStreamOutput)
    with pytest.raises(FrozenInstanceError):
        piece.token.text = "b"  # type: ignore[misc]
