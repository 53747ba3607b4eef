#!/bin/sh
# All checks that need no server; goes on after a failure, so that one run shows everything.
bin=.venv/bin
failed=""

check() {
    name=$1
    shift
    printf '» %s\n' "$name"
    "$@" || failed="$failed $name"
}

check format $bin/ruff format --check --quiet .
check lint $bin/ruff check --quiet .
check types $bin/mypy .
check layers $bin/lint-imports --no-cache
if find templates -name '*.html' | grep -q .; then
    check templates $bin/djlint --lint --quiet templates
fi
check migrations $bin/python manage.py makemigrations --check --dry-run --verbosity 1
check deployment env DEBUG=0 SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF ALLOWED_HOSTS=example.org \
    HSTS_SECONDS=3600 $bin/python manage.py check --deploy --fail-level WARNING
check translations $bin/python scripts/check_translations.py

if [ -n "$failed" ]; then
    printf 'Failed:%s\n' "$failed" >&2
    exit 1
fi
echo "All checks passed."
