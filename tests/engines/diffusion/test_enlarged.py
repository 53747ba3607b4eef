"""A model whose pictures go through super-resolution: sizes are those of the result."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engines.diffusion.model import ImageModel
from engines.diffusion.requests import RenderRequest
from engines.registry import SUPER_RESOLUTION_MODELS
from engines.specs import ImageModelSpec
from engines.superres.model import SuperResolver

X4 = "realesr-animevideov3-x4"


@pytest.mark.slow
def test_pictures_are_rendered_small_and_enlarged_to_what_was_asked(
    spec_of: Callable[..., ImageModelSpec], request_for: Callable[..., RenderRequest]
) -> None:
    request = request_for()
    plain = ImageModel.load(spec_of("sd"), device="cpu")
    (small,) = plain.render([request])
    large_request = request_for(width=4 * request.width, height=4 * request.height)
    model = ImageModel.load(
        spec_of("sd", enlarged_by=X4, max_side=4 * max(request.width, request.height)), device="cpu"
    )
    (large,) = model.render([large_request])
    resolver = SuperResolver.load(SUPER_RESOLUTION_MODELS[X4], "cpu")
    wanted = resolver.enlarge(np.asarray(small.image))
    assert large.image.size == (large_request.width, large_request.height)
    assert np.abs(np.asarray(large.image, np.int16) - wanted.astype(np.int16)).max() <= 4
    assert model.revision == f"{plain.revision}+{X4}@{resolver.revision}"
