"""Static files in production."""

from __future__ import annotations

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

MODULE_IMPORT = (
    r"""(?P<matched>import\s+(?P<names>[^"';]+?)\s+from\s+["'](?P<url>\.[^"']+)["'];)""",
    'import %(names)s from "%(url)s";',
)


class ModuleStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Name files by their content, also where one of our JavaScript modules imports another.

    So a page never runs modules of two versions side by side after an update. Files of others are left as they are:
    Django's own ``support_js_module_import_aggregation`` would take examples in their comments for imports.
    """

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", (MODULE_IMPORT,)))
