"""`python -m hf_inference`: see `commands/`.

Knows where arguments come from. Knows no command.
"""

from __future__ import annotations

import sys

from hf_inference.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
