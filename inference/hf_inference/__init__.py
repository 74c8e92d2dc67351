"""A client for Hugging Face inference: every task, sync and async, on any backend that serves it.

from hf_inference import HfInference

with HfInference("hf_…") as client:
    print(client.summarization(inputs="…").summary_text)

Each name is imported from its module when it is first asked for, so that a program pays for what it uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hf_inference import targets
    from hf_inference.aclient import (
        AsyncHfInference,
        AsyncHfInferenceEndpoint,
    )
    from hf_inference.client import (
        HfInference,
        HfInferenceEndpoint,
    )
    from hf_inference.core.binary import (
        Binary,
        BinaryInput,
    )
    from hf_inference.core.call import (
        BaseArgs,
        Call,
        StreamCall,
    )
    from hf_inference.core.errors import (
        AuthenticationError,
        BackendError,
        BackendUnreachableError,
        BadRequestError,
        CancelledCallError,
        GenerationError,
        IncompleteStreamError,
        InferenceError,
        InferenceOutputError,
        InferenceTimeoutError,
        InputError,
        ModelLoadingError,
        ModelNotFoundError,
        NoDefaultModelError,
        NotImplementedByBackendError,
        PaymentRequiredError,
        RateLimitedError,
        UnexpectedContentError,
        UnsupportedTaskError,
    )
    from hf_inference.core.flow import (
        Answer,
        Opened,
    )
    from hf_inference.core.method import (
        AsyncStream,
        Stream,
    )
    from hf_inference.core.options import (
        Network,
        Options,
        Timeouts,
    )
    from hf_inference.core.signal import (
        Signal,
    )
    from hf_inference.credentials import (
        SavedToken,
        is_hugging_face,
        saved_token,
    )
    from hf_inference.functions import (
        aio,
        audio_classification,
        audio_to_audio,
        automatic_speech_recognition,
        chat_completion,
        chat_completion_stream,
        conversational,
        document_question_answering,
        endpoint_info,
        feature_extraction,
        fill_mask,
        health_check,
        image_classification,
        image_segmentation,
        image_text_to_image,
        image_text_to_video,
        image_to_image,
        image_to_text,
        image_to_video,
        list_models,
        list_providers,
        object_detection,
        question_answering,
        request,
        sentence_similarity,
        streaming_request,
        summarization,
        table_question_answering,
        tabular_classification,
        tabular_regression,
        text_classification,
        text_generation,
        text_generation_stream,
        text_ranking,
        text_to_audio,
        text_to_image,
        text_to_speech,
        text_to_video,
        token_classification,
        translation,
        visual_question_answering,
        zero_shot_classification,
        zero_shot_image_classification,
    )
    from hf_inference.providers.base import (
        Target,
    )
    from hf_inference.tasks.audio.audio_classification import (
        AudioClassificationArgs,
        AudioClassificationOutputValue,
        AudioClassificationParameters,
        AudioClassificationReturn,
    )
    from hf_inference.tasks.audio.audio_to_audio import (
        AudioToAudioArgs,
        AudioToAudioOutputValue,
        AudioToAudioReturn,
    )
    from hf_inference.tasks.audio.automatic_speech_recognition import (
        AutomaticSpeechRecognitionArgs,
        AutomaticSpeechRecognitionChunk,
        AutomaticSpeechRecognitionOutput,
        AutomaticSpeechRecognitionParameters,
    )
    from hf_inference.tasks.audio.text_to_audio import (
        TextToAudioArgs,
        TextToAudioOutput,
    )
    from hf_inference.tasks.audio.text_to_speech import (
        TextToSpeechArgs,
        TextToSpeechOutput,
        TextToSpeechParameters,
    )
    from hf_inference.tasks.custom import (
        RequestArgs,
        StreamingRequestArgs,
    )
    from hf_inference.tasks.cv.image_classification import (
        ImageClassificationArgs,
        ImageClassificationOutput,
        ImageClassificationOutputValue,
        ImageClassificationParameters,
    )
    from hf_inference.tasks.cv.image_segmentation import (
        ImageSegmentationArgs,
        ImageSegmentationOutput,
        ImageSegmentationOutputValue,
        ImageSegmentationParameters,
    )
    from hf_inference.tasks.cv.image_to_image import (
        ImageToImageArgs,
        ImageToImageOutput,
        ImageToImageParameters,
    )
    from hf_inference.tasks.cv.image_to_text import (
        ImageToTextArgs,
        ImageToTextOutput,
        ImageToTextParameters,
    )
    from hf_inference.tasks.cv.image_to_video import (
        ImageToVideoArgs,
        ImageToVideoOutput,
        ImageToVideoParameters,
        ImageToVideoTargetSize,
    )
    from hf_inference.tasks.cv.object_detection import (
        ObjectDetectionArgs,
        ObjectDetectionBox,
        ObjectDetectionOutput,
        ObjectDetectionOutputValue,
        ObjectDetectionParameters,
    )
    from hf_inference.tasks.cv.text_to_image import (
        TextToImageArgs,
        TextToImageDataUrlArgs,
        TextToImageJsonArgs,
        TextToImageOutput,
        TextToImageParameters,
        TextToImageUrlArgs,
    )
    from hf_inference.tasks.cv.text_to_video import (
        TextToVideoArgs,
        TextToVideoOutput,
        TextToVideoParameters,
    )
    from hf_inference.tasks.cv.zero_shot_image_classification import (
        ZeroShotImageClassificationArgs,
        ZeroShotImageClassificationInputs,
        ZeroShotImageClassificationOutput,
        ZeroShotImageClassificationOutputValue,
        ZeroShotImageClassificationParameters,
    )
    from hf_inference.tasks.inference_task import (
        InferenceTask,
    )
    from hf_inference.tasks.lookups import (
        EndpointInfo,
        EndpointInfoArgs,
        HealthCheckArgs,
        ListModelsArgs,
        ListProvidersArgs,
        ModelInfo,
        ModelProvider,
        ProviderMapping,
    )
    from hf_inference.tasks.multimodal.document_question_answering import (
        DocumentQuestionAnsweringArgs,
        DocumentQuestionAnsweringInputs,
        DocumentQuestionAnsweringOutput,
        DocumentQuestionAnsweringParameters,
    )
    from hf_inference.tasks.multimodal.image_text_to_image import (
        ImageTextToImageArgs,
        ImageTextToImageOutput,
        ImageTextToImageParameters,
    )
    from hf_inference.tasks.multimodal.image_text_to_video import (
        ImageTextToVideoArgs,
        ImageTextToVideoOutput,
    )
    from hf_inference.tasks.multimodal.visual_question_answering import (
        VisualQuestionAnsweringArgs,
        VisualQuestionAnsweringInputs,
        VisualQuestionAnsweringOutput,
        VisualQuestionAnsweringParameters,
    )
    from hf_inference.tasks.nlp.chat_completion import (
        ChatCompletionArgs,
        ChatCompletionInputMessage,
        ChatCompletionOutput,
        ChatCompletionOutputComplete,
        ChatCompletionOutputFunctionDefinition,
        ChatCompletionOutputLogprob,
        ChatCompletionOutputLogprobs,
        ChatCompletionOutputMessage,
        ChatCompletionOutputToolCall,
        ChatCompletionOutputTopLogprob,
        ChatCompletionOutputUsage,
        ChatParameters,
    )
    from hf_inference.tasks.nlp.chat_completion_stream import (
        ChatCompletionStreamArgs,
        ChatCompletionStreamOutput,
        ChatCompletionStreamOutputChoice,
        ChatCompletionStreamOutputDelta,
        ChatCompletionStreamOutputDeltaToolCall,
        ChatCompletionStreamOutputFunction,
    )
    from hf_inference.tasks.nlp.conversational import (
        ConversationalArgs,
        ConversationalInputs,
        ConversationalOutput,
        ConversationalParameters,
        ConversationalTurns,
    )
    from hf_inference.tasks.nlp.feature_extraction import (
        FeatureExtractionArgs,
        FeatureExtractionOutput,
    )
    from hf_inference.tasks.nlp.fill_mask import (
        FillMaskArgs,
        FillMaskOutput,
        FillMaskOutputValue,
        FillMaskParameters,
    )
    from hf_inference.tasks.nlp.question_answering import (
        QuestionAnsweringArgs,
        QuestionAnsweringInputs,
        QuestionAnsweringOutput,
        QuestionAnsweringParameters,
    )
    from hf_inference.tasks.nlp.sentence_similarity import (
        SentenceSimilarityArgs,
        SentenceSimilarityOutput,
    )
    from hf_inference.tasks.nlp.structured_output import (
        json_schema,
    )
    from hf_inference.tasks.nlp.summarization import (
        SummarizationArgs,
        SummarizationOutput,
        SummarizationParameters,
    )
    from hf_inference.tasks.nlp.table_question_answering import (
        TableQuestionAnsweringArgs,
        TableQuestionAnsweringInputs,
        TableQuestionAnsweringOutput,
        TableQuestionAnsweringParameters,
    )
    from hf_inference.tasks.nlp.text_classification import (
        TextClassificationArgs,
        TextClassificationOutput,
        TextClassificationOutputValue,
        TextClassificationParameters,
    )
    from hf_inference.tasks.nlp.text_generation import (
        TextGenerationArgs,
        TextGenerationOutput,
        TextGenerationParameters,
    )
    from hf_inference.tasks.nlp.text_generation_stream import (
        TextGenerationStreamArgs,
        TextGenerationStreamBestOfSequence,
        TextGenerationStreamDetails,
        TextGenerationStreamFinishReason,
        TextGenerationStreamOutput,
        TextGenerationStreamPrefillToken,
        TextGenerationStreamToken,
    )
    from hf_inference.tasks.nlp.text_ranking import (
        TextRankingArgs,
        TextRankingOutput,
        TextRankingOutputValue,
        TextRankingParameters,
    )
    from hf_inference.tasks.nlp.token_classification import (
        AggregationStrategy,
        TokenClassificationArgs,
        TokenClassificationOutput,
        TokenClassificationOutputValue,
        TokenClassificationParameters,
    )
    from hf_inference.tasks.nlp.tool_calls import (
        ToolCallAssembler,
        read_arguments,
    )
    from hf_inference.tasks.nlp.translation import (
        TranslationArgs,
        TranslationOutput,
        TranslationOutputValue,
        TranslationParameters,
    )
    from hf_inference.tasks.nlp.zero_shot_classification import (
        ZeroShotClassificationArgs,
        ZeroShotClassificationOutput,
        ZeroShotClassificationOutputValue,
        ZeroShotClassificationParameters,
    )
    from hf_inference.tasks.tabular.tabular_classification import (
        TabularClassificationArgs,
        TabularClassificationInputs,
        TabularClassificationOutput,
    )
    from hf_inference.tasks.tabular.tabular_regression import (
        TabularRegressionArgs,
        TabularRegressionInputs,
        TabularRegressionOutput,
    )


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "targets":
        return import_module(f"{__name__}.targets")
    value = getattr(import_module(_home_of(name)), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _home_of(name: str) -> str:
    """The module that defines a public name: as the table says, else the task whose name it begins with."""
    for module, names in _HOMES.items():
        if name in names:
            return f"{__name__}.{module}"
    from hf_inference.tasks import home_of

    return home_of(name)


__all__ = [
    "AggregationStrategy",
    "Answer",
    "AsyncHfInference",
    "AsyncHfInferenceEndpoint",
    "AsyncStream",
    "AudioClassificationArgs",
    "AudioClassificationOutputValue",
    "AudioClassificationParameters",
    "AudioClassificationReturn",
    "AudioToAudioArgs",
    "AudioToAudioOutputValue",
    "AudioToAudioReturn",
    "AuthenticationError",
    "AutomaticSpeechRecognitionArgs",
    "AutomaticSpeechRecognitionChunk",
    "AutomaticSpeechRecognitionOutput",
    "AutomaticSpeechRecognitionParameters",
    "BackendError",
    "BackendUnreachableError",
    "BadRequestError",
    "BaseArgs",
    "Binary",
    "BinaryInput",
    "Call",
    "CancelledCallError",
    "ChatCompletionArgs",
    "ChatCompletionInputMessage",
    "ChatCompletionOutput",
    "ChatCompletionOutputComplete",
    "ChatCompletionOutputFunctionDefinition",
    "ChatCompletionOutputLogprob",
    "ChatCompletionOutputLogprobs",
    "ChatCompletionOutputMessage",
    "ChatCompletionOutputToolCall",
    "ChatCompletionOutputTopLogprob",
    "ChatCompletionOutputUsage",
    "ChatCompletionStreamArgs",
    "ChatCompletionStreamOutput",
    "ChatCompletionStreamOutputChoice",
    "ChatCompletionStreamOutputDelta",
    "ChatCompletionStreamOutputDeltaToolCall",
    "ChatCompletionStreamOutputFunction",
    "ChatParameters",
    "ConversationalArgs",
    "ConversationalInputs",
    "ConversationalOutput",
    "ConversationalParameters",
    "ConversationalTurns",
    "DocumentQuestionAnsweringArgs",
    "DocumentQuestionAnsweringInputs",
    "DocumentQuestionAnsweringOutput",
    "DocumentQuestionAnsweringParameters",
    "EndpointInfo",
    "EndpointInfoArgs",
    "FeatureExtractionArgs",
    "FeatureExtractionOutput",
    "FillMaskArgs",
    "FillMaskOutput",
    "FillMaskOutputValue",
    "FillMaskParameters",
    "GenerationError",
    "HealthCheckArgs",
    "HfInference",
    "HfInferenceEndpoint",
    "ImageClassificationArgs",
    "ImageClassificationOutput",
    "ImageClassificationOutputValue",
    "ImageClassificationParameters",
    "ImageSegmentationArgs",
    "ImageSegmentationOutput",
    "ImageSegmentationOutputValue",
    "ImageSegmentationParameters",
    "ImageTextToImageArgs",
    "ImageTextToImageOutput",
    "ImageTextToImageParameters",
    "ImageTextToVideoArgs",
    "ImageTextToVideoOutput",
    "ImageToImageArgs",
    "ImageToImageOutput",
    "ImageToImageParameters",
    "ImageToTextArgs",
    "ImageToTextOutput",
    "ImageToTextParameters",
    "ImageToVideoArgs",
    "ImageToVideoOutput",
    "ImageToVideoParameters",
    "ImageToVideoTargetSize",
    "IncompleteStreamError",
    "InferenceError",
    "InferenceOutputError",
    "InferenceTask",
    "InferenceTimeoutError",
    "InputError",
    "ListModelsArgs",
    "ListProvidersArgs",
    "ModelInfo",
    "ModelLoadingError",
    "ModelNotFoundError",
    "ModelProvider",
    "Network",
    "NoDefaultModelError",
    "NotImplementedByBackendError",
    "ObjectDetectionArgs",
    "ObjectDetectionBox",
    "ObjectDetectionOutput",
    "ObjectDetectionOutputValue",
    "ObjectDetectionParameters",
    "Opened",
    "Options",
    "PaymentRequiredError",
    "ProviderMapping",
    "QuestionAnsweringArgs",
    "QuestionAnsweringInputs",
    "QuestionAnsweringOutput",
    "QuestionAnsweringParameters",
    "RateLimitedError",
    "RequestArgs",
    "SavedToken",
    "SentenceSimilarityArgs",
    "SentenceSimilarityOutput",
    "Signal",
    "Stream",
    "StreamCall",
    "StreamingRequestArgs",
    "SummarizationArgs",
    "SummarizationOutput",
    "SummarizationParameters",
    "TableQuestionAnsweringArgs",
    "TableQuestionAnsweringInputs",
    "TableQuestionAnsweringOutput",
    "TableQuestionAnsweringParameters",
    "TabularClassificationArgs",
    "TabularClassificationInputs",
    "TabularClassificationOutput",
    "TabularRegressionArgs",
    "TabularRegressionInputs",
    "TabularRegressionOutput",
    "Target",
    "TextClassificationArgs",
    "TextClassificationOutput",
    "TextClassificationOutputValue",
    "TextClassificationParameters",
    "TextGenerationArgs",
    "TextGenerationOutput",
    "TextGenerationParameters",
    "TextGenerationStreamArgs",
    "TextGenerationStreamBestOfSequence",
    "TextGenerationStreamDetails",
    "TextGenerationStreamFinishReason",
    "TextGenerationStreamOutput",
    "TextGenerationStreamPrefillToken",
    "TextGenerationStreamToken",
    "TextRankingArgs",
    "TextRankingOutput",
    "TextRankingOutputValue",
    "TextRankingParameters",
    "TextToAudioArgs",
    "TextToAudioOutput",
    "TextToImageArgs",
    "TextToImageDataUrlArgs",
    "TextToImageJsonArgs",
    "TextToImageOutput",
    "TextToImageParameters",
    "TextToImageUrlArgs",
    "TextToSpeechArgs",
    "TextToSpeechOutput",
    "TextToSpeechParameters",
    "TextToVideoArgs",
    "TextToVideoOutput",
    "TextToVideoParameters",
    "Timeouts",
    "TokenClassificationArgs",
    "TokenClassificationOutput",
    "TokenClassificationOutputValue",
    "TokenClassificationParameters",
    "ToolCallAssembler",
    "TranslationArgs",
    "TranslationOutput",
    "TranslationOutputValue",
    "TranslationParameters",
    "UnexpectedContentError",
    "UnsupportedTaskError",
    "VisualQuestionAnsweringArgs",
    "VisualQuestionAnsweringInputs",
    "VisualQuestionAnsweringOutput",
    "VisualQuestionAnsweringParameters",
    "ZeroShotClassificationArgs",
    "ZeroShotClassificationOutput",
    "ZeroShotClassificationOutputValue",
    "ZeroShotClassificationParameters",
    "ZeroShotImageClassificationArgs",
    "ZeroShotImageClassificationInputs",
    "ZeroShotImageClassificationOutput",
    "ZeroShotImageClassificationOutputValue",
    "ZeroShotImageClassificationParameters",
    "aio",
    "audio_classification",
    "audio_to_audio",
    "automatic_speech_recognition",
    "chat_completion",
    "chat_completion_stream",
    "conversational",
    "document_question_answering",
    "endpoint_info",
    "feature_extraction",
    "fill_mask",
    "health_check",
    "image_classification",
    "image_segmentation",
    "image_text_to_image",
    "image_text_to_video",
    "image_to_image",
    "image_to_text",
    "image_to_video",
    "is_hugging_face",
    "json_schema",
    "list_models",
    "list_providers",
    "object_detection",
    "question_answering",
    "read_arguments",
    "request",
    "saved_token",
    "sentence_similarity",
    "streaming_request",
    "summarization",
    "table_question_answering",
    "tabular_classification",
    "tabular_regression",
    "targets",
    "text_classification",
    "text_generation",
    "text_generation_stream",
    "text_ranking",
    "text_to_audio",
    "text_to_image",
    "text_to_speech",
    "text_to_video",
    "token_classification",
    "translation",
    "visual_question_answering",
    "zero_shot_classification",
    "zero_shot_image_classification",
]

_HOMES: Mapping[str, tuple[str, ...]] = {
    "aclient": (
        "AsyncHfInference",
        "AsyncHfInferenceEndpoint",
    ),
    "client": (
        "HfInference",
        "HfInferenceEndpoint",
    ),
    "core.binary": (
        "Binary",
        "BinaryInput",
    ),
    "core.call": (
        "BaseArgs",
        "Call",
        "StreamCall",
    ),
    "core.errors": (
        "AuthenticationError",
        "BackendError",
        "BackendUnreachableError",
        "BadRequestError",
        "CancelledCallError",
        "GenerationError",
        "IncompleteStreamError",
        "InferenceError",
        "InferenceOutputError",
        "InferenceTimeoutError",
        "InputError",
        "ModelLoadingError",
        "ModelNotFoundError",
        "NoDefaultModelError",
        "NotImplementedByBackendError",
        "PaymentRequiredError",
        "RateLimitedError",
        "UnexpectedContentError",
        "UnsupportedTaskError",
    ),
    "core.flow": (
        "Answer",
        "Opened",
    ),
    "core.method": (
        "AsyncStream",
        "Stream",
    ),
    "core.options": (
        "Network",
        "Options",
        "Timeouts",
    ),
    "core.signal": ("Signal",),
    "credentials": (
        "SavedToken",
        "is_hugging_face",
        "saved_token",
    ),
    "functions": (
        "aio",
        "audio_classification",
        "audio_to_audio",
        "automatic_speech_recognition",
        "chat_completion",
        "chat_completion_stream",
        "conversational",
        "document_question_answering",
        "endpoint_info",
        "feature_extraction",
        "fill_mask",
        "health_check",
        "image_classification",
        "image_segmentation",
        "image_text_to_image",
        "image_text_to_video",
        "image_to_image",
        "image_to_text",
        "image_to_video",
        "list_models",
        "list_providers",
        "object_detection",
        "question_answering",
        "request",
        "sentence_similarity",
        "streaming_request",
        "summarization",
        "table_question_answering",
        "tabular_classification",
        "tabular_regression",
        "text_classification",
        "text_generation",
        "text_generation_stream",
        "text_ranking",
        "text_to_audio",
        "text_to_image",
        "text_to_speech",
        "text_to_video",
        "token_classification",
        "translation",
        "visual_question_answering",
        "zero_shot_classification",
        "zero_shot_image_classification",
    ),
    "providers.base": ("Target",),
    "tasks.custom": (
        "RequestArgs",
        "StreamingRequestArgs",
    ),
    "tasks.inference_task": ("InferenceTask",),
    "tasks.lookups": (
        "EndpointInfo",
        "EndpointInfoArgs",
        "HealthCheckArgs",
        "ListModelsArgs",
        "ListProvidersArgs",
        "ModelInfo",
        "ModelProvider",
        "ProviderMapping",
    ),
    "tasks.nlp.chat_completion": ("ChatParameters",),
    "tasks.nlp.structured_output": ("json_schema",),
    "tasks.nlp.token_classification": ("AggregationStrategy",),
    "tasks.nlp.tool_calls": (
        "ToolCallAssembler",
        "read_arguments",
    ),
}
