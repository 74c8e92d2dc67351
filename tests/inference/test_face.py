"""The face of the package: every function, type and field of the seed API, and nothing exported but by a sorted
`__all__` that checkers, `import` and the documentation read alike."""

from __future__ import annotations

import ast
import dataclasses
import subprocess
import sys
import types
import typing
from pathlib import Path
from typing import Any

import pytest

import hf_inference
from hf_inference import AsyncHfInference, AsyncHfInferenceEndpoint, HfInference, HfInferenceEndpoint
from hf_inference.core.method import Method, StreamMethod
from hf_inference.surface import Surface

CLIENTS = (HfInference, AsyncHfInference, HfInferenceEndpoint, AsyncHfInferenceEndpoint)
METHODS: dict[str, Any] = {
    name: value for name, value in vars(Surface).items() if isinstance(value, Method | StreamMethod)
}

FUNCTIONS: dict[str, str] = {
    # function: its arguments' fields beside model, access_token and options ("?" may be left out)
    "request": "inputs? data? parameters?",
    "streaming_request": "inputs? parameters?",
    "audio_classification": "data",
    "audio_to_audio": "data",
    "automatic_speech_recognition": "data",
    "text_to_speech": "inputs",
    "image_classification": "data",
    "image_segmentation": "data",
    "image_to_image": "inputs parameters?",
    "image_to_text": "data",
    "object_detection": "data",
    "text_to_image": "inputs parameters?",
    "zero_shot_image_classification": "inputs parameters",
    "conversational": "inputs parameters?",
    "feature_extraction": "inputs",
    "fill_mask": "inputs",
    "question_answering": "inputs",
    "sentence_similarity": "inputs",
    "summarization": "inputs parameters?",
    "table_question_answering": "inputs",
    "text_classification": "inputs",
    "text_generation": "inputs parameters?",
    "text_generation_stream": "inputs parameters?",
    "token_classification": "inputs parameters?",
    "translation": "inputs",
    "zero_shot_classification": "inputs parameters",
    "document_question_answering": "inputs",
    "visual_question_answering": "inputs",
    "tabular_classification": "inputs",
    "tabular_regression": "inputs",
}

PARTS: dict[str, str] = {
    # what the seed documents inside `inputs` and `parameters`
    "ConversationalInputs": "text generated_responses past_user_inputs",
    "ConversationalParameters": "max_length max_time min_length repetition_penalty temperature top_k top_p",
    "DocumentQuestionAnsweringInputs": "image question",
    "ImageToImageParameters": (
        "guess_mode guidance_scale height negative_prompt num_inference_steps prompt strength width"
    ),
    "QuestionAnsweringInputs": "context question",
    "SummarizationParameters": "max_length max_time min_length repetition_penalty temperature top_k top_p",
    "TableQuestionAnsweringInputs": "query table",
    "TabularClassificationInputs": "data",
    "TabularRegressionInputs": "data",
    "TextGenerationParameters": (
        "do_sample max_new_tokens max_time num_return_sequences repetition_penalty return_full_text stop_sequences "
        "temperature top_k top_p truncate"
    ),
    "TextToImageParameters": "guidance_scale height negative_prompt num_inference_steps width",
    "TokenClassificationParameters": "aggregation_strategy",
    "VisualQuestionAnsweringInputs": "image question",
    "ZeroShotClassificationParameters": "candidate_labels multi_label",
    "ZeroShotImageClassificationInputs": "image",
    "ZeroShotImageClassificationParameters": "candidate_labels",
}

ARGUMENTS = [
    "AudioClassificationArgs",
    "AudioToAudioArgs",
    "AutomaticSpeechRecognitionArgs",
    "BaseArgs",
    "ConversationalArgs",
    "DocumentQuestionAnsweringArgs",
    "FeatureExtractionArgs",
    "FillMaskArgs",
    "ImageClassificationArgs",
    "ImageSegmentationArgs",
    "ImageToImageArgs",
    "ImageToTextArgs",
    "ObjectDetectionArgs",
    "QuestionAnsweringArgs",
    "RequestArgs",
    "SentenceSimilarityArgs",
    "SummarizationArgs",
    "TableQuestionAnsweringArgs",
    "TabularClassificationArgs",
    "TabularRegressionArgs",
    "TextClassificationArgs",
    "TextGenerationArgs",
    "TextToImageArgs",
    "TextToSpeechArgs",
    "TokenClassificationArgs",
    "TranslationArgs",
    "VisualQuestionAnsweringArgs",
    "ZeroShotClassificationArgs",
    "ZeroShotImageClassificationArgs",
]

