"""Runs the server that stands beside this file, by the packages that stand beside it and no others.

Knows where they are. Knows nothing of what they do. To be run isolated (`python -I -S serve.py`).
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "libs"))

from inference_lsp.__main__ import main  # only now is it to be found

if __name__ == "__main__":
    sys.exit(main())
