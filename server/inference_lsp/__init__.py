"""A language server that summarizes, translates, completes and explains the text a person selects."""

__version__ = "0.1.0"
