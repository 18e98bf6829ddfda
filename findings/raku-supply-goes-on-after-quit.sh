#!/usr/bin/env bash
# Raku (Rakudo 2022.12): a `map` or `grep` of a Supply whose block dies calls `quit`, and then gives further values and `done`. And a tap whose block dies is
# ended without a word if its Supply is of a list: no exception, no `quit`. With a Supplier, and in `react`, it is raised.
# Guess: `quit` is the last that a tap gets, as an error is in Rx; and an exception in the tap itself is raised in whoever emits, or calls `quit`.
# Why: `map` has no state "over": it calls `quit` and closes the tap of its source, and a source that is a loop over a list does not look whether it was
#   closed. So a stream ends twice, at the error and at the end, and who collects values until `done` takes the list without the bad one for the
#   whole. `Supply.from-list` catches what comes out of its loop, to hand it to `quit`, where it does not arrive. In `supply` and `react` blocks with
#   `whenever` both are as guessed.
# Source: Rakudo's src/core.c/Supply-factories.pm6 (`MapSupply`, `Grep`, `OnDemand`, `Sanitize`, which has such a state).
. "$(dirname "$0")/run.bash"
debian rakudo=2022.12-1 nqp=2022.12+dfsg-1 nqp-data=2022.12+dfsg-1 moarvm=2022.12+dfsg-1 libuv1=1.44.2-1+deb12u1 libtommath1=1.2.0-6+deb12u1
cat >"$work/finding.raku" <<'RAKU'
# What a tap gets; `fails` is called with each value, and dies at 2.
sub show($name, Supply $supply, &emit = -> { }, &fails = -> $ { }) {
    my @got;
    $supply.tap: { @got.push($_); fails($_) }, done => { @got.push('done') }, quit => { @got.push('quit') };
    emit();
    say "$name: @got[]";
    CATCH { default { say "$name: @got[], raised" } }
}

sub fails($value) { die 'two' if $value == 2; $value }
sub list { Supply.from-list(1..4) }

show 'map of a list', list.map(&fails);
show 'grep of a list', list.grep({ fails($_) });
show 'whenever of a list', supply { whenever list() { emit fails($_) } };
my $supplier = Supplier.new;
show 'map of a Supplier', $supplier.Supply.map(&fails), { $supplier.emit($_) for 1..4 };
show 'tap of a list', list(), -> { }, &fails;
$supplier = Supplier.new;
show 'tap of a Supplier', $supplier.Supply, { $supplier.emit($_) for 1..4 }, &fails;
my @got;
try { react { whenever list() { @got.push($_); fails($_) } } };
say "react over a list: @got[]" ~ ($! ?? ', raised' !! '');
RAKU
export NQP_HOME=$work/root/usr/share/nqp RAKUDO_HOME=$work/root/usr/lib/perl6
LD_LIBRARY_PATH=$work/root/usr/lib/moar:$work/root/usr/lib/x86_64-linux-gnu "$work/root/usr/bin/rakudo" "$work/finding.raku" | tee "$work/output"
holds <<'END'
map of a list: 1 quit 3 4 done
grep of a list: 1 quit 3 4 done
whenever of a list: 1 quit
map of a Supplier: 1 quit
tap of a list: 1 2
tap of a Supplier: 1 2, raised
react over a list: 1 2, raised
END
