"""Copy the front-end files named under "vendor" in package.json from node_modules to static/vendor."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SOURCE = TOP / "node_modules"
TARGET = TOP / "static" / "vendor"


def main() -> None:
    """Make static/vendor anew; says which file is missing."""
    wanted: dict[str, list[str]] = json.loads((TOP / "package.json").read_text())["vendor"]
    fresh = TARGET.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for folder, files in wanted.items():
        (fresh / folder).mkdir(parents=True, exist_ok=True)
        for file in files:
            if not (SOURCE / file).is_file():
                sys.exit(f'package.json, "vendor": there is no {file} in node_modules.')
            shutil.copyfile(SOURCE / file, fresh / folder / Path(file).name)
    shutil.rmtree(TARGET, ignore_errors=True)
    fresh.rename(TARGET)


if __name__ == "__main__":
    main()
