"""Every task the clients have, one line each: the only place where a task's name becomes a method.

Knows the list. Knows no wire and no I/O. A new task is a file under `tasks/`, its name in that folder's list, and a
line here.
"""

from __future__ import annotations

from hf_inference import tasks
from hf_inference.core.method import method, stream_method
from hf_inference.tasks import audio, custom, cv, multimodal, nlp, tabular
from hf_inference.variants import ChatNamespace, PictureMethod


class Surface:
    """The methods of `HfInference` (each returns its output) and of `AsyncHfInference` (each is awaited)."""

    request = method(lambda: custom.RequestArgs)
    """Send anything, get back whatever comes."""
    streaming_request = stream_method(lambda: custom.StreamingRequestArgs)
    """Send anything, get back each event that comes."""

    audio_classification = method(lambda: audio.audio_classification.AudioClassificationArgs)
    """Sort a sound into labels."""
    audio_to_audio = method(lambda: audio.audio_to_audio.AudioToAudioArgs)
    """Enhance a recording, or separate its voices."""
    automatic_speech_recognition = method(lambda: audio.automatic_speech_recognition.AutomaticSpeechRecognitionArgs)
    """Write down what a recording says."""
    text_to_audio = method(lambda: audio.text_to_audio.TextToAudioArgs)
    """Make the sound a text describes."""
    text_to_speech = method(lambda: audio.text_to_speech.TextToSpeechArgs)
    """Read a text aloud."""

    image_classification = method(lambda: cv.image_classification.ImageClassificationArgs)
    """Sort an image into labels."""
    image_segmentation = method(lambda: cv.image_segmentation.ImageSegmentationArgs)
    """Divide an image into regions."""
    image_to_image = method(lambda: cv.image_to_image.ImageToImageArgs)
    """Change an image."""
    image_to_text = method(lambda: cv.image_to_text.ImageToTextArgs)
    """Describe or read an image."""
    image_to_video = method(lambda: cv.image_to_video.ImageToVideoArgs)
    """Film on from an image."""
    object_detection = method(lambda: cv.object_detection.ObjectDetectionArgs)
    """Find the things in an image."""
    text_to_image = PictureMethod(lambda: cv.text_to_image.TextToImageArgs)
    """Paint what a text says."""
    text_to_video = method(lambda: cv.text_to_video.TextToVideoArgs)
    """Film what a text says."""
    zero_shot_image_classification = method(lambda: cv.zero_shot_image_classification.ZeroShotImageClassificationArgs)
    """Sort an image into labels of your own."""

    chat = ChatNamespace()
    """`chat.completions.create(…)`: the two methods below in the words of OpenAI's client."""
    chat_completion = method(lambda: nlp.chat_completion.ChatCompletionArgs)
    """Answer a conversation."""
    chat_completion_stream = stream_method(lambda: nlp.chat_completion_stream.ChatCompletionStreamArgs)
    """Answer a conversation, piece by piece."""
    conversational = method(lambda: nlp.conversational.ConversationalArgs)
    """Answer a user, in the form of 2023."""
    feature_extraction = method(lambda: nlp.feature_extraction.FeatureExtractionArgs)
    """Turn a text into numbers."""
    fill_mask = method(lambda: nlp.fill_mask.FillMaskArgs)
    """Find the word that belongs in a gap."""
    question_answering = method(lambda: nlp.question_answering.QuestionAnsweringArgs)
    """Answer a question from a text."""
    sentence_similarity = method(lambda: nlp.sentence_similarity.SentenceSimilarityArgs)
    """Tell how near sentences are in meaning."""
    summarization = method(lambda: nlp.summarization.SummarizationArgs)
    """Shorten a text."""
    table_question_answering = method(lambda: nlp.table_question_answering.TableQuestionAnsweringArgs)
    """Answer a question about a table."""
    text_classification = method(lambda: nlp.text_classification.TextClassificationArgs)
    """Sort a text into labels."""
    text_generation = method(lambda: nlp.text_generation.TextGenerationArgs)
    """Continue a prompt."""
    text_generation_stream = stream_method(lambda: nlp.text_generation_stream.TextGenerationStreamArgs)
    """Continue a prompt, token by token."""
    text_ranking = method(lambda: nlp.text_ranking.TextRankingArgs)
    """Put texts in the order in which they answer a query."""
    token_classification = method(lambda: nlp.token_classification.TokenClassificationArgs)
    """Find the entities in a text."""
    translation = method(lambda: nlp.translation.TranslationArgs)
    """Translate a text."""
    zero_shot_classification = method(lambda: nlp.zero_shot_classification.ZeroShotClassificationArgs)
    """Sort a text into labels of your own."""

    document_question_answering = method(lambda: multimodal.document_question_answering.DocumentQuestionAnsweringArgs)
    """Answer a question about the picture of a page."""
    image_text_to_image = method(lambda: multimodal.image_text_to_image.ImageTextToImageArgs)
    """Make an image of an image and a text."""
    image_text_to_video = method(lambda: multimodal.image_text_to_video.ImageTextToVideoArgs)
    """Make a film of an image and a text."""
    visual_question_answering = method(lambda: multimodal.visual_question_answering.VisualQuestionAnsweringArgs)
    """Answer a question about a picture."""

    tabular_classification = method(lambda: tabular.tabular_classification.TabularClassificationArgs)
    """Sort the rows of a table into classes."""
    tabular_regression = method(lambda: tabular.tabular_regression.TabularRegressionArgs)
    """Predict a number for each row of a table."""

    endpoint_info = method(lambda: tasks.lookups.EndpointInfoArgs)
    """Ask a server what it is."""
    health_check = method(lambda: tasks.lookups.HealthCheckArgs)
    """Ask a server whether it is well."""
    list_models = method(lambda: tasks.lookups.ListModelsArgs)
    """List the models of a server, or of the hub."""
    list_providers = method(lambda: tasks.lookups.ListProvidersArgs)
    """List the providers that serve a model."""
