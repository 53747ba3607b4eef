"""An expert's own votes, newest first, to take back or to change."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from jobs.ids import uuid7
from review.errors import Refused
from review.models import Ballot, Choice, Vote
from review.models.vote import DECISIVE
from stockgen.models import Reason

PAGE = 30


class HistoryFilter(forms.Form):
    """Which of one's votes to list."""

    choice = forms.ChoiceField(
        label=gettext_lazy("Vote"), required=False, choices=[("", gettext_lazy("All")), *Choice.choices]
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All")), ("live", gettext_lazy("valid")), ("undone", gettext_lazy("taken back")),
        ],
    )  # fmt: skip
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def conditions(self) -> dict[str, Any]:
        """Return the conditions on votes; call after ``is_valid``."""
        chosen = {"choice": self.cleaned_data["choice"]} if self.cleaned_data["choice"] else {}
        live = {"live": {"live": True}, "undone": {"live": False}}.get(self.cleaned_data["state"], {})
        return chosen | live


class ChangeForm(forms.Form):
    """A change of mind: the other decision, with reasons where it is a rejection."""

    choice = forms.ChoiceField(choices=[(choice.value, choice.label) for choice in DECISIVE])
    reasons = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reasons"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(reason.key, reason.local_name) for reason in Reason.objects.active()]

    def ballot(self, vote: Vote) -> Ballot:
        """Return the ballot that takes the vote's place; call after ``is_valid``."""
        choice = self.cleaned_data["choice"]
        reasons = self.cleaned_data["reasons"] if choice == Choice.REJECT else []
        return Ballot(uuid7(), vote.entry_id, choice, reasons, vote.score, vote.note, None, vote.pk)


@role_required(Role.EXPERT)
@require_safe
def rate_history(request: SignedInRequest) -> HttpResponse:
    """List own votes, page by page."""
    form = HistoryFilter(request.GET)
    votes: list[Vote] = []
    if form.is_valid():
        mine = Vote.objects.of(request.user)
        before = form.cleaned_data["before"]
        rows = mine.filter(**form.conditions()).select_related("entry__topic", "entry__concept")
        votes = rows.page(before=before and get_object_or_404(mine, pk=before), size=PAGE + 1)
    names = {reason.key: reason.local_name for reason in Reason.objects.all()}
    query = {name: value for name, value in request.GET.items() if value and name != "before"}
    context = {
        "form": form,
        "rows": [(vote, ", ".join(names.get(key, key) for key in vote.reasons)) for vote in votes[:PAGE]],
        "reasons": Reason.objects.active(),
        "more": f"?{urlencode({**query, 'before': votes[PAGE - 1].pk})}" if len(votes) > PAGE else None,
        "is_continued": "before" in request.GET,
        "is_filtered": bool(query),
    }
    return render(request, "review/history.html", context, status=200 if form.is_valid() else 422)


@role_required(Role.EXPERT)
@require_POST
def undo_vote(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take an own vote back; the picture comes again."""
    get_object_or_404(Vote.objects.of(request.user), pk=pk)
    Vote.objects.undo(request.user, pk, undo_id=uuid7())
    messages.success(request, _("Your vote is taken back. The picture comes again when it is its turn."))
    return _back(request)


@role_required(Role.EXPERT)
@require_POST
def change_vote(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Put another decision in the place of an own vote."""
    vote = get_object_or_404(Vote.objects.of(request.user), pk=pk)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose approve or reject, and reasons that are offered."))
        return _back(request)
    try:
        Vote.objects.cast(request.user, form.ballot(vote))
    except (Refused, ValidationError) as error:
        messages.warning(request, str(error) if isinstance(error, Refused) else error.messages[0])
    else:
        messages.success(request, _("Your vote is changed."))
    return _back(request)


def _back(request: SignedInRequest) -> HttpResponse:
    """Return to the page of the list that the form came from."""
    page = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return redirect(page if inside else reverse("rate-history"))
