"""A reply that is no success: which error it means, and its sentence, whatever the shape of its body.

Knows statuses, and the error bodies of the Hub, TGI, TEI, OpenAI-compatible servers and the providers. Knows no retry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin, urlsplit

from hf_inference.core.errors import (
    AuthenticationError,
    BackendError,
    BadRequestError,
    GenerationError,
    ModelLoadingError,
    ModelNotFoundError,
    NotImplementedByBackendError,
    PaymentRequiredError,
    RateLimitedError,
    UnexpectedContentError,
)
from hf_inference.core.wire import Request, Response


def error_from_response(response: Response, request: Request, *, provider: str = "") -> BackendError:
    """The leaf for a reply whose status is not a success, its sentence read from any of the known body shapes."""
    status = response.status
    detail, error_type, waits = read_error(response.json_or_text())
    kind = _BY_STATUS.get(status, BadRequestError if 400 <= status < 500 else BackendError)
    if response.is_html:
        kind = kind if status in _BY_STATUS and status != 503 else UnexpectedContentError
        detail, error_type = f"the server answered with a web page ({status} from {request.host})", "html"
    elif 300 <= status < 400:
        kind = UnexpectedContentError
        elsewhere = urlsplit(urljoin(request.url, response.headers.get("location", ""))).netloc.rpartition("@")[2]
        detail = f"it redirects to {elsewhere}, which is not followed: a credential stays with its origin"
    asked_for = waits if response.retry_after is None else response.retry_after
    return kind(
        _sentence(status, detail, request.host, provider, asked_for),
        status=status,
        detail=detail,
        error_type=error_type,
        host=request.host,
        provider=provider,
        request_id=response.request_id,
        request=request.redacted(),
        retry_after=asked_for,
    )


def read_error(body: Any) -> tuple[str, str, float | None]:
    """(sentence, error type, estimated seconds) of an error body: the union of what the Hub, TGI, TEI,
    OpenAI-compatible servers and the providers send. Text that is no JSON is its own sentence."""
    sentence = _told(body, depth=0)
    if not isinstance(body, dict):
        return sentence, "", None
    warnings = body.get("warnings")
    if isinstance(warnings, list):  # of which the Hub's often repeat the error
        further = [str(warning) for warning in warnings if not sentence or sentence not in str(warning)]
        sentence = "; ".join(filter(None, [sentence, *further]))
    nested = body["error"] if isinstance(body.get("error"), dict) else {}
    error_type = body.get("error_type") or nested.get("type") or nested.get("code") or body.get("type") or ""
    if not sentence and body:  # a shape nobody has seen: its JSON says more than nothing
        with suppress(RecursionError):
            sentence = json.dumps(body, ensure_ascii=False)
    return sentence[:_LONGEST_DETAIL], str(error_type), _seconds(body.get("estimated_time"))


def _told(body: Any, depth: int) -> str:
    """The sentence of a value in an error body, "" if it holds none."""
    if isinstance(body, str):
        return body.strip()[:_LONGEST_DETAIL]
    if depth > _DEEPEST_DETAIL:
        return ""
    if isinstance(body, list):
        return ", ".join(filter(None, (_told(item, depth + 1) for item in body[:_MOST_DETAILS])))
    if not isinstance(body, dict):
        return "" if body is None else str(body)
    told = (_told(body[name], depth + 1) for name in _SENTENCES if body.get(name))
    sentence = next(filter(None, told), "")
    location = body.get("loc")
    if sentence and isinstance(location, list):
        sentence = f"{'.'.join(map(str, location))}: {sentence}"
    return sentence


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LONGEST_LOAD:
        return None
    return float(value)


def _sentence(status: int, detail: str, host: str, provider: str, asked_for: float | None) -> str:
    who = f"{provider} at {host}" if provider and host else provider or host or "the backend"
    if not detail:
        detail = _MEANING.get(status, "no further explanation")
    advice = _ADVICE.get(status, "")
    if status == 429 and asked_for:
        advice = f"it asks to wait {asked_for:g} s; or use another target"
    return f"{who} answered {status}: {detail}" + (f" ({advice})" if advice else "")


_LONGEST_DETAIL = 2_000
_MOST_DETAILS = 20
_DEEPEST_DETAIL = 8

_LONGEST_LOAD = 24 * 3600
"""Seconds; an estimate beyond it, or one that is no number, is no estimate."""

_SENTENCES = ("error", "message", "detail", "errors", "title", "msg")
"""Members of an error body that may hold its sentence, in the order in which they are asked."""

_BY_STATUS: Mapping[int, type[BackendError]] = {
    401: AuthenticationError,
    402: PaymentRequiredError,
    403: AuthenticationError,
    404: ModelNotFoundError,
    410: ModelNotFoundError,
    424: GenerationError,
    429: RateLimitedError,
    501: NotImplementedByBackendError,
    503: ModelLoadingError,
}

_MEANING: Mapping[int, str] = {
    401: "the credential is missing or not valid",
    402: "no credit left",
    403: "the credential lacks a permission",
    404: "no such model or route here",
    413: "the input is too long",
    429: "too many requests",
    500: "the server failed",
    502: "a proxy could not reach the server",
    503: "the model is loading or the server is overloaded",
    504: "a proxy waited too long for the server",
}

_ADVICE: Mapping[int, str] = {
    401: "set a valid token",
    402: "add credit, or choose another provider",
    403: "use a token that may make calls to Inference Providers, or ask for access to the model",
    413: "send less text",
    429: "wait, or use another target",
}
