# What the findings share; each sources it. `rust`, `python` and `node` run a program from standard input with pinned public packages in a
# temporary folder, print its output and keep it; `debian` unpacks pinned packages of Debian 12 there; `holds` compares the output with the lines of
# standard input, and ends with 1 if it changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# rust DEPENDENCY…: a line of Cargo.toml each.
rust() {
    mkdir -p "$work/src"
    printf '%s\n' '[package]' 'name = "finding"' 'edition = "2021"' '[workspace]' '[dependencies]' "$@" >"$work/Cargo.toml"
    cat >"$work/src/main.rs"
    CARGO_TARGET_DIR=$work/target cargo run -q --manifest-path "$work/Cargo.toml" 2>"$work/errors" | tee "$work/output" ||
        { cat "$work/errors" >&2; exit 1; }
}

# python PACKAGE==VERSION…
python() {
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" -q --disable-pip-version-check install "$@"
    cat >"$work/finding.py"
    "$work/venv/bin/python" -W ignore "$work/finding.py" 2>"$work/errors" | tee "$work/output" ||
        { cat "$work/errors" >&2; exit 1; }
}

# node PACKAGE@VERSION…
node() {
    npm --prefix "$work" install --silent --no-audit --no-fund "$@"
    cat >"$work/finding.mjs"
    command node "$work/finding.mjs" 2>"$work/errors" | tee "$work/output" ||
        { cat "$work/errors" >&2; exit 1; }
}

# debian PACKAGE=VERSION…: their programs are found first from then on. On a machine that has no package lists yet, run `apt-get update` once.
debian() {
    (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$@")
    for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
    PATH=$work/root/usr/bin:$PATH
}

holds() {
    diff - "$work/output" >"$work/difference" || {
        echo 'this has changed (< as it was, > as it is):' >&2
        cat "$work/difference" >&2
        exit 1
    }
    echo 'as it was'
}
