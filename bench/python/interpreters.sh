#!/usr/bin/env bash
# Puts the newest Pythons that Debian's "sid" has beside the system's own, into a folder of the target
# directory, and prints the value for PYTHONS: the system's python3 first, then each of them.
#
#     PYTHONS=$(bench/python/interpreters.sh) cargo bench --bench choose
#
# It needs a Debian or Ubuntu (apt-get, dpkg), its archive keyring, and its package server; it
# changes nothing of the system: apt-get is given a state and a configuration of its own, and packages
# are unpacked, not installed. Versions may be named: `interpreters.sh 3.14 3.15`, which is the default.
# A free-threaded build is no package there: whoever has one adds its path to PYTHONS.
set -euo pipefail
cd "$(dirname "$0")/../.."
versions=("$@")
[[ ${#versions[@]} -gt 0 ]] || versions=(3.14 3.15)

fail() {
    echo "interpreters.sh: $*" >&2
    exit 2
}
for version in "${versions[@]}"; do
    [[ $version =~ ^3\.[0-9]+$ ]] || fail "a version is written as 3.14, and not as '$version'"
done
for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null || fail "there is no $tool here: give PYTHONS the paths of your own"
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[[ -r $keyring ]] || fail "there is no $keyring: install debian-archive-keyring"

folder=$PWD/${CARGO_TARGET_DIR:-target}/pythons
[[ ${CARGO_TARGET_DIR:-target} != /* ]] || folder=$CARGO_TARGET_DIR/pythons
root=$folder/root
mkdir -p "$folder"/{etc,lists/partial,cache/archives/partial,own} "$root"

# The server is the one that the system uses.
site=$(apt-get indextargets --format '$(SITE)' | grep -v security | head -n 1)
[[ -n $site ]] || fail "apt-get names no package server"
echo "deb [signed-by=$keyring] $site sid main" >"$folder/etc/sources.list"
: >"$folder/own/empty"
cat >"$folder/apt.conf" <<CONF
Dir::State "$folder/own";
Dir::State::status "$folder/own/empty";
Dir::State::Lists "$folder/lists";
Dir::Cache "$folder/cache";
Dir::Etc::SourceList "$folder/etc/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Acquire::Check-Valid-Until "false";
APT::Sandbox::User "";
CONF
export APT_CONFIG=$folder/apt.conf

get() {
    (cd "$folder/cache" && apt-get -qq download "$@" >/dev/null) || fail "$* cannot be downloaded"
}
if [[ ! -e $folder/complete-${versions[*]// /-} ]]; then
    apt-get -qq update >&2 || fail "the list of packages cannot be downloaded"
    libraries=(libc6 libexpat1 zlib1g libffi8 libssl3t64 libbz2-1.0 liblzma5 libzstd1 libuuid1 libgcc-s1)
    packages=("${libraries[@]}")
    for version in "${versions[@]}"; do
        packages+=("python$version-minimal" "libpython$version-minimal" "python$version" "libpython$version-stdlib")
    done
    get "${packages[@]}"
    for package in "$folder"/cache/*.deb; do
        dpkg-deb --extract "$package" "$root"
    done
    # A system of today has /lib in /usr.
    [[ -e $root/lib64 ]] || ln -s usr/lib64 "$root/lib64"
    loader=$(find "$root/usr/lib64" "$root/usr/lib" -name 'ld-linux*.so*' | head -n 1)
    libraries=$(dirname "$(find "$root" -name libexpat.so.1 | head -n 1)")
    [[ -n $loader && -n $libraries ]] || fail "libc6 has no loader where it is looked for"
    for version in "${versions[@]}"; do
        # Each runs on the C library that it was built for. Under its own name stands a script that
        # starts it so: Python takes that for its executable, and starts its children by it.
        python=$root/usr/bin/python$version
        [[ -e $python.real ]] || mv "$python" "$python.real"
        cat >"$python" <<WRAPPER
#!/bin/sh
exec '$loader' --library-path '$libraries' --argv0 '$python' '$python.real' "\$@"
WRAPPER
        chmod 755 "$python"
        # An interpreter without compiled files would have its compiler timed.
        "$python" -I -m compileall -qq "$root/usr/lib/python$version" || true
    done
    : >"$folder/complete-${versions[*]// /-}"
fi
list=${PYTHON:-python3}
for version in "${versions[@]}"; do
    "$root/usr/bin/python$version" -I -c 'import ssl, ctypes, multiprocessing' ||
        fail "python$version does not run here"
    list+=:$root/usr/bin/python$version
done
echo "$list"
