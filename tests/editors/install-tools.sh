#!/usr/bin/env bash
# Installs the programs that some tests drive: a current Neovim (0.12), Helix, Emacs with eglot and lsp-mode, Kate
# with a screen that nobody sees, llama.cpp's llama-server, bubblewrap, in which the tests of a project are
# run, Chromium with what drives it (tests/browser), and StyLua, which formats Lua.
# Debian 12 has no such Neovim, no llama-server and no Helix, so they come from Debian's testing release, in a root
# of their own under PREFIX; BINDIR gets a link and a wrapper. StyLua comes from npm. Needs root. What is
# there already is left as it is.
# Usage: install-tools.sh [PREFIX=/opt/lastmile-tools] [BINDIR=/usr/local/bin]
set -euo pipefail
prefix=${1:-/opt/lastmile-tools} bindir=${2:-/usr/local/bin}

has() {
    case $1 in
    # A Neovim without its parsers cannot so much as open a Markdown file.
    nvim) nvim --headless -u NONE -i NONE -c 'lua vim.cmd(vim.fn.has("nvim-0.12") == 1
        and vim.treesitter.language.add("markdown") and "quit" or "cquit")' ;;
    eglot | lsp-mode | company) emacs -q --batch --eval "(or (locate-library \"$1\") (kill-emacs 1))" ;;
    stylua | kate | Xvfb | xdotool | dbus-run-session) command -v "$1" ;;
    *) "$1" --version ;;
    esac >/dev/null 2>&1
}

packages=""
has bwrap || packages="bubblewrap"
has emacs || packages="$packages emacs-nox"
for library in eglot lsp-mode company; do
    has $library || packages="$packages elpa-$library"
done
has kate || packages="$packages kate"
has Xvfb || packages="$packages xvfb"
has xdotool || packages="$packages xdotool"
has dbus-run-session || packages="$packages dbus-daemon"
if [ -n "$packages" ] && [ -e /etc/debian_version ] && [ "$(id -u)" -eq 0 ]; then
    apt-get update -q >/dev/null
    # shellcheck disable=SC2086 - the names are parted by blanks
    apt-get install -y -q --no-install-recommends $packages >/dev/null
fi
if ! command -v chromium >/dev/null && [ -e /etc/debian_version ] && [ "$(id -u)" -eq 0 ]; then
    apt-get update -q >/dev/null
    apt-get install -y -q chromium >/dev/null
fi
if ! has stylua && command -v npm >/dev/null && [ -w "$bindir" ]; then
    npm install --silent --prefix "$prefix/stylua" @johnnymorganz/stylua@2.5.2 >/dev/null
    cp "$(dirname "$0")/stylua.cjs" "$prefix/stylua/"
    printf '#!/bin/sh\nexec node %s "$@"\n' "$prefix/stylua/stylua.cjs" >"$bindir/stylua"
    chmod +x "$bindir/stylua"
fi
if command -v npm >/dev/null; then
    npm ci --silent --no-audit --no-fund --prefix "$(dirname "$0")/../browser"
fi
missing=""
for program in nvim llama-server hx; do
    has $program || missing="$missing $program"
done
if [ -z "$missing" ]; then
    echo "Neovim, llama-server and Helix are there, and what else could be installed."
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || [ ! -e /etc/debian_version ]; then
    echo "Install Neovim 0.12 or later, llama-server and Helix by your system's own means, then run again." >&2
    exit 1
fi
arch=$(uname -m)
apt-get update -q >/dev/null
apt-get install -y -q debootstrap patchelf >/dev/null
if [ ! -x "$prefix/usr/bin/nvim" ]; then
    scripts=/usr/share/debootstrap/scripts
    [ -e $scripts/forky ] || ln -s sid $scripts/forky
    mirror=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources)
    debootstrap --no-check-gpg --variant=minbase --include=neovim,llama.cpp,hx forky "$prefix" "$mirror" >/dev/null
elif [ ! -x "$prefix/usr/bin/hx" ]; then # a root of before Helix was asked for
    chroot "$prefix" apt-get -o Acquire::Check-Valid-Until=false update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive chroot "$prefix" apt-get install -y -q --no-install-recommends hx >/dev/null
fi
# The programs get the loader and the libraries of their own root, and see the host's files.
lib=$prefix/usr/lib/$arch-linux-gnu
for loader in "$prefix"/lib64/ld-linux-* "$prefix"/lib/ld-linux-*; do
    [ ! -x "$loader" ] || break
done
for program in $missing; do
    binary=$prefix/usr/bin/$program
    rm -f "$bindir/$program"
    if [ "$program" = nvim ]; then # it starts itself again by its own path
        patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$lib" "$binary"
        ln -s "$binary" "$bindir/$program"
    elif [ "$program" = hx ]; then
        printf '#!/bin/sh\nHELIX_RUNTIME=%s exec %s "$@"\n' "$prefix/usr/lib/hx/runtime" \
            "$loader --argv0 hx --library-path $lib $binary" >"$bindir/hx"
        chmod +x "$bindir/hx"
    else # its libraries say themselves where they look for others, and that is not in this root
        mkdir -p "/usr/lib/$arch-linux-gnu"
        ln -sfn "$lib/ggml" "/usr/lib/$arch-linux-gnu/ggml" # where llama.cpp looks for its CPU backends
        printf '#!/bin/sh\nexec %s "$@"\n' "$loader --argv0 $program --library-path $lib:$lib/llama $binary" \
            >"$bindir/$program"
        chmod +x "$bindir/$program"
    fi
    hash -r
    has $program || {
        echo "$bindir/$program was installed and does not run." >&2
        exit 1
    }
done
echo "Installed:$missing."
