"""Which provider a call goes to, by which way, under which name, and what is said when there is none."""

from __future__ import annotations

from typing import Any

import pytest

from hf_inference import (
    Call,
    ChatCompletionArgs,
    ChatCompletionStreamArgs,
    FeatureExtractionArgs,
    FillMaskArgs,
    InferenceOutputError,
    InputError,
    ListModelsArgs,
    ListProvidersArgs,
    ModelNotFoundError,
    NoDefaultModelError,
    Options,
    SummarizationArgs,
    TextGenerationArgs,
    TextRankingArgs,
    TextToImageArgs,
    TextToVideoArgs,
    UnsupportedTaskError,
    targets,
)
from hf_inference.core.memory import Memory
from hf_inference.providers.registry import PROVIDERS, partner
from support.flows import Run, as_file, as_json, context, run

MESSAGES = [{"role": "user", "content": "t"}]
CHAT_REPLY = as_json({"choices": [{"message": {"content": "a"}}]})
PICTURE = as_file(b"\x89PNG\r\n\x1a\n", "image/png")


def entry(provider: str, task: str = "text-to-image", status: str = "live", **more: Any) -> dict[str, Any]:
    return {"provider": provider, "providerId": f"{provider}-name", "task": task, "status": status, **more}


def mapped(*entries: dict[str, Any]) -> Any:
    return as_json({"inferenceProviderMapping": list(entries)})


def auto(call: Call[Any], *replies: Any, credential: str = "hf_x", **options: Any) -> Run:
    return run(targets.provider("auto").answer(call, context(credential, **options)), replies)


def picture(model: str | None = "org/m") -> TextToImageArgs:
    return TextToImageArgs("t", model=model)


# --- auto ------------------------------------------------------------------------------------------------


def test_auto_lets_the_router_choose_for_chat_and_keeps_the_suffix() -> None:
    done = auto(ChatCompletionArgs(messages=MESSAGES, model="org/m:cheapest"), CHAT_REPLY)
    assert done.asked == ["POST https://router.huggingface.co/v1/chat/completions"]
    assert done.bodies[0]["model"] == "org/m:cheapest"
    assert next(iter(done.bodies[0])) == "model"


@pytest.mark.parametrize(
    ("entries", "chosen"),
    [
        ([entry("together"), entry("nscale")], "together"),
        ([entry("from-the-future"), entry("nscale")], "nscale"),
        ([entry("together", status="error"), entry("nscale")], "nscale"),
        ([entry("together", status="staging"), entry("nscale")], "nscale"),
        ([entry("together", status="staging"), entry("nscale", status="error")], "together"),
        ([entry("together", task="conversational"), entry("nscale")], "nscale"),
        ([entry("groq"), entry("nscale")], "nscale"),
    ],
    ids=[
        "the first",
        "not one this version does not know",
        "not one whose health check failed",
        "a live one before one in staging",
        "staging before an error",
        "not one that serves the model for another task",
        "not one whose dialect has no such task",
    ],
)
def test_auto_takes_for_other_tasks(entries: list[dict[str, Any]], chosen: str) -> None:
    done = auto(picture(), mapped(*entries), as_json({"data": [{"b64_json": "iVBORw0KGgo="}]}))
    assert done.output.media_type == "image/png"
    assert done.asked[1] == f"POST https://router.huggingface.co/{chosen}/v1/images/generations"
    assert done.bodies[1]["model"] == f"{chosen}-name"
    assert done.value.opened.target == chosen


@pytest.mark.parametrize("suffix", ["fastest", "cheapest", "preferred"])
def test_a_policy_is_no_part_of_the_name_that_the_hub_is_asked_for(suffix: str) -> None:
    done = auto(picture(f"org/m:{suffix}"), mapped(entry("nscale")), as_json({"error": "seen"}, 400))
    assert done.asked[0].startswith("GET https://huggingface.co/api/models/org/m?")


def test_a_provider_in_the_suffix_is_taken_whatever_comes_first() -> None:
    done = auto(picture("org/m:nscale"), mapped(entry("together"), entry("nscale")), as_json({"error": "seen"}, 400))
    assert done.asked[1] == "POST https://router.huggingface.co/nscale/v1/images/generations"


def test_a_suffix_that_is_neither_policy_nor_provider_is_refused_with_the_list() -> None:
    done = auto(picture("org/m:fastset"), mapped(entry("nscale")))
    assert isinstance(done.error, InputError)
    assert "nscale" in str(done.error)
    assert not done.requests


