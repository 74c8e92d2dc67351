"""A client for Hugging Face inference: every task, sync and async, on any backend that serves it.

from hf_inference import HfInference

with HfInference("hf_…") as client:
    print(client.summarization(inputs="…").summary_text)
"""

from hf_inference import targets
from hf_inference.aclient import AsyncHfInference, AsyncHfInferenceEndpoint
from hf_inference.client import HfInference, HfInferenceEndpoint
from hf_inference.core.call import Call, StreamCall
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
from hf_inference.core.flow import Answer, Opened
from hf_inference.core.method import AsyncStream, Stream
from hf_inference.core.options import Options, Timeouts
from hf_inference.targets import Target
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
from hf_inference.tasks.nlp.summarization import (
    SummarizationArgs,
    SummarizationOutput,
    SummarizationParameters,
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

__all__ = [
    "AggregationStrategy",
    "Answer",
    "AsyncHfInference",
    "AsyncHfInferenceEndpoint",
    "AsyncStream",
    "AuthenticationError",
    "BackendError",
    "BackendUnreachableError",
    "BadRequestError",
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
    "GenerationError",
    "HfInference",
    "HfInferenceEndpoint",
    "IncompleteStreamError",
    "InferenceError",
    "InferenceOutputError",
    "InferenceTimeoutError",
    "InputError",
    "ModelLoadingError",
    "ModelNotFoundError",
    "NoDefaultModelError",
    "NotImplementedByBackendError",
    "Opened",
    "Options",
    "PaymentRequiredError",
    "RateLimitedError",
    "Stream",
    "StreamCall",
    "SummarizationArgs",
    "SummarizationOutput",
    "SummarizationParameters",
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
    "read_arguments",
    "targets",
]
