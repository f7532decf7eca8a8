"""Writes a file: `write_file.py PATH TEXT`. Terraform cannot without another provider."""

import sys
from pathlib import Path

path = Path(sys.argv[1])
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(sys.argv[2] + "\n", encoding="utf-8")
