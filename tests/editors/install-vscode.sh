#!/usr/bin/env bash
# Installs what the tests of the VS Code extension drive: a workbench (code-server, whose code is VS
# Code 1.100's), headless Chromium and playwright-core. The workbench comes from the npm registry and
# its native parts are compiled here; the browser is Debian's. Needs root and Node.js 20.
# What is there already is left as it is. BINDIR gets a program that starts the workbench.
# Usage: install-vscode.sh [PREFIX=/opt/lastmile-vscode] [BINDIR=/usr/local/bin]
set -euo pipefail
prefix=${1:-/opt/lastmile-vscode} bindir=${2:-/usr/local/bin}
modules=$prefix/node_modules
workbench=$modules/code-server/lib/vscode
versions="code-server@4.100.3 playwright-core@1.52.0"

works() {
    command -v chromium && test -f "$prefix/.complete" && "$bindir/lastmile-workbench" --version
} >/dev/null 2>&1

if works; then
    echo "The workbench is there, in $prefix."
    exit 0
fi
if ! command -v npm >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
    echo "Install Node.js 20 with npm, then run again." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ] || [ ! -e /etc/debian_version ]; then
    echo "This installs on Debian, as root. Elsewhere the tests of the extension are left out." >&2
    exit 1
fi
apt-get update -q >/dev/null
apt-get install -y -q chromium ripgrep build-essential pkg-config python3 \
    libkrb5-dev libsecret-1-dev libx11-dev libxkbfile-dev >/dev/null

quiet() { # npm says much; what it said is shown where it failed
    "$@" >"$prefix/npm.log" 2>&1 || {
        tail -n 40 "$prefix/npm.log" >&2
        return 1
    }
}
mkdir -p "$prefix" "$bindir"
cd "$prefix"
echo '{"private": true}' >package.json
# The packages' own install scripts fetch prebuilt parts from places that a test machine need not reach.
# shellcheck disable=SC2086
quiet npm install --ignore-scripts --no-audit --no-fund $versions
quiet npm rebuild argon2 --build-from-source
cd "$workbench"
quiet npm install --omit=dev --ignore-scripts --no-audit --no-fund
quiet npm rebuild kerberos @parcel/watcher @vscode/spdlog
quiet npm rebuild node-pty || true # its last step wants a tool of its authors; the part itself is made before
test -e node_modules/node-pty/build/Release/pty.node
mkdir -p node_modules/@vscode/ripgrep/bin
ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
cd extensions
quiet npm install --omit=dev --ignore-scripts --no-audit --no-fund
printf '#!/bin/sh\nexec node %s/code-server/out/node/entry.js "$@"\n' "$modules" >"$bindir/lastmile-workbench"
chmod +x "$bindir/lastmile-workbench"
touch "$prefix/.complete"
works || {
    echo "The workbench was installed in $prefix and does not run." >&2
    exit 1
}
echo "Installed the workbench in $prefix."
