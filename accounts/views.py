"""The pages of accounts: sign-in, the choice of the look, API tokens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts.decorators import SignedInRequest
from accounts.forms import SignInForm, TokenForm
from accounts.models import ApiToken

THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 60 * 60


class SignInView(LoginView):
    """Sign in with user name and password; who is signed in already goes on to where they were going."""

    template_name = "accounts/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie for a year, and go back to where the reader was."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    response = redirect(target)
    theme = request.POST.get("theme")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@login_required
@never_cache
@sensitive_variables("secret")
def tokens(request: SignedInRequest) -> HttpResponse:
    """List the person's API tokens, and issue one: its secret is on that answer and nowhere else."""
    form = TokenForm(request.POST or None)
    issued, secret = None, ""
    if request.method == "POST" and form.is_valid():
        issued, secret = ApiToken.objects.issue(
            request.user, form.cleaned_data["name"], days=form.cleaned_data["days"]
        )
        form = TokenForm()
    context = {
        "form": form,
        "issued": issued,
        "secret": secret,
        "tokens": request.user.api_tokens.filter(revoked_at__isnull=True),
    }
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke_token(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make one of the person's own tokens useless."""
    token = get_object_or_404(request.user.api_tokens, pk=pk)
    token.revoke()
    messages.success(request, _("“%(name)s” no longer works.") % {"name": token.name})
    return redirect("tokens")
