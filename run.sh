#!/usr/bin/env bash
# Sets up and starts Dream Photo. `./run.sh help` lists the commands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'TEXT'
./run.sh                        set up what is missing and start everything; Ctrl+C stops it
./run.sh test [pytest args]     run the tests (--long: chaos, property and browser runs too)
./run.sh check                  linters, types, layer rules
./run.sh api|bot|worker|sandbox one part, in the foreground
./run.sh migrate                bring the database up to date
./run.sh bench                  benchmarks
./run.sh webhook [on URL|off]   how updates come; to webhook and back
./run.sh admin add TELEGRAM_ID  grant admin rights
TEXT
}

fail() {
    echo "$*" >&2
    exit 2
}

# Prints the first Python 3.11–3.13 that really runs: a version manager's shim may exist and still refuse.
find_python() {
    local candidate without_venv=
    local candidates=(python3.13 python3.12 python3.11 python3 python)
    [ -z "${PYTHON:-}" ] || candidates=("$PYTHON")
    for candidate in "${candidates[@]}"; do
        "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue
        if "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
            echo "$candidate"
            return
        fi
        without_venv=$candidate
    done
    [ -z "$without_venv" ] ||
        fail "$without_venv has no venv module. Install it (Debian: apt install python3-venv) and start again."
    fail "Dream Photo needs Python 3.11, 3.12 or 3.13. Install one (Debian: apt install python3 python3-venv)," \
        "or name one: PYTHON=/path/to/python ./run.sh"
}

# Installs a requirements file into .venv, unless exactly this file was installed last.
install() {
    local file=$1 stamp=.venv/.installed-${1//\//-}
    cmp -s "$file" "$stamp" && return
    echo "Installing $file …"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$file" ||
        fail "The packages of $file could not be installed; see above. Is the network there?"
    cp "$file" "$stamp"
}

# Makes .venv where there is none that works. A mark stands in it while it is made: an interrupted run is redone.
prepare() {
    umask 022 # as root, PostgreSQL runs as a user of its own, who must be able to read the programs in .venv
    local works='import pip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
    if [ -e .venv/.half-made ] || ! .venv/bin/python -c "$works" 2>/dev/null; then
        local python
        python=$(find_python)
        echo "Making .venv with $("$python" --version) …"
        rm -rf .venv
        mkdir .venv
        touch .venv/.half-made
        "$python" -m venv .venv || fail ".venv could not be made; see above."
        rm .venv/.half-made
    fi
    install "$1"
}

secret() {
    .venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(32))'
}

# Writes the file of settings where there is none: the one that ENV_FILE names, by default .env; empty means no file.
write_env() {
    local file=${ENV_FILE-.env}
    if [ -z "$file" ] || [ -e "$file" ]; then
        return
    fi
    (
        umask 077
        sed -e "s|^JWT_SECRET=.*|JWT_SECRET=$(secret)|" \
            -e "s|^TELEGRAM_WEBHOOK_SECRET=.*|TELEGRAM_WEBHOOK_SECRET=$(secret)|" .env.example >"$file.new"
        mv -- "$file.new" "$file"
    ) || fail "$file could not be written; see above. ENV_FILE names it."
    echo "Wrote $file with new secrets."
}

command=${1:-all}
[ $# -gt 0 ] && shift
case $command in
    all | api | bot | worker | sandbox | migrate | admin | webhook)
        prepare requirements.txt
        write_env
        exec .venv/bin/python -m config.launcher "$command" "$@"
        ;;
    test)
        prepare tests/requirements.txt
        # Dozens of processes read the same modules: where nothing compiled may be kept, each would compile them anew.
        unset PYTHONDONTWRITEBYTECODE
        # How many processes and which tests share one: tests/conftest.py.
        exec .venv/bin/python -m pytest -n auto "$@"
        ;;
    bench)
        prepare tests/requirements.txt
        exec .venv/bin/python -m tests.bench "$@"
        ;;
    check)
        prepare tests/requirements.txt
        .venv/bin/ruff check .
        .venv/bin/ruff format --check .
        .venv/bin/mypy
        .venv/bin/lint-imports
        ;;
    help | -h | --help)
        usage
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac
