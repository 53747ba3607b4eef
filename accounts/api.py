"""Who am I, and my tokens, over REST."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from accounts.models import ApiToken, User
from accounts.rest import Body, Text, answers

router = Router(tags=["accounts"])


class MeOut(Schema):
    """The person a request acts for."""

    username: str
    display_name: str
    roles: list[str]


class TokenIn(Body):
    """A token to make."""

    name: Text = Field(min_length=1, max_length=80, description="What it is for.")
    days: int | None = Field(None, ge=1, le=3650, description="Days until it expires; null: it does not.")


class TokenOut(Schema):
    """A token, without its secret."""

    id: int
    name: str
    prefix: str = Field(description="How the secret begins.")
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    acts_for: str = Field(
        description="The outside network that it may speak for, such as telegram; empty: none."
    )


class NewTokenOut(TokenOut):
    """A token just made."""

    secret: str = Field(description="Shown this once; only its SHA-256 is kept.")


@router.get("/me", response=answers({200: MeOut}))
def get_me(request: HttpRequest) -> MeOut:
    """Show who the token or session belongs to, and in which roles."""
    assert isinstance(request.user, User)
    return MeOut(
        username=request.user.get_username(),
        display_name=request.user.display_name,
        roles=sorted(request.user.roles),
    )


@router.get("/tokens", response=answers({200: list[TokenOut]}))
def list_tokens(request: HttpRequest) -> list[ApiToken]:
    """List your tokens, newest first, those revoked or expired included."""
    assert isinstance(request.user, User)
    return list(ApiToken.objects.filter(user=request.user))


@router.post("/tokens", response=answers({201: NewTokenOut}, 400, 403, 422))
def create_token(request: HttpRequest, body: TokenIn) -> Status[NewTokenOut]:
    """Make a token that acts for you. Its secret is in this answer and nowhere else."""
    assert isinstance(request.user, User)
    token, secret = ApiToken.objects.issue(request.user, body.name, days=body.days)
    shown = {name: getattr(token, name) for name in TokenOut.model_fields}
    return Status(201, NewTokenOut(**shown, secret=secret))


@router.delete("/tokens/{int:token_id}", response=answers({204: None}, 403, 404))
def revoke_token(request: HttpRequest, token_id: int) -> Status[None]:
    """Revoke one of your tokens: it is refused from now on. Revoking twice changes nothing."""
    get_object_or_404(ApiToken, pk=token_id, user=request.user).revoke()
    return Status(204, None)
