"""The sentences with which engines refuse a photo or a video, marked for translation: engines know no Django."""

from __future__ import annotations

from django.utils.translation import gettext_noop

REFUSALS = (
    gettext_noop("This file is empty."),
    gettext_noop("This is not a photo that can be read. Send a JPEG, PNG, WebP or HEIC file."),
    gettext_noop("HEIC photos cannot be read here. Send the photo as a JPEG file."),
    gettext_noop("This file is too large. Send a smaller one."),
    gettext_noop("This photo has too many pixels. Send a smaller one."),
    gettext_noop("This photo is damaged: it could not be read to its end. Send it again."),
    gettext_noop("This picture is animated. Send a photo that does not move."),
    gettext_noop("This photo is too small to show a board."),
    gettext_noop("This photo is too long and narrow to show a board."),
    gettext_noop("This file carries too much beside its picture. Save the photo anew and send that."),
    gettext_noop("This photo takes too much memory or time to read. Save it anew and send that."),
    gettext_noop("This is not a video that can be read. Send an MP4, MOV, WebM, MKV or AVI file."),
    gettext_noop("The pictures of this video are too large. Send it in 4K or smaller."),
    gettext_noop("This video is too long. Send one of ten minutes at most."),
    gettext_noop("This video is damaged: no picture of it could be read."),
    gettext_noop("The pictures of this video are too small to show a board."),
    gettext_noop("This video takes too much memory or time to read. Send a shorter one."),
    gettext_noop("Very many photos are coming in at this moment. Send yours again in a little while."),
)
