"""The seed's options on today's targets: as headers where the Hub's own service answers, and nowhere in a body."""

from __future__ import annotations

from typing import Any

import pytest

from hf_inference import (
    AudioClassificationArgs,
    Call,
    ChatCompletionArgs,
    SummarizationArgs,
    Target,
    TextGenerationArgs,
    targets,
)
from support.flows import as_json, context, run, whole_body

SAID: dict[str, Any] = {
    "wait_for_model": True,
    "use_cache": False,
    "dont_load_model": True,
    "use_gpu": True,
    "retry_on_error": False,
    "include_credentials": False,
    "bill_to": "owner",
}
SEEDS = {"X-Wait-For-Model": "true", "X-Use-Cache": "false", "X-Load-Model": "0"}
PAYS = {"X-HF-Bill-To": "owner"}

SUMMARY = SummarizationArgs("x", model="o/m")
SOUND = AudioClassificationArgs(b"fLaC", model="o/m")
TEXT = TextGenerationArgs("x", model="o/m")
CHAT = ChatCompletionArgs(messages=[{"role": "user", "content": "x"}], model="o/m")

CASES: list[tuple[str, Target, Call[Any], dict[str, str]]] = [
    ("hub", targets.hub(), SUMMARY, SEEDS | PAYS),
    ("hub, bytes", targets.hub(), SOUND, SEEDS | PAYS),
    ("hub, chat", targets.hub(), CHAT, PAYS),
    ("hub, text", targets.hub(), TEXT, PAYS),
    ("hf-inference by name", targets.provider("hf-inference"), SUMMARY, SEEDS | PAYS),
    ("hf-inference by name, text", targets.provider("hf-inference"), TEXT, SEEDS | PAYS),
    ("a provider", targets.provider("together"), CHAT, PAYS),
    ("auto", targets.provider("auto"), CHAT, PAYS),
    ("an endpoint", targets.endpoint("http://h/"), SUMMARY, SEEDS),
    ("an endpoint, bytes", targets.endpoint("http://h/"), SOUND, SEEDS),
    ("an endpoint, text", targets.endpoint("http://h/"), TEXT, SEEDS),
    ("an endpoint, chat", targets.endpoint("http://h/"), CHAT, {}),
    ("an OpenAI server", targets.openai("http://h/v1"), CHAT, {}),
    ("an OpenAI server, text", targets.openai("http://h/v1"), TEXT, {}),
]


@pytest.mark.parametrize(("target", "call", "headers"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_options_travel_in_the_targets_own_words(target: Target, call: Call[Any], headers: dict[str, str]) -> None:
    task = "conversational" if call is CHAT else call.task
    entries = [
        {"provider": name, "providerId": "p", "task": task, "status": "live"} for name in ("together", "hf-inference")
    ]
    done = run(target.answer(call, context(**SAID)), [as_json({"inferenceProviderMapping": entries})])
    asked = done.requests[-1]
    assert asked.method == "POST"
    sent = {**asked.headers, **asked.secret_headers}
    assert {name: value for name, value in sent.items() if name.startswith("X-")} == headers
    assert not [name for name in SAID if name.encode() in whole_body(asked)]


@pytest.mark.parametrize(("target", "call"), [row[1:3] for row in CASES], ids=[row[0] for row in CASES])
def test_an_option_that_is_not_said_is_not_sent(target: Target, call: Call[Any]) -> None:
    task = "conversational" if call is CHAT else call.task
    entries = [
        {"provider": name, "providerId": "p", "task": task, "status": "live"} for name in ("together", "hf-inference")
    ]
    done = run(target.answer(call, context()), [as_json({"inferenceProviderMapping": entries})])
    assert not [
        name for name in (SEEDS | PAYS) if name in {**done.requests[-1].headers, **done.requests[-1].secret_headers}
    ]
