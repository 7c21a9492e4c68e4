#!/usr/bin/env bash
# Asks cargo-deny about licences, bans and sources, as deny.toml wants them. It takes some minutes to build, so it is
# installed by itself only in CI.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=0.20.2

if ! cargo deny --version >/dev/null 2>&1; then
    if [[ "${CI:-false}" != true ]]; then
        echo "skipped: cargo-deny is not installed (cargo install --locked cargo-deny@$version)"
        exit 0
    fi
    echo "installing cargo-deny $version"
    # Out of the clone's own target directory: its dependencies are none of ours.
    build="$(mktemp -d)"
    trap 'rm -rf "$build"' EXIT
    CARGO_TARGET_DIR="$build" cargo install --quiet --locked "cargo-deny@$version"
fi

# cargo-deny reads the manifest of every dependency, also of those that this machine's builds leave out.
cargo fetch --locked --quiet
cargo deny --locked --offline check licenses bans sources
