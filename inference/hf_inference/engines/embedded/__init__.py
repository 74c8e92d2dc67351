"""The embedded engine: what honestly runs with no token, no hub and no weights.

Knows its one public class. Knows nothing else; the methods load when they are first asked.
"""

from hf_inference.engines.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
