"""What a person reads when a backend fails: one sentence for each error, with a way out and no secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

import hf_inference
from hf_inference import InferenceError
from inference_lsp import problems

TOKEN = "hf_" + "abcDEF0123456789"
HOST = "models.example:8080"


def backend(kind: str, status: int, detail: str = "", **more: object) -> InferenceError:
    error: InferenceError = getattr(hf_inference, kind)("raw words", status=status, detail=detail, host=HOST, **more)
    return error


def other(kind: str, message: str = "raw words", **more: object) -> InferenceError:
    error: InferenceError = getattr(hf_inference, kind)(message, **more)
    return error


CASES: dict[str, tuple[Callable[[], InferenceError], str]] = {
    "401": (
        partial(backend, "AuthenticationError", 401, "Invalid credentials"),
        f"{HOST} does not accept the token (401). Set a valid one for this server, in your editor.",
    ),
    "401 of Hugging Face": (
        partial(hf_inference.AuthenticationError, "no", status=401, host="router.huggingface.co"),
        "router.huggingface.co does not accept the token (401). Set a valid one (HF_TOKEN).",
    ),
    "403": (
        partial(backend, "AuthenticationError", 403, "this model is gated"),
        f"The token has no permission for this at {HOST} (403): this model is gated.",
    ),
    "402": (partial(backend, "PaymentRequiredError", 402), f"The account at {HOST} has no credit left (402)."),
    "404": (
        partial(backend, "ModelNotFoundError", 404, "no model x"),
        f"{HOST} does not have this model: no model x. Choose another in inference.models.",
    ),
    "404 without a word": (
        partial(backend, "ModelNotFoundError", 404),
        f"{HOST} does not have this model: 404. Choose another in inference.models.",
    ),
    "501": (partial(backend, "NotImplementedByBackendError", 501, "Configure a model."), "Configure a model."),
    "413": (partial(backend, "BadRequestError", 413), f"The text is too long for {HOST}: select less."),
    "422": (partial(backend, "BadRequestError", 422, "`x` must be 1"), f"{HOST} refuses: `x` must be 1."),
    "429": (
        partial(backend, "RateLimitedError", 429, retry_after=7.4),
        f"{HOST} takes no more requests for now (429). Try again in 7 s.",
    ),
    "429 without a time": (partial(backend, "RateLimitedError", 429), f"{HOST} takes no more requests for now (429)."),
    "503": (
        partial(backend, "ModelLoadingError", 503, "Model x is loading."),
        f"The model at {HOST} is still not ready (503): Model x is loading. Try again in a minute.",
    ),
    "an error amid a stream": (
        partial(backend, "GenerationError", 200, "CUDA went away"),
        f"{HOST} stopped with an error amid the answer: CUDA went away.",
    ),
    "a web page": (
        partial(backend, "UnexpectedContentError", 502, "a web page"),
        f"What {HOST} sent is no model's answer: a web page.",
    ),
    "500": (partial(backend, "BackendError", 500), "raw words."),
    "a cut stream": (
        partial(other, "IncompleteStreamError", host=HOST, partial_text="so far"),
        f"The connection to {HOST} broke before the end of the answer.",
    ),
    "a broken connection": (
        partial(other, "BackendUnreachableError", host=HOST, broke=True),
        f"The connection to {HOST} broke before it answered. Try again.",
    ),
    "an untrusted certificate": (
        partial(other, "BackendUnreachableError", f"{HOST} is not trusted", host=HOST),
        f"{HOST} is not trusted.",
    ),
    "no connection": (
        partial(other, "BackendUnreachableError", "cannot connect: [Errno -2] x", host=HOST, before_sending=True),
        f"Cannot connect to {HOST}. Check the address, that the server runs, and that you are online.",
    ),
    "a connection that is not what it seems": (
        partial(other, "BackendUnreachableError", "cannot connect: [SSL] x", host=HOST, before_sending=True),
        "cannot connect: [SSL] x.",
    ),
    "silence": (
        partial(other, "InferenceTimeoutError", f"{HOST} sent nothing within 2 s", host=HOST, phase="first_token"),
        f"{HOST} sent nothing within 2 s. It may be busy; inference.timeout says how long to wait for it.",
    ),
    "no connection in time": (
        partial(other, "InferenceTimeoutError", "too late", host=HOST, phase="connect"),
        "too late.",
    ),
    "another task's answer": (
        partial(other, "InferenceOutputError", path="$[0].x", expected="a string", received="a number"),
        "The model answers another task: a number at $[0].x where a string belongs.",
    ),
    "a task that is not served": (
        partial(other, "UnsupportedTaskError", "choose another target"),
        "choose another target.",
    ),
    "no model": (partial(other, "NoDefaultModelError", "name one"), "name one."),
    "a call that is wrong": (partial(other, "InputError", "no such thing"), "no such thing."),
    "an aborted call": (partial(other, "CancelledCallError", "aborted"), "aborted."),
}


@pytest.mark.parametrize("case", CASES)
def test_an_error_is_one_sentence(case: str) -> None:
    make, sentence = CASES[case]
    assert problems.sentence(make()) == sentence


def test_every_error_of_the_client_has_its_case() -> None:
    assert {type(make()) for make, _ in CASES.values()} >= set(_leaves(InferenceError))


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_is_without_end_or_longer_than_a_message_may_be(case: str) -> None:
    error = CASES[case][0]()
    if hasattr(error, "detail"):
        error.detail = "x" * 10_000
    error.args = ("y" * 10_000,)
    sentence = problems.sentence(error)
    assert len(sentence) <= problems.LONGEST + 1
    assert sentence[-1] in ".…"


@pytest.mark.parametrize("case", CASES)
def test_a_backend_that_echoes_a_token_has_it_masked(case: str) -> None:
    error = CASES[case][0]()
    if hasattr(error, "detail"):
        error.detail = f"Bearer {TOKEN} is wrong; http://me:pass@h/?token=abc"
    error.args = (f"{TOKEN} is wrong",)
    for sentence in (problems.sentence(error), problems.waiting(3, error)):
        assert TOKEN not in sentence
        assert "me:pass" not in sentence
        assert "token=abc" not in sentence


WAITS = {
    "loading": (partial(backend, "ModelLoadingError", 503, retry_after=20.4), "The model is loading, about 20 s"),
    "rate limited": (partial(backend, "RateLimitedError", 429), "Rate limited, waiting 3 s"),
    "unreachable": (
        partial(other, "BackendUnreachableError", "cannot connect.", host=HOST, before_sending=True),
        f"Cannot connect to {HOST}. Check the address, that the server runs, and that you are online. "
        "Asking again in 3 s",
    ),
}


@pytest.mark.parametrize("case", WAITS)
def test_a_wait_says_what_for(case: str) -> None:
    make, said = WAITS[case]
    assert problems.waiting(3.2, make()) == said


def _leaves(kind: type[InferenceError]) -> Iterator[type[InferenceError]]:
    below = [child for child in kind.__subclasses__() if child.__module__.startswith("hf_inference")]
    for child in below:
        yield from _leaves(child)
    if not below:
        yield kind
