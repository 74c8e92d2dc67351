"""Who answers: what each target's name means, which credential goes with it, what is learnt, and who comes after."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from hf_inference import InferenceError, SummarizationArgs, targets
from inference_lsp.automatic import AutomaticGuard
from inference_lsp.backend import Backend
from inference_lsp.backends import KNOWN_FOR, Backends, is_loopback
from inference_lsp.model_lists import list_models
from inference_lsp.secrets import Credentials
from inference_lsp.settings import Settings, read_settings
from inference_lsp.status import Status
from support.fake_hub import FakeHub, Json

TOKEN = "hf_" + "theTokenOfThisMachine0"
OTHER = "sk-" + "aKeyOfAnotherKind0000"
ROUTER = "https://router.huggingface.co"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def backends_of(credentials: Credentials, router: Any = None, clock: Any = None) -> AsyncIterator[Backends]:
    status = Status(lambda update: None)
    backends = Backends(credentials, status, clock=clock or Clock(), folders=tuple, router=router)
    try:
        yield backends
    finally:
        await backends.close()


def credentials(tmp_path: Path, token: str = "") -> Credentials:
    return Credentials({"HF_TOKEN": token} if token else {}, home=tmp_path)


async def test_auto_is_the_hub_where_there_is_a_token_and_else_the_embedded_engine(tmp_path: Path) -> None:
    async with backends_of(credentials(tmp_path)) as backends:
        assert backends.chosen(Settings()) == "embedded"
        assert backends.explicit(Settings()).is_embedded
        assert backends.explicit(Settings()).label == "embedded engine"
    async with backends_of(credentials(tmp_path, TOKEN)) as backends:
        assert backends.chosen(Settings()) == "hub"
        assert backends.explicit(Settings()).label == "router.huggingface.co"
        assert backends.explicit(Settings(target="embedded")).is_embedded


async def test_auto_follows_a_token_that_comes_and_goes(tmp_path: Path) -> None:
    known = credentials(tmp_path)
    async with backends_of(known) as backends:
        found = []
        for credential in ("", TOKEN, ""):
            known.give(ROUTER, credential)
            found.append(backends.chosen(Settings()))
    assert found == ["embedded", "hub", "embedded"]


@pytest.mark.parametrize("target", ["auto", "hub", "endpoint", "openai", "provider", "embedded"])
async def test_automatic_requests_stay_here_until_the_person_says_otherwise(target: Any, tmp_path: Path) -> None:
    settings = Settings(target=target, url="http://127.0.0.1:9/v1")
    allowed = replace(settings, automatic=replace(settings.automatic, remote=True))
    async with backends_of(credentials(tmp_path, TOKEN)) as backends:
        assert backends.automatic(settings).is_embedded
        backend = backends.automatic(allowed)
        assert backend.is_embedded is (target == "embedded")
        assert isinstance(backend.guard, AutomaticGuard) is (target != "embedded")


LABELS: dict[str, tuple[dict[str, Any], str, str, bool]] = {
    "the hub": ({"target": "hub"}, "router.huggingface.co", ROUTER, False),
    "an endpoint": ({"target": "endpoint", "url": "https://h:7/x"}, "h:7", "https://h:7", False),
    "an endpoint with a password": ({"target": "endpoint", "url": "https://a:b@h/x"}, "h", "https://h", False),
    "a server here": ({"target": "openai", "url": "http://127.0.0.1:7/v1"}, "127.0.0.1:7", "http://127.0.0.1:7", True),
    "a provider": (
        {"target": "provider", "provider": "groq"},
        "groq by router.huggingface.co",
        ROUTER,
        False,
    ),
    "any provider": ({"target": "provider"}, "auto by router.huggingface.co", ROUTER, False),
}


@pytest.mark.parametrize("case", LABELS)
async def test_each_target_says_who_answers(case: str, tmp_path: Path) -> None:
    given, label, origin, is_local = LABELS[case]
    settings, complaints = read_settings(given)
    assert complaints == []
    async with backends_of(credentials(tmp_path, TOKEN)) as backends:
        backend = backends.explicit(settings)
        assert (backend.label, backend.origin, backend.is_local) == (label, origin, is_local)
        assert origin in backends.origins(settings)


async def test_a_providers_own_key_reaches_the_provider_itself(tmp_path: Path) -> None:
    known, settings = credentials(tmp_path, TOKEN), Settings(target="provider", provider="groq")
    async with backends_of(known) as backends:
        (own,) = [origin for origin in backends.origins(settings) if origin != ROUTER]
        known.give(own, OTHER)
        backend = backends.explicit(settings)
        assert (backend.label, backend.origin) == ("groq", own)


@pytest.mark.parametrize("name", targets.providers())
async def test_every_provider_of_the_client_can_be_a_target(name: str, tmp_path: Path) -> None:
    settings, complaints = read_settings({"target": "provider", "provider": name})
    assert complaints == []
    async with backends_of(credentials(tmp_path, TOKEN)) as backends:
        backend = backends.explicit(settings)
        assert backend.model("text-generation") == targets.default_models()["text-generation"]


async def test_failover_is_who_the_person_named_without_the_target_itself(tmp_path: Path) -> None:
    async with backends_of(credentials(tmp_path, TOKEN)) as backends:
        assert backends.explicit(Settings()).otherwise == ()
        settings, _ = read_settings(
            {"target": "hub", "url": "http://127.0.0.1:9", "failover": ["hub", "endpoint", "embedded"]}
        )
        labels = [backend.label for backend in backends.explicit(settings).otherwise]
        assert labels == ["127.0.0.1:9", "embedded engine"]


async def test_while_a_backend_pauses_automatic_requests_go_to_the_next(tmp_path: Path) -> None:
    settings, _ = read_settings(
        {"target": "openai", "url": "http://127.0.0.1:9", "failover": ["embedded"], "automatic": {"remote": True}}
    )
    async with backends_of(credentials(tmp_path)) as backends:
        assert not backends.automatic(settings).is_embedded
        backends.pauses.failed("127.0.0.1:9", InferenceError("down"), "down")
        assert backends.automatic(settings).is_embedded
        assert not backends.automatic(settings, insists=True).is_embedded


async def test_a_server_is_asked_once_in_ten_minutes_what_it_is(tmp_path: Path) -> None:
    clock = Clock()
    async with FakeHub() as hub, backends_of(credentials(tmp_path), clock=clock) as backends:
        hub.on("/info", Json({"model_id": "m", "model_type": {"embedding": {}}}))
        settings = Settings(target="endpoint", url=hub.url)
        assert backends.explicit(settings).refuses_to_write() == ""
        for _ in range(3):
            await backends.learn(settings)
        assert "does embeddings only (m)" in backends.explicit(settings).refuses_to_write()
        assert [exchange.path for exchange in hub.exchanges] == ["/info"]
        clock.now += KNOWN_FOR
        await backends.learn(settings)
        assert len(hub.exchanges) == 2
        for other in ("hub", "embedded", "auto", "provider"):
            await backends.learn(replace(settings, target=other))
        assert len(hub.exchanges) == 2


LISTS: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "the router's, of those that write": ({"target": "hub"}, "text-generation", ["GET /v1/models"]),
    "the hub's, of a task": ({"target": "hub"}, "summarization", ["GET /api/models"]),
    "a provider's": ({"target": "provider", "provider": "groq"}, "text-generation", ["GET /api/models"]),
    "a server's": ({"target": "openai", "url": "{url}/v1"}, "text-generation", ["GET /v1/models"]),
}


@pytest.mark.parametrize("case", LISTS)
async def test_models_are_listed_by_who_knows_them(case: str, tmp_path: Path) -> None:
    given, task, asked = LISTS[case]
    async with FakeHub() as hub:
        router = targets.hub(hub.url, hub_url=hub.url)
        hub.on("/v1/models", Json({"data": [{"id": "a/a"}, {"id": "b/b"}]}))
        hub.on("/api/models", Json([{"id": "a/a"}, {"id": "b/b"}]))
        settings, _ = read_settings({**given, "url": given.get("url", "").format(url=hub.url)})
        async with backends_of(credentials(tmp_path), router) as backends:
            assert await list_models(backends, settings, task) == ["a/a", "b/b"]
        assert [f"{exchange.method} {exchange.path}" for exchange in hub.exchanges] == asked
        if "/api/" in asked[0]:
            assert re.search(r"inference_provider=(hf-inference|groq)&pipeline_tag=", hub.exchanges[0].target)


async def test_an_endpoint_names_its_one_model_and_the_engine_its_own(tmp_path: Path) -> None:
    async with FakeHub() as hub, backends_of(credentials(tmp_path)) as backends:
        hub.on("/info", Json({"model_id": "one/model"}))
        assert await list_models(backends, Settings(target="endpoint", url=hub.url), "summarization") == ["one/model"]
        assert await list_models(backends, Settings(), "summarization") == ["embedded/extractive"]
        assert await list_models(backends, Settings(), "no-such-task") == []


async def test_a_model_chosen_in_place_of_another_holds_until_the_settings_change(tmp_path: Path) -> None:
    settings = Settings(target="hub", models={"summarization": "gone/model"})
    async with backends_of(credentials(tmp_path, TOKEN)) as backends:
        backends.substitute("router.huggingface.co", "summarization", "new/model")
        assert backends.explicit(settings).model("summarization") == "new/model"
        backends.forgive()
        assert backends.explicit(settings).model("summarization") == "new/model", "a new token changes no model"
        await backends.retire(settings, lambda client: False)
        assert backends.explicit(settings).model("summarization") == "gone/model"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:8", True),
        ("http://127.9.9.9", True),
        ("http://localhost.evil.com", False),
        ("http://127.0.0.1.evil.com", False),
        ("http://10.0.0.1", False),
        ("https://huggingface.co", False),
    ],
)
def test_loopback_is_this_very_machine(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


# A hostile workspace, or settings from anywhere.

CHATTING = ("groq", "together", "novita", "cerebras", "fireworks-ai")
_ENTRY = {"providerId": "its-own-name", "status": "live", "task": "conversational"}


def _endpoint(url: str) -> dict[str, Any]:
    return {"target": "endpoint", "url": url}


HOSTILE: dict[str, dict[str, Any]] = {
    **{
        f"the endpoint {url}": _endpoint(url)
        for url in (
            "http://huggingface.co",
            "http://router.huggingface.co/v1/x",
            "https://huggingface.co.evil.example",
            "https://router.huggingface.co.evil.example/x",
            "https://evil.example/huggingface.co",
            "https://evil.example/https://huggingface.co",
            "https://evil.example?host=huggingface.co",
            "https://evil.example#huggingface.co",
            "https://huggingface.co@evil.example/x",
            "https://huggingface.co:443@evil.example/x",
            "https://router.huggingface.co%40evil.example/x",
            "https://huggingface.co:8443/x",
            "https://huggingface.co:80/x",
            "https://huggingface.co./x",
            "https://evilhuggingface.co/x",
            "https://huggingface.co-evil.example",
            "https://huggingface.com/x",
            "https://xn--huggngface-p5a.co/x",
            "https://huggіngface.co/x",
            "https://huggingface。evil.example/x",
            "https://hf.co.evil.example/x",
            "https://endpoints.huggingface.cloud.evil.example/x",
            "https://x-endpoints.huggingface.cloud.example/x",
            "https://127.0.0.1/huggingface.co",
            "https://[::1]/huggingface.co",
            "https://evil.example\\.huggingface.co/x",
            "https://evil.example\\@huggingface.co/x",
            "https://HUGGINGFACE.CO.EVIL.EXAMPLE/x",
        )
    },
    "an OpenAI server": {"target": "openai", "url": "https://evil.example/v1"},
    "an OpenAI server with the router's path": {"target": "openai", "url": "https://evil.example/v1/chat/completions"},
    "an OpenAI server named by user": {"target": "openai", "url": "https://router.huggingface.co@evil.example/v1"},
    "failover to a stranger": {"target": "embedded", "failover": ["endpoint"], "url": "https://evil.example/x"},
    "failover to an OpenAI server": {"target": "hub", "failover": ["openai"], "url": "https://evil.example/v1"},
    "a model that is an address": {"target": "hub", "models": {"summarization": "https://evil.example/x"}},
    "a model that is an address of no TLS": {"target": "hub", "models": {"text-generation": "http://evil.example/x"}},
    "a model that climbs": {"target": "hub", "models": {"summarization": "../../../evil.example/x"}},
    "a model with a host before it": {"target": "hub", "models": {"summarization": "@evil.example/x"}},
    "a model with slashes before it": {"target": "hub", "models": {"summarization": "//evil.example/x"}},
    "a model with a provider that is none": {"target": "hub", "models": {"summarization": "a/b:evil.example"}},
    "a provider that is an address": {"target": "provider", "provider": "https://evil.example"},
    "a header setting that is none": {**_endpoint("https://evil.example"), "headers": {"Authorization": "${HF_TOKEN}"}},
    "a token setting that is none": {**_endpoint("https://evil.example"), "token": "env:HF_TOKEN"},
}


@pytest.mark.parametrize("token", [TOKEN, OTHER])
@pytest.mark.parametrize("case", HOSTILE)
async def test_no_settings_bring_the_token_to_a_stranger(case: str, token: str, tmp_path: Path) -> None:
    sent = await _everything_sent(HOSTILE[case], credentials(tmp_path, token))
    for request in sent:
        if not _is_ours(request.url):
            assert token not in f"{request.url} {dict(request.headers)} {request.content.decode()}", request.url


async def test_hugging_face_itself_gets_the_token_so_the_tests_above_can_fail(tmp_path: Path) -> None:
    for settings in ({"target": "hub"}, {"target": "auto"}, _endpoint("https://x.endpoints.huggingface.cloud/y")):
        sent = await _everything_sent(settings, credentials(tmp_path, TOKEN))
        assert sent
        assert all(request.headers["authorization"] == f"Bearer {TOKEN}" for request in sent)


async def test_a_credential_of_one_stranger_is_not_anothers(tmp_path: Path) -> None:
    known = credentials(tmp_path)
    known.give("https://one.example", OTHER)
    for url in ("https://two.example", "http://one.example", "https://one.example:8443", "https://sub.one.example"):
        sent = await _everything_sent(_endpoint(url), known)
        assert sent
        assert not any("authorization" in request.headers for request in sent)
    for request in await _everything_sent(_endpoint("https://one.example/x"), known):
        assert request.headers["authorization"] == f"Bearer {OTHER}"


@pytest.mark.parametrize("name", CHATTING)
async def test_a_token_of_another_kind_is_not_given_to_a_provider_it_was_not_for(name: str, tmp_path: Path) -> None:
    settings = {"target": "provider", "provider": name}
    sent = await _everything_sent(settings, credentials(tmp_path, OTHER))
    assert {request.url.host for request in sent} >= {"router.huggingface.co"}
    assert not [request for request in sent if OTHER in str(request.headers)]
    known = credentials(tmp_path, TOKEN)
    sent = await _everything_sent(settings, known)
    assert {request.url.host for request in sent} == {"router.huggingface.co", "huggingface.co"}


REDIRECTS = (
    "https://evil.example/x",
    "//evil.example/x",
    "https://router.huggingface.co.evil.example/x",
    "https://router.huggingface.co@evil.example/x",
    "http://router.huggingface.co/x",
    "https://router.huggingface.co:8443/x",
    "https://huggingface.co/x",
)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", REDIRECTS)
async def test_no_redirect_takes_the_token_elsewhere(location: str, status: int, tmp_path: Path) -> None:
    sent = await _everything_sent(
        {"target": "hub"}, credentials(tmp_path, TOKEN), httpx.Response(status, headers={"location": location})
    )
    assert {request.url.host for request in sent} == {"router.huggingface.co"}
    assert {request.url.scheme for request in sent} == {"https"}


async def _everything_sent(
    given: dict[str, Any], known: Credentials, reply: httpx.Response | None = None
) -> list[httpx.Request]:
    """The requests of each sort of call with these settings; no socket is opened."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        sent.append(request)
        return reply or httpx.Response(200, json={"inferenceProviderMapping": dict.fromkeys(CHATTING, _ENTRY)})

    settings, _ = read_settings(given)
    async with backends_of(known) as backends, httpx.AsyncClient(transport=httpx.MockTransport(answer)) as fetch:
        first = backends.explicit(settings)
        for backend in (first, *first.otherwise):
            if not backend.is_embedded:
                options = replace(backend.options, fetch=fetch, retry_on_error=False)
                await _ask_everything(replace(backend, options=options))
    return sent


async def _ask_everything(backend: Backend) -> None:
    refused: list[Exception] = []
    for backend_call in (
        backend.answer(SummarizationArgs("text")),
        _drain(backend),
    ):
        try:
            await backend_call
        except InferenceError as error:
            refused.append(error)


async def _drain(backend: Backend) -> None:
    async for _ in backend.generate("text", {"max_new_tokens": 1}):
        pass


def _is_ours(url: httpx.URL) -> bool:
    host = url.host
    ours = ("huggingface.co", "router.huggingface.co")
    return url.scheme == "https" and host in ours and url.port in (None, 443)