OBJECTS: dict[str, str] = {
    # output types that are objects: their members on the wire ("?" may be missing)
    "AudioClassificationOutputValue": "label score",
    "AudioToAudioOutputValue": "label blob content-type",
    "AutomaticSpeechRecognitionOutput": "text",
    "ConversationalOutput": "conversation generated_text warnings?",
    "DocumentQuestionAnsweringOutput": "answer end? score? start?",
    "ImageClassificationOutputValue": "label score",
    "ImageSegmentationOutputValue": "label mask score?",
    "ImageToTextOutput": "generated_text",
    "ObjectDetectionOutputValue": "box label score",
    "Options": (
        "retry_on_error? use_cache? dont_load_model? use_gpu? wait_for_model? fetch? signal? include_credentials?"
    ),
    "QuestionAnsweringOutput": "answer end score start",
    "SummarizationOutput": "summary_text",
    "TableQuestionAnsweringOutput": "aggregator? answer cells coordinates",
    "TextGenerationOutput": "generated_text",
    "TextGenerationStreamBestOfSequence": "generated_text finish_reason generated_tokens seed? prefill? tokens?",
    "TextGenerationStreamDetails": ("finish_reason generated_tokens seed? prefill? tokens? best_of_sequences?"),
    "TextGenerationStreamOutput": "token generated_text? details?",
    "TextGenerationStreamPrefillToken": "id text logprob?",
    "TextGenerationStreamToken": "id text logprob? special?",
    "TokenClassificationOutputValue": "end entity_group? score start word",
    "TranslationOutputValue": "translation_text",
    "VisualQuestionAnsweringOutput": "answer score",
    "ZeroShotClassificationOutputValue": "labels scores sequence",
    "ZeroShotImageClassificationOutputValue": "label score",
}
# Looser than the seed where today's servers leave a member out: warnings, the score of a segment, the aggregator,
# `entity` in the place of `entity_group`, and what a real stream's last event does not tell.

LISTS: dict[str, str] = {
    # output types that are lists: of what
    "AudioClassificationReturn": "AudioClassificationOutputValue",
    "AudioToAudioReturn": "AudioToAudioOutputValue",
    "FillMaskOutput": "FillMaskOutputValue",
    "ImageClassificationOutput": "ImageClassificationOutputValue",
    "ImageSegmentationOutput": "ImageSegmentationOutputValue",
    "ObjectDetectionOutput": "ObjectDetectionOutputValue",
    "SentenceSimilarityOutput": "float",
    "TabularClassificationOutput": "float",
    "TabularRegressionOutput": "float",
    "TextClassificationOutput": "TextClassificationOutputValue",
    "TokenClassificationOutput": "TokenClassificationOutputValue",
    "ZeroShotClassificationOutput": "ZeroShotClassificationOutputValue",
    "ZeroShotImageClassificationOutput": "ZeroShotImageClassificationOutputValue",
}

BINARY = ("ImageToImageOutput", "TextToImageOutput", "TextToSpeechOutput")

UNIONS = ("FeatureExtractionOutput", "InferenceTask", "TextGenerationStreamFinishReason", "TranslationOutput")

CLASSES = ("HfInference", "HfInferenceEndpoint", "InferenceOutputError")


def test_the_seed_has_30_functions_and_73_types() -> None:
    assert len(FUNCTIONS) == 30
    assert len([*ARGUMENTS, *OBJECTS, *LISTS, *BINARY, *UNIONS]) == 48 + 25


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_the_seed_is_a_method_of_both_clients_with_the_documented_arguments(name: str) -> None:
    for client in CLIENTS:
        assert getattr(client, name) is METHODS[name]
    fields = {field.name: field for field in dataclasses.fields(METHODS[name].args)}
    for said in ("model?", "access_token?", "options?", *FUNCTIONS[name].split()):
        field = fields[said.removesuffix("?")]
        assert is_optional(field) == said.endswith("?")


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_a_function_too_blocking_and_to_be_awaited(name: str) -> None:
    assert name in hf_inference.__all__
    assert callable(getattr(hf_inference, name))
    assert callable(getattr(hf_inference.aio, name))


