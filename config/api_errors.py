"""Turn whatever goes wrong in the REST API into one shape: ``{code, message, field, request_id, errors}``."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFilesSent,
    ValidationError,
)
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled
from ninja.errors import ValidationError as InvalidRequest
from ninja.responses import Response

from accounts.rest import FieldProblem, Problem
from config.request_id import request_id
from engines.boards.refusals import DecodersBusy
from engines.boards.refusals import Refused as FileRefused
from engines.errors import ModelUnavailable
from jobs.models import IdempotencyConflict, WrongState
from review.errors import Refused
from stockgen.models.prompt_list import ListOutdated
from upscale.models import RoomClosed
from upscale.rates import TooMany
from upscale.room_codes import TooManyCodes

logger = logging.getLogger(__name__)

CODES = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    422: "invalid",
    429: "throttled",
    500: "internal",
    503: "busy",
}

SENTENCES = {
    "missing": gettext_lazy("This is required."),
    "extra_forbidden": gettext_lazy("There is no such field."),
    "unknown_parameter": gettext_lazy("There is no such parameter."),
    "unknown_field": gettext_lazy("There is no such field."),
    "corners": gettext_lazy("Give four corners, each with x and y from 0 to 1."),
    "cursor": gettext_lazy("Give a cursor as the API returned it."),
    "int_type": gettext_lazy("Give a whole number."),
    "int_from_float": gettext_lazy("Give a whole number."),
    "int_parsing": gettext_lazy("Give a whole number."),
    "float_type": gettext_lazy("Give a number."),
    "float_parsing": gettext_lazy("Give a number."),
    "finite_number": gettext_lazy("Give a finite number."),
    "string_type": gettext_lazy("Give a text."),
    "string_unicode": gettext_lazy("Give a text of valid characters."),
    "string_nul": gettext_lazy("A text cannot hold the character NUL."),
    "uuid_parsing": gettext_lazy("Give an id as the API returned it."),
    "uuid_type": gettext_lazy("Give an id as the API returned it."),
    "string_pattern_mismatch": gettext_lazy("This has characters that do not belong there."),
}
"""Our words for the commonest mistakes; the others keep the validator's, in English."""


def install(api: NinjaAPI) -> None:
    """Let the API answer every error through this module."""
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)


def problem(
    request: HttpRequest,
    status: int,
    message: str,
    *,
    code: str = "",
    errors: Iterable[FieldProblem] = (),
) -> HttpResponse:
    """Answer with the one shape of an error; ``field`` is that of the first of ``errors``."""
    listed = list(errors)
    body = Problem(
        code=code or CODES.get(status, "refused"),
        message=message,
        field=listed[0].field if listed else None,
        request_id=request_id(request),
        errors=listed,
    )
    response = Response(body.model_dump(), status=status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def explain_wrong_method(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a view of the API so that its 405 has the API's shape too."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response.headers["Allow"]
            message = _("This address answers %(allowed)s only.") % {"allowed": allowed}
            response = problem(request, 405, message)
            response.headers["Allow"] = allowed
        return response

    return wrapped


def _invalid_request(request: HttpRequest, error: Any) -> HttpResponse:
    """422 for a request that does not fit its schema."""
    errors = [FieldProblem(field=_field_of(item), message=_sentence(item)) for item in error.errors]
    return problem(request, 422, errors[0].message, errors=errors)


def _field_of(item: dict[str, Any]) -> str | None:
    if item["type"] in ("unknown_parameter", "unknown_field"):
        return str(item["ctx"]["name"])
    place, *path = item["loc"]
    # A body's path begins with the name of the view's parameter, which is nobody's business.
    # So does that of a form, unless it is a field's of its own.
    names = path[1:] if place == "body" or (place == "form" and len(path) > 1) else path
    return ".".join(str(name) for name in names) if names else None


def _sentence(item: dict[str, Any]) -> str:
    return str(SENTENCES.get(item["type"], item["msg"]))


def _invalid_values(request: HttpRequest, error: Any) -> HttpResponse:
    """422 for values that a verb refused."""
    named = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    errors = [
        FieldProblem(field=None if field == "__all__" else field, message=message)
        for field, messages in named.items()
        for message in messages
    ]
    return problem(request, 422, errors[0].message, errors=errors)


def _conflict(code: str) -> Callable[[HttpRequest, Any], HttpResponse]:
    def handler(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(request, 409, str(error), code=code)

    return handler


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(request, 409, str(error), code=error.code)


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    # Not the error's own text: it names models and queries.
    return problem(request, 404, _("There is nothing here that you may see."))


def _forbidden(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(request, 403, str(error) or _("You may not do this."))


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error, Throttled):
        return problem(request, 429, _("Too many requests. Try again in a minute."))
    if error.status_code == 400:
        return problem(request, 400, _("The body is not JSON that this API reads."))
    if error.status_code == 401 and str(error) == "Unauthorized":
        return problem(request, 401, _("Sign in, or send a token."))
    return problem(request, error.status_code, str(error))


def _suspicious(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error, RequestDataTooBig):
        return problem(request, 413, _("The request is too large."))
    if isinstance(error, TooManyFilesSent):
        message = _("Send one file a request.")
        return problem(request, 422, message, errors=[FieldProblem(field="file", message=message)])
    return problem(request, 400, _("The request could not be read."))


def _refused_file(request: HttpRequest, error: Any) -> HttpResponse:
    message = _(str(error))  # one of the sentences that upscale.refusals marks for translation
    errors = [FieldProblem(field="file", message=message)]
    return problem(request, error.status, message, code=error.code, errors=errors)


def _too_often(request: HttpRequest, error: Any) -> HttpResponse:
    response = problem(request, 429, str(error))
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _busy(request: HttpRequest, error: Any) -> HttpResponse:
    response = problem(request, 503, _(str(error)))  # a sentence that upscale.refusals marks for translation
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _no_model(request: HttpRequest, error: Any) -> HttpResponse:
    """503 with the error's own sentence: it says what to install, and the log has it, too."""
    logger.error("Request %s needs a model: %s", request_id(request), error)
    return problem(request, 503, str(error), code="model_unavailable")


def _unexpected(request: HttpRequest, error: Any) -> HttpResponse:
    """500 that says nothing of what is inside; the log has the rest under the same id."""
    logger.error(
        "Request %s failed: %s %s", request_id(request), request.method, request.path, exc_info=error
    )
    return problem(
        request, 500, _("Something went wrong on our side. The id of this request helps to find it.")
    )


HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    InvalidRequest: _invalid_request,
    ValidationError: _invalid_values,
    WrongState: _conflict("wrong_state"),
    IdempotencyConflict: _conflict("idempotency_conflict"),
    ListOutdated: _conflict("outdated"),
    RoomClosed: _conflict("room_closed"),
    FileRefused: _refused_file,
    TooMany: _too_often,
    DecodersBusy: _busy,
    ModelUnavailable: _no_model,
    TooManyCodes: _too_often,
    Refused: _refused,
    Http404: _not_found,
    ObjectDoesNotExist: _not_found,
    PermissionDenied: _forbidden,
    HttpError: _http_error,
    SuspiciousOperation: _suspicious,
    UnreadablePostError: _suspicious,
    MultiPartParserError: _suspicious,
    Exception: _unexpected,
}
