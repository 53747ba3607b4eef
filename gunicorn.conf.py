"""What gunicorn reads by itself wherever it is started in this folder: by `manage.py serve`, systemd or a container.

Whoever pastes a whole slide into the search shall get our sentence, not a bare 414: 10,000 Cyrillic letters are an
address of 60 KB. gunicorn allows 8,190 bytes at most, a constant of its module, or any number, which would let one
client fill the memory; so the constant is raised. A reverse proxy has a limit of its own.
"""

from gunicorn.http import message  # type: ignore[import-untyped]

limit_request_line = message.MAX_REQUEST_LINE = 128 * 1024
