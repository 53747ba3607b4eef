"""The library: what was approved, found again."""

from __future__ import annotations

from django.urls import path

from stockgen.views.library import collections, match, pictures

urlpatterns = [
    path("library/", pictures.library, name="library"),
    path("library/pictures/<uuid:pk>/", pictures.stock_picture, name="stock-picture"),
    path("library/pictures/<uuid:pk>/image/", pictures.image, name="stock-image"),
    path("library/pictures/<uuid:pk>/thumbnail/", pictures.thumbnail, name="stock-thumbnail"),
    path("library/match/", match.match, name="match"),
    path("library/match/<uuid:pk>/", match.match_result, name="match-result"),
    path("library/collect/", collections.collect, name="collect"),
    path("library/collections/", collections.collections, name="collections"),
    path("library/collections/new/", collections.new_collection, name="new-collection"),
    path(
        "library/collections/<uuid:pk>/remove/", collections.remove_from_collection, name="remove-from-collection"
    ),
    *[
        path(
            f"library/collections/<uuid:pk>/{verb}/",
            collections.change_collection,
            {"verb": verb},
            name=f"{verb}-collection",
        )
        for verb in ("rename", "share", "unshare", "delete")
    ],
]  # fmt: skip
