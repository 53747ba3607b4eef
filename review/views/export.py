"""The download of all votes."""

from __future__ import annotations

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role, User
from review.models import Vote
from review.statistics import export
from review.statistics.scope import votes_open_to


@role_required(Role.DESIGNER, Role.OPERATOR)
def export_votes(request: SignedInRequest, kind: str) -> StreamingHttpResponse:
    """Send every vote as CSV or JSON Lines: to operators all, to designers those on their own pictures."""
    if kind not in export.CONTENT_TYPES:
        raise Http404
    return votes_download(request.user, kind)


def votes_download(user: User, kind: str) -> StreamingHttpResponse:
    """Stream the votes that a designer or operator may see, as a file. ``kind`` is one of ``CONTENT_TYPES``."""
    votes = Vote.objects.filter(votes_open_to(user))
    response = StreamingHttpResponse(
        export.export_votes(votes, kind), content_type=export.CONTENT_TYPES[kind]
    )
    name = f"votes-{timezone.localdate():%Y-%m-%d}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
