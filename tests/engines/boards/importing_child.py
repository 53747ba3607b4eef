"""A child that imports a module from a folder and says how large it is."""

from __future__ import annotations

import importlib
import sys

from engines.boards.confined import confine, send

if __name__ == "__main__":
    arguments = confine()
    sys.path.insert(0, arguments["folder"])
    send({"length": len(importlib.import_module(arguments["module"]).TEXT)})
