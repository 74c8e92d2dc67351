"""What is measured, one file each. A new one is a file and a line here."""

from benchmarks.section import Section
from benchmarks.sections.documents import DOCUMENTS
from benchmarks.sections.embedded import EMBEDDED
from benchmarks.sections.first_letter import FIRST_LETTER
from benchmarks.sections.growth import GROWTH
from benchmarks.sections.messages import MESSAGES
from benchmarks.sections.start import START
from benchmarks.sections.streams import STREAMS
from benchmarks.sections.typing_storm import TYPING_STORM

SECTIONS: tuple[Section, ...] = (
    START,
    FIRST_LETTER,
    TYPING_STORM,
    MESSAGES,
    DOCUMENTS,
    STREAMS,
    EMBEDDED,
    GROWTH,
)