@pytest.mark.parametrize("entries", [[], [entry("from-the-future")], [entry("nscale", status="error")]])
def test_auto_says_whom_the_hub_lists_when_nobody_fits(entries: list[dict[str, Any]]) -> None:
    error = auto(picture(), mapped(*entries)).error
    assert isinstance(error, UnsupportedTaskError)
    assert (entries[0]["provider"] if entries else "no provider") in str(error)


@pytest.mark.parametrize("call", [ChatCompletionArgs(messages=MESSAGES, model="org/m"), picture()])
def test_auto_takes_no_other_services_key(call: Call[Any]) -> None:
    done = auto(call, CHAT_REPLY, credential="gsk_key")
    assert isinstance(done.error, InputError)
    assert not done.requests
    assert "gsk_key" not in str(done.error)


def test_auto_needs_a_model_to_choose_for() -> None:
    assert isinstance(auto(picture(None), PICTURE).error, NoDefaultModelError)


def test_a_key_of_the_target_goes_before_the_clients_token() -> None:
    target = targets.provider("auto", "hf_own")
    done = run(target.answer(ChatCompletionArgs(messages=MESSAGES, model="m"), context("gsk_other")), [CHAT_REPLY])
    assert done.requests[0].secret_headers == {"Authorization": "Bearer hf_own"}
    assert "hf_own" not in repr(target)


# --- the mapping -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape",
    [
        [entry("nscale")],
        {"nscale": {"providerId": "nscale-name", "task": "text-to-image", "status": "live"}},
    ],
    ids=["list", "object"],
)
def test_the_mapping_is_read_in_both_of_its_shapes(shape: Any) -> None:
    done = run(
        targets.provider("nscale").answer(picture(), context()),
        [as_json({"inferenceProviderMapping": shape}), as_json({"error": "seen"}, 400)],
    )
    assert done.bodies[1]["model"] == "nscale-name"


@pytest.mark.parametrize("reply", [5, [], {"inferenceProviderMapping": "x"}, {"inferenceProviderMapping": [{"a": 1}]}])
def test_a_mapping_of_another_shape_is_an_output_error(reply: Any) -> None:
    assert isinstance(auto(picture(), as_json(reply)).error, InferenceOutputError)


def test_the_mapping_is_remembered_for_a_credential_and_for_a_while() -> None:
    now = 0.0
    memory = Memory(lambda: now)
    seen = as_json({"error": "seen"}, 400)

    def lookups(credential: str) -> int:
        flow = targets.provider("auto").answer(picture(), context(credential, memory=memory))
        return sum("/api/models/" in url for url in run(flow, [mapped(entry("nscale")), seen]).asked)

    def again(credential: str) -> int:
        flow = targets.provider("auto").answer(picture(), context(credential, memory=memory))
        return sum("/api/models/" in url for url in run(flow, [seen]).asked)

    assert lookups("hf_one") == 1
    assert again("hf_one") == 0
    assert lookups("hf_two") == 1
    now = 3_600.0
    assert lookups("hf_one") == 1


def test_a_named_provider_without_the_model_is_refused_and_named() -> None:
    done = run(targets.provider("nscale").answer(picture(), context()), [mapped(entry("together"))])
    assert isinstance(done.error, UnsupportedTaskError)
    assert "nscale" in str(done.error)
    assert "org/m" in str(done.error)


def test_a_model_that_the_provider_serves_for_another_task_is_refused_with_that_task() -> None:
    done = run(
        targets.provider("nscale").answer(picture(), context()), [mapped(entry("nscale", task="conversational"))]
    )
    assert isinstance(done.error, UnsupportedTaskError)
    assert "conversational" in str(done.error)


def test_a_task_that_a_provider_has_no_dialect_for_is_refused_before_anything_is_asked() -> None:
    done = run(targets.provider("groq").answer(picture(), context()), [mapped(entry("groq"))])
    assert isinstance(done.error, UnsupportedTaskError)
    assert not done.requests


def test_a_model_the_hub_does_not_know_is_sent_as_it_is_with_the_providers_own_key() -> None:
    call = ChatCompletionArgs(messages=MESSAGES, model="llama-of-groq")
    replies = [as_json({"error": "Repository not found"}, 404), CHAT_REPLY]
    done = run(targets.provider("groq", "gsk_x").answer(call, context("")), replies)
    assert done.asked[1] == "POST https://api.groq.com/openai/v1/chat/completions"
    assert done.bodies[1]["model"] == "llama-of-groq"
    assert not done.requests[0].secret_headers
    routed = run(targets.provider("groq").answer(call, context("hf_x")), replies)
    assert isinstance(routed.error, ModelNotFoundError)


