#!/usr/bin/env bash
# Installs what the tests need beside cargo, where it may: the browser, its driver and Apache from Debian (as root), and the judges,
# independent implementations that tests ask for their verdict, in target/judges and target/npm. Says what is missing in the
# end; in CI that is a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
judges="${CARGO_TARGET_DIR:-target}/judges"
missing=()

has() { command -v "$1" >/dev/null 2>&1; }

# apt NAME...: installs Debian packages, once the lists are fresh.
apt() {
    if [[ "$(id -u)" != 0 ]] || ! has apt-get; then
        return 1
    fi
    if [[ -z "${lists_are_fresh:-}" ]]; then
        apt-get update -qq </dev/null || true
        lists_are_fresh=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

# need COMMAND WHY PACKAGE...: makes sure that there is a command.
need() {
    local command=$1 why=$2
    shift 2
    if has "$command" || { echo "installing $*" && apt "$@" && has "$command"; }; then
        return
    fi
    missing+=("$command ($why): install the Debian packages $*, or their like")
}

need cc 'builds OpenSSL' build-essential
need perl 'builds OpenSSL' perl
need chromium 'signs in as a person would' chromium
need chromedriver 'drives the browser' chromium-driver
# Pictures of Japanese pages are of boxes without one.
if ! fc-list :lang=ja 2>/dev/null | grep -q . && ! apt fontconfig fonts-ipafont-gothic; then
    echo 'no Japanese font: pictures of Japanese pages will show boxes'
fi
need python3 'runs the judges' python3 python3-venv
need npm 'fetches axe-core and openid-client' nodejs npm
# Where administrators' commands are is not always on the path.
PATH="$PATH:/usr/sbin"
need apache2 'is a relying party with mod_auth_openidc' apache2 libapache2-mod-auth-openidc
if has apache2 && [[ ! -e /usr/lib/apache2/modules/mod_auth_openidc.so ]] && ! apt libapache2-mod-auth-openidc; then
    missing+=('mod_auth_openidc (a relying party in Apache): install the Debian package libapache2-mod-auth-openidc')
fi

make_venv() {
    python3 -m venv --clear "$judges" 2>/dev/null || { apt python3-venv && python3 -m venv --clear "$judges"; }
}

wanted=tests/judges/requirements.txt
if has python3 && ! cmp -s "$wanted" "$judges/requirements.txt"; then
    echo "installing the judges of $wanted"
    if make_venv && "$judges/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted" </dev/null; then
        # Written last: a broken installation is made anew next time.
        cp "$wanted" "$judges/requirements.txt"
    else
        missing+=("the Python packages of $wanted: they could not be installed in $judges")
    fi
fi

# axe-core judges the pages for people who use a screen reader; openid-client is a relying party.
npm="${CARGO_TARGET_DIR:-target}/npm"
wanted=tests/judges/package.json
if has npm && ! cmp -s "$wanted" "$npm/package.json"; then
    echo "installing the judges of $wanted"
    rm -rf "$npm" && mkdir -p "$npm/new" && cp "$wanted" "$npm/new"
    if npm install --prefix "$npm/new" --ignore-scripts --no-audit --no-fund --no-package-lock --silent </dev/null; then
        mv "$npm/new/node_modules" "$npm/new/package.json" "$npm"
        rmdir "$npm/new"
    else
        missing+=("the npm packages of $wanted: they could not be installed in $npm")
    fi
fi

if ((${#missing[@]} == 0)); then
    echo 'all there'
    exit 0
fi
printf 'MISSING: %s\n' "${missing[@]}"
if [[ "${CI:-false}" == true ]]; then
    exit 1
fi
echo 'Tests that need these will fail; the others run.'
