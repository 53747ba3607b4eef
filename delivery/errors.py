"""Why an export ends without its files: a sentence for a person, and what it is about."""

from __future__ import annotations

import errno

from django.utils.translation import gettext_noop

FILE_MISSING = gettext_noop("The file of a picture is missing from the storage.")
FILE_DIFFERS = gettext_noop("The file of a picture is not the one that was stored: its SHA-256 differs.")
FILE_UNREADABLE = gettext_noop("The file of a picture cannot be read.")
DISK_FULL = gettext_noop("There is no room for the export on the disk.")
NOT_WRITABLE = gettext_noop("The export cannot be written to its place.")
BUCKET_REFUSES = gettext_noop(
    "The bucket refuses the export: check its name, the credentials and what they allow."
)
BUCKET_MISSING = gettext_noop("There is no bucket of this name.")
BUCKET_AWAY = gettext_noop("The bucket cannot be reached.")
NO_PLACE = gettext_noop("This kind of export is no longer set up on this site.")
PLACE_CHANGED = gettext_noop("The place of exports was changed while this one was made; make it anew.")
PATH_TOO_LONG = gettext_noop("The path of a file of the export is too long.")
NO_ENLARGER = gettext_noop("There is no super-resolution model of this name any more.")
NOTHING_LEFT = gettext_noop("No picture of the export is approved any more.")

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class ExportFailed(Exception):
    """The export cannot be made. ``sentence`` is marked for translation, ``detail`` is what it is about.

    ``may_pass`` where another attempt may mend it: then what is packed by now is kept.
    """

    def __init__(self, sentence: str, detail: str = "", *, may_pass: bool = False) -> None:
        super().__init__(f"{sentence} {detail}".strip())
        self.sentence = sentence
        self.detail = detail[:300]
        self.may_pass = may_pass


def of_writing(error: OSError, place: str) -> ExportFailed:
    """Say what went wrong while a place was written to."""
    if error.errno in FULL:
        return ExportFailed(DISK_FULL, place)
    return ExportFailed(NOT_WRITABLE, f"{place}: {error.strerror or error}")