def test_without_a_credential_the_router_is_asked() -> None:
    call = ChatCompletionArgs(messages=MESSAGES, model="org/m")
    done = run(
        targets.provider("groq").answer(call, context("")), [mapped(entry("groq", "conversational")), CHAT_REPLY]
    )
    assert done.asked[1].startswith("POST https://router.huggingface.co/groq/")
    assert not done.requests[1].secret_headers


# --- text generation wherever text can stream ------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "task", "route", "form"),
    [
        ("featherless-ai", "text-generation", "/v1/completions", ""),
        ("featherless-ai", "conversational", "/v1/chat/completions", "chat"),
        ("groq", "conversational", "/openai/v1/chat/completions", "chat"),
    ],
)
def test_text_is_completed_where_the_model_can_and_chatted_where_it_cannot(
    provider: str, task: str, route: str, form: str
) -> None:
    reply = as_json({"choices": [{"text": "b", "message": {"content": "b"}}]})
    done = run(
        targets.provider(provider).answer(TextGenerationArgs("a", model="org/m"), context()),
        [mapped(entry(provider, task)), reply],
    )
    assert done.output.generated_text == "b"
    assert done.asked[1] == f"POST https://router.huggingface.co/{provider}{route}"
    assert done.value.opened.form == form


def test_every_provider_of_chat_streams_text() -> None:
    for name in PROVIDERS:
        forms = partner(name).forms
        assert ("chat-completion" in forms) == ("text-generation" in forms)


# --- openai and hf-inference by name ---------------------------------------------------------------------


@pytest.mark.parametrize("model", ["gpt-5", "openai/gpt-5"])
def test_openai_is_asked_directly_with_or_without_its_prefix(model: str) -> None:
    call = ChatCompletionArgs(messages=MESSAGES, model=model)
    done = run(targets.provider("openai", "sk-x").answer(call, context("")), [CHAT_REPLY])
    assert done.asked == ["POST https://api.openai.com/v1/chat/completions"]
    assert done.bodies[0]["model"] == "gpt-5"


def test_openai_is_not_shown_a_hugging_face_token() -> None:
    done = run(
        targets.provider("openai").answer(ChatCompletionArgs(messages=MESSAGES, model="gpt-5"), context()), [CHAT_REPLY]
    )
    assert isinstance(done.error, InputError)
    assert not done.requests


def test_every_base_url_can_be_another_one() -> None:
    call = ChatCompletionArgs(messages=MESSAGES, model="org/m")
    there = targets.provider("groq", "gsk_x", base_url="http://proxy:1/groq", hub_url="http://hub:2")
    found = [mapped(entry("groq", "conversational")), CHAT_REPLY]
    assert run(there.answer(call, context("")), found).asked == [
        "GET http://hub:2/api/models/org/m?expand[]=inferenceProviderMapping",
        "POST http://proxy:1/groq/openai/v1/chat/completions",
    ]
    routed = targets.provider("groq", router_url="http://router:3/x/", hub_url="http://hub:2/")
    assert run(routed.answer(call, context()), found).asked == [
        "GET http://hub:2/api/models/org/m?expand[]=inferenceProviderMapping",
        "POST http://router:3/x/groq/openai/v1/chat/completions",
    ]


@pytest.mark.parametrize("name", ["Groq", "", "hyperbolic"])
def test_an_unknown_provider_is_refused_with_the_list(name: str) -> None:
    with pytest.raises(InputError, match="together"):
        targets.provider(name)


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_registry_knows_each_provider_by_its_own_name(name: str) -> None:
    target = partner(name)
    assert target.name == name
    assert target.forms
    assert target().base_url.startswith("https://") or name == "hf-inference"


# --- the hub ---------------------------------------------------------------------------------------------

ROUTES: list[tuple[Call[Any], str]] = [
    (ChatCompletionArgs(messages=MESSAGES), "/v1/chat/completions"),
    (ChatCompletionArgs(messages=MESSAGES, model="org/m:groq"), "/v1/chat/completions"),
    (TextGenerationArgs("t", model="org/m:fastest"), "/v1/chat/completions"),
    (SummarizationArgs("t"), "/hf-inference/models/facebook/bart-large-cnn"),
    (FillMaskArgs("t", model="org/m"), "/hf-inference/models/org/m"),
    (FeatureExtractionArgs("t", model="org/m"), "/hf-inference/models/org/m/pipeline/feature-extraction"),
    (TextRankingArgs("q", ["a"], model="org/m"), "/hf-inference/models/org/m"),
]


