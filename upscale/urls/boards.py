"""Photos of boards: sending them in, their results, the history of one's own."""

from __future__ import annotations

from django.urls import path

from upscale.views import boards, boards_files, boards_history, boards_result

urlpatterns = [
    path("boards/", boards.boards, name="boards"),
    path("boards/upload/", boards.upload_photo, name="upload-photo"),
    path("boards/parts/", boards.board_parts, name="board-parts"),
    path("boards/history/", boards_history.history, name="boards-history"),
    path("boards/history/remove/", boards_history.remove_boards, name="remove-boards"),
    path("boards/download/", boards_history.download, name="boards-download"),
    path("boards/<uuid:pk>/", boards_result.board, name="board"),
    path("boards/<uuid:pk>/part/", boards_result.board_part, name="board-part"),
    path("boards/<uuid:pk>/crop/", boards_result.crop, name="crop-board"),
    path("boards/<uuid:pk>/retry/", boards_result.retry, name="retry-board"),
    path("boards/<uuid:pk>/remove/", boards_result.remove, name="remove-board"),
    path("boards/<uuid:pk>/answer/", boards_result.answer, name="answer-board"),
    path("boards/<uuid:pk>/share/", boards_result.share, name="share-board"),
    path("boards/<uuid:pk>/original/", boards_files.original, name="board-original"),
    path("boards/<uuid:pk>/photo/", boards_files.photo, name="board-photo"),
    path("boards/<uuid:pk>/before/", boards_files.before, name="board-before"),
    path("boards/<uuid:pk>/result/", boards_files.result, name="board-result"),
    path("boards/<uuid:pk>/display/", boards_files.display, name="board-display"),
    path("boards/<uuid:pk>/preview/", boards_files.preview, name="board-preview"),
]
