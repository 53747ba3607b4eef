"""Why a vote is not taken. Each is a conflict with what the queue is now, and says so in a sentence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A vote that the queue does not take; nothing was stored. ``code`` is for programs."""

    code = "refused"
    sentence: str | Promise = _("This cannot be done now.")

    def __str__(self) -> str:
        return str(self.sentence)


class NotHeld(Refused):
    """The picture was never given to this rater."""

    code = "not_held"
    sentence = _("This picture was not given to you.")


class SlotFilled(Refused):
    """There is no room for the vote: the hold had run out, or the picture needs fewer votes by now."""

    code = "slot_filled"
    sentence = _("Others have rated this picture meanwhile; your vote is no longer needed.")


class AlreadyVoted(Refused):
    """The rater has a live vote on the picture."""

    code = "already_voted"
    sentence = _("You have rated this picture already.")


class Closed(Refused):
    """Somebody has decided the picture over the votes."""

    code = "closed"
    sentence = _("This picture has been decided meanwhile.")


class IdTaken(Refused):
    """The id belongs to another vote."""

    code = "id_taken"
    sentence = _("This id belongs to another vote.")


class TakenBack(Refused):
    """The vote to be replaced was taken back before."""

    code = "taken_back"
    sentence = _("That vote was taken back before.")


class PairJudged(Refused):
    """The rater has a live judgement on the pair."""

    code = "already_judged"
    sentence = _("You have judged this pair already.")


class ComparisonClosed(Refused):
    """Nothing of the comparison is judged any more."""

    code = "closed"
    sentence = _("This comparison is closed; nothing more is judged.")