@pytest.mark.parametrize(("call", "route"), ROUTES, ids=lambda value: value if isinstance(value, str) else value.task)
def test_the_hub_has_a_route_for(call: Call[Any], route: str) -> None:
    done = run(targets.hub().answer(call, context(bill_to="org")), [as_json({"error": "seen"}, 400)])
    assert done.asked == [f"POST https://router.huggingface.co{route}"]
    assert done.requests[0].headers["X-HF-Bill-To"] == "org"


def test_the_hub_asks_the_provider_that_a_models_suffix_names() -> None:
    done = run(
        targets.hub().answer(picture("org/m:nscale"), context(bill_to="org")),
        [mapped(entry("nscale")), as_json({"data": [{"b64_json": "iVBORw0KGgo="}]})],
    )
    assert done.asked[1] == "POST https://router.huggingface.co/nscale/v1/images/generations"
    assert done.requests[1].headers["X-HF-Bill-To"] == "org"


def test_the_hub_chooses_a_provider_for_what_it_does_not_do_itself() -> None:
    done = run(
        targets.hub().answer(TextToVideoArgs("t", model="org/m"), context()),
        [mapped(entry("together", "text-to-video")), as_json({"error": "seen"}, 400)],
    )
    assert done.asked[1] == "POST https://router.huggingface.co/together/v2/videos"
    assert targets.hub().serves("text-to-video")


def test_who_pays_is_not_told_to_a_provider_asked_directly() -> None:
    call = ChatCompletionArgs(messages=MESSAGES, model="m", options=Options(bill_to="org"))
    done = run(targets.provider("openai", "sk-x").answer(call, context("", bill_to="org")), [CHAT_REPLY])
    assert "X-HF-Bill-To" not in done.requests[0].headers


def test_the_router_of_hugging_face_is_not_shown_another_services_key() -> None:
    for flow in (
        targets.hub().answer(SummarizationArgs("t"), context("sk-x")),
        targets.hub().open(ChatCompletionStreamArgs(messages=MESSAGES), context("sk-x")),
        targets.provider("hf-inference").answer(SummarizationArgs("t", model="org/m"), context("sk-x")),
    ):
        done = run(flow, [CHAT_REPLY])
        assert isinstance(done.error, InputError)
        assert not done.requests
    stand_in = run(targets.hub("http://proxy:1").answer(SummarizationArgs("t"), context("sk-x")), [as_json({}, 400)])
    assert stand_in.requests[0].secret_headers == {"Authorization": "Bearer sk-x"}


def test_the_hub_lists_providers_of_a_model_with_their_state() -> None:
    mapping = mapped(entry("nscale"), entry("from-the-future", "conversational", "staging", isModelAuthor=True))
    done = run(targets.hub().answer(ListProvidersArgs(model="org/m"), context()), [mapping])
    assert [(one.provider, one.provider_id, one.task, one.status) for one in done.output] == [
        ("nscale", "nscale-name", "text-to-image", "live"),
        ("from-the-future", "from-the-future-name", "conversational", "staging"),
    ]
    assert done.output[1].is_model_author is True
    assert isinstance(run(targets.hub().answer(ListProvidersArgs(), context()), [mapping]).error, InputError)


LISTED = {
    "data": [
        {
            "id": "org/m",
            "owned_by": "org",
            "providers": [{"provider": "groq", "status": "live", "supports_tools": True, "context_length": 8192}],
        }
    ]
}


def test_the_hub_lists_the_models_of_the_router_or_of_a_provider() -> None:
    done = run(targets.hub().answer(ListModelsArgs(), context()), [as_json(LISTED)])
    assert done.asked == ["GET https://router.huggingface.co/v1/models"]
    assert done.output[0].providers[0].supports_tools is True
    asked = ListModelsArgs(provider="fal-ai", pipeline_tag="text-to-image", limit=3)
    done = run(targets.hub().answer(asked, context()), [as_json([{"id": "org/m", "pipeline_tag": "text-to-image"}])])
    query = "inference_provider=fal-ai&pipeline_tag=text-to-image&limit=3"
    assert done.asked == [f"GET https://huggingface.co/api/models?{query}"]
    assert [model.id for model in done.output] == ["org/m"]
    stand_in = run(targets.hub("http://proxy:1").answer(asked, context("sk-x")), [as_json([])])
    assert not stand_in.requests[0].secret_headers
