"""What an error says: every body shape that backends send, every status, and never a credential."""

from __future__ import annotations

import json
import pickle
import traceback
from typing import Any

import pytest

from hf_inference.core import errors
from hf_inference.core.call import StreamCall
from hf_inference.core.errors import (
    AuthenticationError,
    BackendError,
    BadRequestError,
    GenerationError,
    InferenceError,
    ModelLoadingError,
    ModelNotFoundError,
    NotImplementedByBackendError,
    PaymentRequiredError,
    RateLimitedError,
    UnexpectedContentError,
)
from hf_inference.core.refusals import error_from_response, read_error
from hf_inference.core.wire import Request, Response

TOKEN = "hf_SECRETsecretSECRET"

REQUEST = Request(
    method="POST",
    url=f"https://me:{TOKEN}@host.test:8443/models/m?token={TOKEN}",
    headers={"Content-Type": "application/json"},
    secret_headers={"Authorization": f"Bearer {TOKEN}", "X-Key": TOKEN},
    body=b'{"inputs":"a text of the user"}',
)

# (what it is, the body as sent, its sentence, its error type)
BODIES: list[tuple[str, Any, str, str]] = [
    ("the Hub's", {"error": "Model not found"}, "Model not found", ""),
    ("a list", {"error": ["a is wrong", "b too"]}, "a is wrong, b too", ""),
    ("TGI's", {"error": "too long", "error_type": "validation"}, "too long", "validation"),
    ("TEI's", {"error": "batch", "error_type": "Overloaded"}, "batch", "Overloaded"),
    ("warnings that say more", {"error": "unknown error", "warnings": ["CUDA"]}, "unknown error; CUDA", ""),
    ("warnings that repeat", {"error": "oom", "warnings": ["There was an error: oom"]}, "oom", ""),
    ("warnings alone", {"warnings": ["first", "second"]}, "first; second", ""),
    ("loading", {"error": "is loading", "estimated_time": 20.5}, "is loading", ""),
    (
        "OpenAI's",
        {"error": {"message": "bad role", "type": "invalid_request_error", "param": None, "code": "x"}},
        "bad role",
        "invalid_request_error",
    ),
    ("OpenAI's with a code alone", {"error": {"message": "bad", "code": 400}}, "bad", "400"),
    ("with an id", {"id": "r", "error": {"message": "m"}}, "m", ""),
    ("a message", {"message": "no route", "request_id": "r"}, "no route", ""),
    (
        "vLLM's",
        {"message": "too many", "object": "error", "type": "BadRequestError", "param": None, "code": 400},
        "too many",
        "BadRequestError",
    ),
    ("FastAPI's", {"detail": "Not Found"}, "Not Found", ""),
    (
        "FastAPI's validation",
        {"detail": [{"loc": ["body", "inputs", 0], "msg": "field required", "type": "missing"}]},
        "body.inputs.0: field required",
        "",
    ),
    (
        "problem+json",
        {"detail": "steps too big", "status": 422, "title": "Unprocessable", "invalid_fields": ["steps"]},
        "steps too big",
        "",
    ),
    ("a title alone", {"title": "Gone", "status": 410}, "Gone", ""),
    ("the Hub's list", {"errors": [{"message": "one"}, {"message": "two"}]}, "one, two", ""),
    ("an error in a list", [{"error": "first"}, "second"], "first, second", ""),
    ("text", "Failed to deserialize the JSON body", "Failed to deserialize the JSON body", ""),
    ("an empty error and a message", {"error": "", "message": "real"}, "real", ""),
    ("an object nobody knows", {"oops": {"why": 1}}, '{"oops": {"why": 1}}', ""),
    ("an error that is true", {"error": True}, "True", ""),
    ("null", None, "", ""),
    ("an empty object", {}, "", ""),
    ("an empty list", [], "", ""),
    ("a number", 7, "7", ""),
]


