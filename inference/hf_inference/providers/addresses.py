"""Where Hugging Face is: the addresses that every target falls back on.

Knows two URLs, apart from the dialects so that naming a target does not load them all.
"""

HUB_URL = "https://huggingface.co"
ROUTER_URL = "https://router.huggingface.co"
