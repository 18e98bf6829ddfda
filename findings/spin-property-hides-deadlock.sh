#!/usr/bin/env bash
# Spin 6.5.2: a model that deadlocks is reported, and no longer as soon as it has a property (`ltl`) that holds: "errors: 0".
# Guess: a property is one more thing to check; the deadlock is reported as before.
# Why: a property becomes a process that watches each step (a "never claim"), and beside one pan looks for no state in which nothing can move.
#   That what must happen at last never happens, it finds with `-a` alone. Its report says both, in a line each above "errors: 0".
#   So a model is checked once without a property, and once with each.
# Source: pan's own report ("disabled by never claim", "requires -a flag").
. "$(dirname "$0")/run.bash"
debian spin=6.5.2+dfsg-1

# errors NAME PROPERTY [OPTION]: what pan says of two processes that take two locks in opposite orders.
errors() {
    cat >"$work/model.pml" <<'PROMELA'
bool a, b;
byte through;
active proctype one() { atomic { !a -> a = true }; atomic { !b -> b = true }; through++; a = false; b = false }
active proctype two() { atomic { !b -> b = true }; atomic { !a -> a = true }; through++; a = false; b = false }
PROMELA
    echo "$2" >>"$work/model.pml"
    (
        cd "$work"
        spin -a model.pml >errors
        cc -o pan pan.c
        ./pan ${3:-} >report 2>&1
        echo "$1: $(grep -o 'errors: [0-9]*' report)" $(grep -oE 'invalid end state \(|acceptance cycle \(' report | tr -d '(')
    )
}
{
    errors 'no property' ''
    errors 'a property that holds' 'ltl at_most_two { [] (through <= 2) }'
    errors 'both get through, which is false' 'ltl both { <> (through == 2) }'
    errors 'the same with -a' 'ltl both { <> (through == 2) }' -a
} | tee "$work/output"
holds <<'END'
no property: errors: 1 invalid end state
a property that holds: errors: 0
both get through, which is false: errors: 0
the same with -a: errors: 1 acceptance cycle
END
