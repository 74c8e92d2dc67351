"""What a person is told when a backend fails.

Knows the client's errors and says each in a sentence with a way out. Knows no protocol. Never a raw exception, never
a secret.
"""

from __future__ import annotations

from hf_inference import (
    AuthenticationError,
    BackendError,
    BackendUnreachableError,
    BadRequestError,
    GenerationError,
    IncompleteStreamError,
    InferenceError,
    InferenceOutputError,
    InferenceTimeoutError,
    ModelLoadingError,
    ModelNotFoundError,
    NotImplementedByBackendError,
    PaymentRequiredError,
    RateLimitedError,
    UnexpectedContentError,
    UnsupportedTaskError,
    is_hugging_face,
)
from inference_lsp.secrets import redact

LONGEST = 400


def sentence(error: InferenceError, details: str = "") -> str:
    """One message for an error: what happened, where, and what to do; after it the details, if there are."""
    said, room = redact(_sentence(error)).strip(), LONGEST - len(details)
    if len(said) > room:
        return said[: room - 1] + "…" + details
    return (said if said.endswith(_ENDS) else said + ".") + details


def clause(error: InferenceError) -> str:
    """The error as the last part of a longer sentence, without its full stop."""
    said = sentence(error).removesuffix(".")
    return said[0].lower() + said[1:] if said[:2].istitle() else said


def details(error: InferenceError, *, seconds: float, characters: int) -> str:
    """What helps to find out more: the request's id and how long it took, or how much text there was."""
    match error:
        case BadRequestError(status=413 | 422) if not _is_embedded(error.host):
            return f" {characters} characters were selected." if characters else ""
        case BackendError(request_id=str(request)) if error.status >= 500 and request:
            return f" Its request {request[:64]} took {seconds:.1f} s."
        case _:
            return ""


def may_be_asked_elsewhere(error: InferenceError) -> bool:
    """Whether another backend may answer what this one did not: it is nobody's fault but the backend's."""
    if isinstance(error, BackendError) and not isinstance(error, NotImplementedByBackendError):
        return error.status >= 500 or error.status == 429
    return isinstance(error, BackendUnreachableError | InferenceTimeoutError | UnexpectedContentError)


def _sentence(error: InferenceError) -> str:
    match error:
        case AuthenticationError(status=401):
            which = "(HF_TOKEN)" if is_hugging_face(f"https://{error.host}") else "for this server, in your editor"
            return f"{error.host} does not accept the token ({error.status}). Set a valid one {which}."
        case AuthenticationError():
            return f"The token has no permission for this at {error.host} ({error.status}): {error.detail}"
        case PaymentRequiredError():
            return f"The account at {error.host} has no credit left ({error.status})."
        case ModelNotFoundError():
            said = error.detail or error.status
            return f"{error.host} does not have this model: {said}. Choose another in inference.models."
        case NotImplementedByBackendError():
            return error.detail or str(error)
        case BadRequestError(status=413):
            return f"The text is too long for {error.host}: {error.detail or 'select less'}"
        case BadRequestError():
            return error.detail if _is_embedded(error.host) else f"{error.host} refuses: {error.detail or error.status}"
        case RateLimitedError():
            wait = "" if error.retry_after is None else f" Try again in {error.retry_after:.0f} s."
            return f"{error.host} takes no more requests for now ({error.status}).{wait}"
        case ModelLoadingError():
            detail = error.detail.rstrip(". ")
            return f"The model at {error.host} is still not ready ({error.status}): {detail}. Try again in a minute."
        case GenerationError():
            return f"{error.host} stopped with an error amid the answer: {error.detail}"
        case UnexpectedContentError():
            return f"What {error.host} sent is no model's answer: {error.detail or 'nothing that can be read'}."
        case IncompleteStreamError():
            return f"The connection to {error.host} broke before the end of the answer."
        case InferenceOutputError():
            return f"The model answers another task: {error.received} at {error.path} where {error.expected} belongs."
        case InferenceTimeoutError(phase="first_token"):
            return f"{error}. It may be busy; inference.timeout says how long to wait for it."
        case BackendUnreachableError(broke=True):
            return f"The connection to {error.host} broke before it answered. Try again."
        case BackendUnreachableError(before_sending=True) if "SSL" not in f"{error}":  # but not the system's numbers
            return f"Cannot connect to {error.host}. Check the address, that the server runs, and that you are online."
        case _:  # the client's own sentences: no connection, another time limit, a task that is not served, a 5xx
            return f"{error}"


def remedy(error: InferenceError) -> str:
    """What would help against an error, as `StatusUpdate` names it."""
    match error:
        case AuthenticationError():
            return "token"
        case ModelNotFoundError() | InferenceOutputError() | UnsupportedTaskError():
            return "model"
        case BackendUnreachableError() | InferenceTimeoutError() | UnexpectedContentError():
            return "log"
        case _:
            return ""


def waiting(seconds: float, reason: InferenceError, passed: float = 0.0) -> str:
    """What is shown while the client waits before it asks again, and so many seconds of that are over."""
    left = max(0.0, seconds - passed)
    match reason:
        case ModelLoadingError(retry_after=float(estimate)):
            return f"The model is loading, about {max(0.0, estimate - passed):.0f} s"
        case RateLimitedError():
            return f"Rate limited, waiting {left:.0f} s"
        case _:
            return f"{sentence(reason)} Asking again in {left:.0f} s"


def _is_embedded(host: str) -> bool:
    return host.endswith(".invalid")


_ENDS = (".", "!", "?", "…", ".)", ".”")
