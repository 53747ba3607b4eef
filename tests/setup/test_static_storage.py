"""In production files are named by their content, JavaScript modules that import one another too."""

from __future__ import annotations

import re
from pathlib import Path

from config.static_storage import ModuleStorage


def processed(folder: Path) -> ModuleStorage:
    """Collect what lies in a folder."""
    storage = ModuleStorage(location=folder, base_url="/static/")
    files = [str(file.relative_to(folder)) for file in folder.rglob("*.js")]
    for name, _new, result in storage.post_process({name: (storage, name) for name in files}):
        assert not isinstance(result, Exception), name
    return storage


def test_an_import_names_the_very_version_that_it_was_written_for(tmp_path: Path) -> None:
    (tmp_path / "js" / "rate").mkdir(parents=True)
    (tmp_path / "js" / "viewer.js").write_text("export const viewer = 1;\n")
    (tmp_path / "js" / "rate" / "keys.js").write_text("export const keys = 1;\n")
    main = tmp_path / "js" / "rate" / "main.js"
    main.write_text('import * as keys from "./keys.js";\nimport {\n  viewer,\n} from "../viewer.js";\n')
    storage = processed(tmp_path)
    written = (tmp_path / storage.stored_name("js/rate/main.js")).read_text()
    assert re.search(r'from "\./keys\.[0-9a-f]{12}\.js";', written)
    assert re.search(r'from "\.\./viewer\.[0-9a-f]{12}\.js";', written)


def test_the_files_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "code.js").write_text('// import x from "./nowhere.js";\n')
    storage = processed(tmp_path)
    assert "./nowhere.js" in (tmp_path / storage.stored_name("library/code.js")).read_text()
