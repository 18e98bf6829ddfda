#!/bin/sh
# A Cargo that builds nothing. By any other name, it is the bench of that name, which hands over the results
# that the fixture has of it: in every second round, those in its folder `second`, where there is one.
set -eu
name=${0##*/}
if [ "$name" = cargo.sh ]; then
    mkdir -p "$FIXTURE/bin"
    while [ $# -gt 0 ]; do
        if [ "$1" = --bench ]; then
            ln -sf "$0" "$FIXTURE/bin/$2"
            printf '{"reason":"compiler-artifact","target":{"kind":["bench"],"name":"%s"},"executable":"%s"}\n' \
                "$2" "$FIXTURE/bin/$2"
            shift
        fi
        shift
    done
    exit
fi
if [ -e "$FIXTURE/$name.does" ]; then
    . "$FIXTURE/$name.does"
fi
results=$FIXTURE
if [ -e "$FIXTURE/odd" ]; then
    rm "$FIXTURE/odd"
    results=$FIXTURE/second
elif [ -e "$FIXTURE/second" ]; then
    : >"$FIXTURE/odd"
fi
exec ln -s "$results/$name"_* "$CRITERION_HOME"