@pytest.mark.parametrize(("body", "sentence", "kind"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_an_error_body_gives_its_sentence_and_type(body: Any, sentence: str, kind: str) -> None:
    assert read_error(body)[:2] == (sentence, kind)
    sent = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    error = error_from_response(Response(422, {}, sent), REQUEST)
    assert (error.detail, error.error_type) == (sentence, kind)
    assert "422" in str(error)
    assert "[object" not in str(error)


@pytest.mark.parametrize("depth", [5, 50, 5_000])
def test_a_body_nested_for_ever_is_read_without_harm(depth: int) -> None:
    body: Any = "far down"
    for _ in range(depth):
        body = {"error": [body]}
    assert len(read_error(body)[0]) <= 2_000


def test_a_long_sentence_is_cut() -> None:
    assert len(str(error_from_response(Response(500, {}, b"x" * 1_000_000), REQUEST))) < 2_200
    assert len(read_error({"detail": [{"msg": "y" * 500}] * 10_000})[0]) <= 2_000


STATUSES: list[tuple[int, type[BackendError]]] = [
    (400, BadRequestError),
    (401, AuthenticationError),
    (402, PaymentRequiredError),
    (403, AuthenticationError),
    (404, ModelNotFoundError),
    (405, BadRequestError),
    (409, BadRequestError),
    (410, ModelNotFoundError),
    (413, BadRequestError),
    (422, BadRequestError),
    (424, GenerationError),
    (429, RateLimitedError),
    (500, BackendError),
    (501, NotImplementedByBackendError),
    (502, BackendError),
    (503, ModelLoadingError),
    (504, BackendError),
    (520, BackendError),
    (599, BackendError),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
@pytest.mark.parametrize("body", [b"", b'{"error":"why"}', b"plain"], ids=["empty", "JSON", "text"])
def test_a_status_is_a_leaf_whatever_the_body(status: int, kind: type[BackendError], body: bytes) -> None:
    error = error_from_response(Response(status, {"x-request-id": "r-7"}, body), REQUEST, provider="acme")
    assert type(error) is kind
    assert (error.status, error.provider, error.host, error.request_id) == (status, "acme", "host.test:8443", "r-7")
    assert str(error).startswith(f"acme at host.test:8443 answered {status}: ")
    assert len(str(error)) > len(f"acme at host.test:8443 answered {status}: ")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, AuthenticationError), (404, ModelNotFoundError), (429, RateLimitedError)]
    + [(status, UnexpectedContentError) for status in (400, 418, 500, 502, 503, 504)],
)
@pytest.mark.parametrize("media_type", ["text/html", "text/html; charset=utf-8", "application/xhtml+xml"])
def test_a_web_page_is_named_and_never_quoted(status: int, kind: type[BackendError], media_type: str) -> None:
    page = Response(status, {"content-type": media_type}, b"<html><h1>502 Bad Gateway</h1></html>")
    error = error_from_response(page, REQUEST)
    assert type(error) is kind
    assert "a web page" in str(error)
    assert "<h1>" not in str(error) + error.detail


@pytest.mark.parametrize("header", ["x-request-id", "x-amzn-trace-id", "x-amz-cf-id", "cf-ray"])
def test_the_request_id_is_found_under_each_of_its_names(header: str) -> None:
    assert error_from_response(Response(500, {header: "r"}), REQUEST).request_id == "r"


# --- the tree --------------------------------------------------------------------------------------------


def every_error() -> list[InferenceError]:
    reply = Response(422, {"x-request-id": "r"}, b'{"error":"why","error_type":"validation"}')
    backend = {"status": 500, "host": "h", "request": REQUEST.redacted(), "retry_after": 1.5, "partial_text": "so far"}
    made: list[InferenceError] = [error_from_response(reply, REQUEST)]
    for kind in vars(errors).values():
        if not isinstance(kind, type) or not issubclass(kind, InferenceError):
            continue
        if issubclass(kind, BackendError):
            made.append(kind("said", **backend))  # type: ignore[arg-type]
        elif kind is errors.InferenceTimeoutError:
            made.append(kind("said", host="h", phase="total", partial_text="so far"))
        elif kind is errors.IncompleteStreamError:
            made.append(kind("said", host="h", partial_text="so far"))
        elif kind is errors.BackendUnreachableError:
            made.append(kind("said", host="h", before_sending=True))
        elif kind is errors.InferenceOutputError:
            made.append(kind("said", path="$[0]", expected="string", received="null"))
        else:
            made.append(kind("said"))
    return made


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_after_pickling(error: InferenceError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_an_error_shows_no_credential(error: InferenceError) -> None:
    shown = [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
    assert not any(TOKEN in text for text in shown)
    assert TOKEN.encode() not in pickle.dumps(error)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        ("InputError", ValueError),
        ("BackendUnreachableError", ConnectionError),
        ("InferenceTimeoutError", TimeoutError),
        ("IncompleteStreamError", ConnectionError),
        ("InferenceOutputError", TypeError),
    ],
)
def test_an_error_is_also_what_python_calls_it(kind: str, builtin: type[Exception]) -> None:
    assert issubclass(getattr(errors, kind), builtin)


def test_an_output_error_has_the_seeds_very_sentence() -> None:
    error = errors.InferenceOutputError("Expected Array<{summary_text: string}>")
    assert str(error) == (
        "Invalid inference output: Expected Array<{summary_text: string}>. Use the 'request' method with the same "
        "parameters to do a custom call with no type checking."
    )


# --- what is shown of the rest ---------------------------------------------------------------------------


def test_a_request_shows_neither_its_secrets_nor_its_body() -> None:
    shown = REQUEST.redacted()
    assert shown == {
        "method": "POST",
        "url": "https://host.test:8443/models/m",
        "headers": {"Content-Type": "application/json", "Authorization": "<redacted>", "X-Key": "<redacted>"},
        "body_bytes": 31,
    }
    assert f"Bearer {TOKEN}" not in repr(REQUEST)
    assert "a text of the user" not in repr(REQUEST)


def test_a_call_does_not_show_its_token() -> None:
    assert TOKEN not in repr(StreamCall(model="m", access_token=TOKEN))
