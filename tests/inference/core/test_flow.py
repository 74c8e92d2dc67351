"""Policy, by feeding replies to the generator: no clock, no socket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from hf_inference.core.errors import (
    BackendError,
    BackendUnreachableError,
    BadRequestError,
    InferenceError,
    InferenceTimeoutError,
    ModelLoadingError,
    RateLimitedError,
    UnexpectedContentError,
)
from hf_inference.core.flow import Context, Flow, Send, Wait, send
from hf_inference.core.memory import Memory
from hf_inference.core.options import Options
from hf_inference.core.wire import Request, Response

URL = "https://host.test/models/m"


def context(options: Options | None = None, jitter: float = 0.5) -> Context:
    return Context(
        options=options or Options(), credential="hf_SECRET", memory=Memory(lambda: 0.0), jitter=lambda: jitter
    )


def reply(status: int = 200, body: bytes = b"{}", /, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": "application/json", **named}, body)


@dataclass
class Run:
    """What a flow did when it was told `replies`, the last of them again and again."""

    sent: list[Request]
    waits: list[float]
    result: Any = None
    error: InferenceError | None = None


def run(
    replies: Sequence[Response | InferenceError],
    options: Options | None = None,
    *,
    method: str = "POST",
    url: str = URL,
    jitter: float = 0.5,
) -> Run:
    done = Run([], [])
    flow: Flow[Response] = send(Request(method=method, url=url), context(options, jitter))
    told: Response | InferenceError | None = None
    turn = 0
    try:
        while True:
            effect = flow.throw(told) if isinstance(told, InferenceError) else flow.send(told)
            match effect:
                case Send():
                    done.sent.append(effect.request)
                    told = replies[min(turn, len(replies) - 1)]
                    turn += 1
                case Wait():
                    assert effect.reason is not None
                    done.waits.append(effect.seconds)
                    told = None
                case _:
                    raise AssertionError(effect)
            assert turn < 100, "the flow goes round for ever"
    except StopIteration as stop:
        done.result = stop.value
    except InferenceError as error:
        done.error = error
    return done


def loading(seconds: object) -> Response:
    return reply(503, f'{{"error":"Model m is currently loading","estimated_time":{seconds}}}'.encode())


REFUSED = BackendUnreachableError("refused", before_sending=True)
BROKEN = BackendUnreachableError("broke the connection")
LATE = InferenceTimeoutError("too late", phase="first_token")


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_is_returned_at_once(status: int) -> None:
    done = run([reply(status)])
    assert (done.result.status, len(done.sent), done.waits) == (status, 1, [])


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_reply_that_may_pass_is_asked_again(status: int) -> None:
    done = run([reply(status), reply(status), reply()])
    assert (done.result.status, len(done.sent)) == (200, 3)
    assert done.waits == [0.5, 1.0]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 410, 413, 422, 424, 500, 501, 505, 520])
def test_a_reply_that_stays_is_raised_at_once(status: int) -> None:
    done = run([reply(status), reply()])
    assert isinstance(done.error, BackendError)
    assert (done.error.status, len(done.sent), done.waits) == (status, 1, [])


@pytest.mark.parametrize(
    ("failure", "tries"), [(REFUSED, 5), (BROKEN, 1), (LATE, 1)], ids=["before sending", "after sending", "timeout"]
)
def test_no_reply_is_asked_again_only_if_nothing_was_sent(failure: InferenceError, tries: int) -> None:
    done = run([failure])
    assert (done.error, len(done.sent)) == (failure, tries)


def test_waits_grow_and_are_bounded_in_number_and_length() -> None:
    done = run([reply(502)], Options(max_retries=7, max_wait=1_000))
    assert done.waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert len(done.sent) == 8


@pytest.mark.parametrize(("jitter", "first"), [(0.0, 0.25), (0.999, 0.7495)])
def test_chance_moves_a_wait_by_half_of_itself(jitter: float, first: float) -> None:
    assert run([reply(502), reply()], jitter=jitter).waits == [pytest.approx(first)]


@pytest.mark.parametrize(
    ("options", "tries"),
    [
        (Options(), 5),
        (Options(retry_on_error=False), 1),
        (Options(retry_on_error=False, max_retries=3), 1),
        (Options(max_retries=0), 1),
        (Options(max_retries=2), 3),
        (Options(max_wait=0), 1),
        (Options(max_wait=1.6), 3),
    ],
    ids=repr,
)
def test_options_bound_the_tries(options: Options, tries: int) -> None:
    assert len(run([reply(502)], options).sent) == tries


RETRY_AFTER = [
    ("seconds", {"retry_after": "3"}, 3.0),
    ("fractions", {"retry_after": "0.5"}, 0.5),
    ("zero", {"retry_after": "0"}, 0.0),
    ("negative is now", {"retry_after": "-5"}, 0.0),
    (
        "a date, measured from the reply's own",
        {"retry_after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"},
        30.0,
    ),
    (
        "a date gone by",
        {"retry_after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"},
        0.0,
    ),
]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize(("headers", "seconds"), [row[1:] for row in RETRY_AFTER], ids=[row[0] for row in RETRY_AFTER])
def test_retry_after_is_obeyed(headers: dict[str, str], seconds: float, status: int) -> None:
    done = run([reply(status, **headers), reply()])
    assert done.waits == [pytest.approx(seconds + 0.05)]


@pytest.mark.parametrize("said", ["soon", "Wed, 21 Oct 2026 07:28:30 GMT", "nan", ""])
def test_a_retry_after_that_cannot_be_read_is_as_none(said: str) -> None:
    assert run([reply(429, retry_after=said), reply()]).waits in ([0.5], [pytest.approx(0.05)])


@pytest.mark.parametrize("said", ["3600", "inf", "1e300"])
@pytest.mark.parametrize(("status", "kind"), [(429, RateLimitedError), (503, ModelLoadingError)])
def test_a_retry_after_beyond_the_patience_is_raised_at_once(said: str, status: int, kind: type[BackendError]) -> None:
    done = run([reply(status, retry_after=said)])
    assert isinstance(done.error, kind)
    assert (done.error.retry_after, done.waits) == (float(said), [])


def test_a_loading_model_is_looked_at_before_its_estimate_is_over() -> None:
    done = run([loading(20.0), reply()])
    assert done.waits == [pytest.approx(9.0)]


def test_a_loading_model_is_waited_for_until_the_patience_ends_and_no_longer() -> None:
    done = run([loading(20.0)], Options(max_retries=1, max_wait=60))
    assert isinstance(done.error, ModelLoadingError)
    assert done.error.retry_after == 20.0
    assert 0 < 60 - sum(done.waits) < 10


@pytest.mark.parametrize("said", ["NaN", "-1", "1e999", "true", '"20"', "null", str(10**400)])
def test_an_estimate_that_is_no_time_is_no_estimate(said: str) -> None:
    done = run([loading(said), reply()])
    assert (done.result.status, done.waits) == (200, [0.5])


def test_waiting_is_shared_by_all_tries_of_a_call() -> None:
    done = run([reply(429, retry_after="10")], Options(max_retries=99, max_wait=35))
    assert len(done.waits) == 3
    assert isinstance(done.error, RateLimitedError)


REDIRECTS = [
    ("a path", "/models/owner/m", "https://host.test/models/owner/m"),
    ("a whole URL", "https://host.test/models/owner/m?x=1", "https://host.test/models/owner/m?x=1"),
    ("relative", "other", "https://host.test/models/other"),
    ("another host", "https://evil.test/models/m", None),
    ("another port", "https://host.test:444/models/m", None),
    ("another scheme", "http://host.test/models/m", None),
    ("without a scheme", "//evil.test/models/m", None),
    ("a user before the host", "https://host.test@evil.test/", None),
    ("no location", "", None),
]


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize(("location", "followed"), [row[1:] for row in REDIRECTS], ids=[row[0] for row in REDIRECTS])
def test_a_redirect_is_followed_within_its_origin_only(location: str, followed: str | None, status: int) -> None:
    done = run([reply(status, location=location), reply()])
    if followed is not None:
        assert (done.result.status, [request.url for request in done.sent]) == (200, [URL, followed])
        assert done.sent[1].method == "POST"
    else:
        assert isinstance(done.error, UnexpectedContentError)
        assert "not followed: a credential stays with its origin" in str(done.error)
        assert len(done.sent) == 1


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize(("method", "requests"), [("GET", 2), ("POST", 1)])
def test_a_redirect_that_would_turn_a_post_into_a_get_is_followed_by_a_get_only(
    status: int, method: str, requests: int
) -> None:
    done = run([reply(status, location="/other"), reply()], method=method)
    assert len(done.sent) == requests


def test_redirects_end() -> None:
    done = run([reply(307, location="/again")])
    assert isinstance(done.error, UnexpectedContentError)
    assert len(done.sent) == 4


def test_a_stream_asks_for_its_body_to_stay_open() -> None:
    effect = next(send(Request(method="POST", url=URL), context(), stream=True))
    assert isinstance(effect, Send)
    assert effect.stream


def test_the_error_names_the_provider_and_keeps_the_requests_shape() -> None:
    flow = send(Request(method="POST", url=f"{URL}?key=hf_SECRET"), context(), provider="acme")
    next(flow)
    with pytest.raises(BadRequestError, match=r"^acme at host.test answered 400: ") as raised:
        flow.send(reply(400))
    assert raised.value.request == {"method": "POST", "url": URL, "headers": {}, "body_bytes": 0}


def test_a_context_does_not_show_its_credential() -> None:
    assert "hf_SECRET" not in repr(context())
