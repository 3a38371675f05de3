#!/usr/bin/env bash
# Installs the programs that some tests drive: a current Neovim (0.12) and llama.cpp's llama-server.
# Debian 12 has neither, so they come from Debian's testing release, in a root of their own under
# PREFIX; wrappers of two lines go to BINDIR. Needs root. Does nothing where both are there.
# Usage: install-tools.sh [PREFIX=/opt/lastmile-tools] [BINDIR=/usr/local/bin]
set -euo pipefail
prefix=${1:-/opt/lastmile-tools} bindir=${2:-/usr/local/bin}

current() {
    command -v llama-server >/dev/null && command -v nvim >/dev/null &&
        nvim --headless -u NONE -c 'if !has("nvim-0.12") | cquit | endif' -c quit >/dev/null 2>&1
}

if current; then
    echo "Neovim and llama-server are there."
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || [ ! -e /etc/debian_version ]; then
    echo "Install Neovim 0.12 or later and llama-server by your system's own means, then run again." >&2
    exit 1
fi
arch=$(uname -m)
if [ ! -x "$prefix/usr/bin/nvim" ]; then
    apt-get update -q >/dev/null
    apt-get install -y -q debootstrap >/dev/null
    scripts=/usr/share/debootstrap/scripts
    [ -e $scripts/forky ] || ln -s sid $scripts/forky
    mirror=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources)
    debootstrap --no-check-gpg --variant=minbase --include=neovim,llama.cpp forky "$prefix" "$mirror" >/dev/null
fi
# The programs run with the loader and the libraries of their own root, and see the host's files.
lib=$prefix/usr/lib/$arch-linux-gnu
loader=$(find "$prefix"/lib64 "$prefix"/lib -maxdepth 1 -name 'ld-linux-*' | head -1)
mkdir -p "/usr/lib/$arch-linux-gnu"
ln -sfn "$lib/ggml" "/usr/lib/$arch-linux-gnu/ggml" # where llama.cpp looks for its CPU backends
for program in nvim llama-server; do
    cat >"$bindir/$program" <<WRAP
#!/bin/sh
export VIMRUNTIME="\${VIMRUNTIME:-$prefix/usr/share/nvim/runtime}"
exec $loader --argv0 $program --library-path "$lib:$lib/llama" $prefix/usr/bin/$program "\$@"
WRAP
    chmod +x "$bindir/$program"
done
current && echo "Neovim and llama-server are installed."
