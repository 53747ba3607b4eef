"""Check every translation file: it compiles, and no text is fuzzy or untranslated.

.venv/bin/python scripts/check_translations.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

TOP = Path(__file__).resolve().parent.parent


def faults(file: Path) -> list[str]:
    """Name what is wrong in one file, a line each."""
    try:
        with file.open("rb") as stream:
            catalogue = read_po(stream, abort_invalid=True)
    except PoFileError as error:
        return [f"{file}: {error}"]
    found = []
    for message in catalogue:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, list | tuple) else [message.string]
        if message.fuzzy:
            found.append(f"{file}:{message.lineno}: fuzzy: {message.id!r}")
        elif not all(texts):
            found.append(f"{file}:{message.lineno}: not translated: {message.id!r}")
    return found


def main() -> int:
    """Print the faults; returns 1 when there are any."""
    found = [fault for file in sorted((TOP / "locale").glob("*/LC_MESSAGES/*.po")) for fault in faults(file)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
