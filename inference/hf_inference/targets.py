"""Where calls go, as values: `HfInference(target=targets.openai("http://127.0.0.1:8080/v1"))`.

Knows how a person names a backend. The dialects are in `providers/`, each imported by the function that names it:
nobody speaks them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from hf_inference.core.errors import InputError
from hf_inference.providers.addresses import HUB_URL, ROUTER_URL
from hf_inference.providers.base import Target
from hf_inference.providers.registry import PROVIDERS, partner

__all__ = [
    "Target",
    "classic",
    "default_models",
    "embedded",
    "endpoint",
    "hub",
    "is_ignored",
    "openai",
    "provider",
    "providers",
]


def hub(base_url: str = ROUTER_URL, *, hub_url: str = HUB_URL) -> Target:
    """The Hugging Face router, the default of `HfInference`: chat and text generation at the provider it chooses (or
    that the model's suffix names, `owner/name:groq`, `owner/name:cheapest`), every other task at hf-inference."""
    from hf_inference.providers.hub import HubTarget

    return HubTarget(_checked(base_url), hub_url=_checked(hub_url))


def provider(
    name: str,
    api_key: str | None = None,
    *,
    base_url: str | None = None,
    router_url: str = ROUTER_URL,
    hub_url: str = HUB_URL,
) -> Target:
    """An inference provider by name, or `auto` for one that serves the model.

    `api_key` goes before the client's token. A Hub token (`hf_…`) reaches the provider through the router, any other
    key the provider's own API (`base_url` overrides its address). Models are named as on the Hub; with the provider's
    own key, its own names do as well. `InputError` for a name that is not known (`PROVIDERS` in
    `hf_inference.providers.registry` lists them).
    """
    router_url, hub_url = _checked(router_url), _checked(hub_url)
    if name == "auto":
        from hf_inference.providers.auto import AutoTarget

        return AutoTarget(router_url, api_key=api_key, hub_url=hub_url)
    target = partner(name)(api_key=api_key, router_url=router_url, hub_url=hub_url)
    return target if base_url is None else target.moved(_checked(base_url))


def providers() -> tuple[str, ...]:
    """Every name that `provider` takes."""
    return ("auto", *PROVIDERS)


def classic(
    base_url: str = "https://api-inference.huggingface.co", *, hub_url: str = "https://huggingface.co"
) -> Target:
    """The wire of `@huggingface/inference` at the turn of 2023/24. Its own host is gone: name one that speaks it."""
    from hf_inference.providers.classic import ClassicTarget

    return ClassicTarget(_checked(base_url), hub_url=_checked(hub_url))


def endpoint(url: str) -> Target:
    """One model at a URL: a dedicated endpoint, TGI, TEI. A URL whose path ends in `/v1`, `/completions` or
    `/chat/completions` is an OpenAI-compatible server; below any other, chat is at `/v1/chat/completions`."""
    from hf_inference.providers.endpoint import EndpointTarget

    path = _checked(url).partition("?")[0].rstrip("/")
    return openai(url) if path.endswith(("/v1", "/completions")) else EndpointTarget(url)


def openai(base_url: str) -> Target:
    """Any OpenAI-compatible server (vLLM, llama.cpp, Ollama): the URL below which `/completions` is, usually `…/v1`."""
    base, mark, query = _checked(base_url).partition("?")
    for ending in ("", "/chat/completions", "/completions"):
        base = base.rstrip("/").removesuffix(ending)
    from hf_inference.providers.openai import OpenAITarget

    return OpenAITarget(base + mark + query, given=base_url)


def embedded(folders: Sequence[Path | str] = ()) -> Target:
    """The engine inside this process: at once, offline, and with no model. It learns from the files in `folders`."""
    from hf_inference.engines.embedded import EmbeddedEngine
    from hf_inference.providers.embedded import EngineTarget

    return EngineTarget(answering=EmbeddedEngine([Path(folder) for folder in folders]))


def default_models() -> Mapping[str, str]:
    """The model of each task that the hub is asked for when a call names none, as of the date in its table."""
    from hf_inference.providers.hub import DEFAULT_MODELS

    return DEFAULT_MODELS


def is_ignored(file: Path, folder: Path) -> bool:
    """Whether an `.hfignore` in `folder`, or between it and `file`, keeps the file from every model. Its rules are
    those of gitignore(5)."""
    from hf_inference.engines.embedded.ignore_rules import is_hidden_from_models

    return is_hidden_from_models(file, folder)


def is_url(model: str) -> bool:
    """Whether a `model` argument is an endpoint's URL and not a model id."""
    return model.startswith(("http://", "https://"))


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{url!r} is no URL: expected http://… or https://…")
    return url