@pytest.mark.parametrize("name", METHODS)
def test_a_methods_arguments_are_an_exported_frozen_dataclass_that_says_what_it_does(name: str) -> None:
    args = METHODS[name].args
    assert args.__dataclass_params__.frozen
    assert not args.__doc__.startswith(f"{args.__name__}(")
    assert getattr(hf_inference, args.__name__) is args


@pytest.mark.parametrize("name", [*ARGUMENTS, *OBJECTS, *LISTS, *BINARY, *UNIONS, *CLASSES, *PARTS])
def test_a_type_of_the_seed_is_exported_under_its_name(name: str) -> None:
    assert name in hf_inference.__all__
    assert getattr(hf_inference, name) is not None


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_has_the_documented_members(name: str) -> None:
    fields = {
        field.metadata.get("wire", field.name): field for field in dataclasses.fields(getattr(hf_inference, name))
    }
    for said in OBJECTS[name].split():
        field = fields[said.removesuffix("?")]
        assert is_optional(field) == said.endswith("?"), said


@pytest.mark.parametrize("name", PARTS)
def test_inputs_and_parameters_have_the_documented_members(name: str) -> None:
    kind = getattr(hf_inference, name)
    members = (
        {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else kind.__annotations__
    )
    assert set(PARTS[name].split()) <= set(members)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_of_the_documented_items(name: str) -> None:
    alias = getattr(hf_inference, name)
    assert typing.get_origin(alias) is list
    assert [item.__name__ for item in typing.get_args(alias)] == [LISTS[name]]


def test_the_remaining_aliases_are_what_the_seed_says() -> None:
    assert all(getattr(hf_inference, name) is hf_inference.Binary for name in BINARY)
    assert typing.get_args(hf_inference.TextGenerationStreamFinishReason) == ("length", "eos_token", "stop_sequence")
    assert isinstance(hf_inference.TranslationOutput, types.UnionType)
    assert issubclass(hf_inference.InferenceOutputError, TypeError)
    names = typing.get_args(hf_inference.InferenceTask)
    assert list(names) == sorted(set(names))
    assert set(_SEEDS_TASKS.split()) <= set(names)
    assert hf_inference.BaseArgs is hf_inference.Call


def test_all_is_sorted_complete_and_what_checkers_and_dir_see() -> None:
    names = hf_inference.__all__
    assert names == sorted(set(names))
    assert set(names) <= set(dir(hf_inference))
    for name in names:
        assert getattr(hf_inference, name) is not None
    assert set(names) == imported_for_checkers()


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Summarisation'"):
        _ = getattr(hf_inference, "Summarisation")  # noqa: B009  (a checker would refuse the plain form)


def test_importing_the_package_imports_no_task_no_client_and_no_httpx() -> None:
    code = "import sys, hf_inference; print(*sorted(name for name in sys.modules if name.startswith(('hf_', 'httpx'))))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["hf_inference"]


def test_a_client_imports_a_task_when_it_is_called_and_no_other() -> None:
    code = (
        "import sys; from hf_inference import HfInference; c = HfInference(); c.fill_mask;"
        "print(*[name for name in sys.modules if name.startswith('hf_inference.tasks.')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [name for name in found.stdout.split() if name.endswith(("fill_mask", "summarization", "text_to_image"))]


def imported_for_checkers() -> set[str]:
    """The names that `__init__.py` imports for type checkers only."""
    assert hf_inference.__file__ is not None
    tree = ast.parse(Path(hf_inference.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    return {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}


def is_optional(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


_SEEDS_TASKS = (
    "text-classification token-classification table-question-answering question-answering zero-shot-classification "
    "translation summarization conversational feature-extraction text-generation text2text-generation fill-mask "
    "sentence-similarity text-to-speech text-to-audio automatic-speech-recognition audio-to-audio "
    "audio-classification voice-activity-detection depth-estimation image-classification object-detection "
    "image-segmentation text-to-image image-to-text image-to-image image-to-video unconditional-image-generation "
    "video-classification reinforcement-learning robotics tabular-classification tabular-regression tabular-to-text "
    "table-to-text multiple-choice text-retrieval time-series-forecasting text-to-video visual-question-answering "
    "document-question-answering zero-shot-image-classification graph-ml mask-generation zero-shot-object-detection "
    "text-to-3d image-to-3d"
)
