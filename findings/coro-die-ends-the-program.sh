#!/usr/bin/env bash
# Coro 6.570 (Perl): a coroutine that dies ends the whole program, also while another coroutine waits for it inside of an `eval`. With Perl's own threads
# it ends itself, with a warning.
# Guess: as with threads, greenlets and tasks elsewhere the others go on, and `join` returns nothing, or raises.
# Why: a coroutine runs on a stack of its own, and at the bottom of it is no `eval` but Perl's way to end a program: the `eval` of whoever waits lies on
#   another stack. Coro's hook, `$Coro::State::DIEHOOK`, may end the coroutine instead, by `terminate`, with the values that `join` returns. So in a
#   server with a coroutine for each client one malformed request ends all the others, and the exit status is that of a `die`, without their cleaning up.
# Source: Coro::State's documentation of `DIEHOOK`, which says how not to exit the program on an exception that nobody catches.
. "$(dirname "$0")/run.bash"
debian libcoro-perl=6.570-3+b1 libcommon-sense-perl=3.75-3 libguard-perl=1.023-2+b1
libraries=$work/root/usr/share/perl5:$(dirname "$(find "$work/root/usr/lib" -name Coro.pm)")

# ends NAME: how the program on the standard input ends, and what it has printed.
ends() {
    local code=0
    PERL5LIB=$libraries perl - >"$work/printed" 2>/dev/null || code=$?
    echo "$1: $(paste -sd , "$work/printed"); $([ "$code" = 0 ] && echo succeeds || echo fails)"
}
{
    ends 'a coroutine dies' <<'PERL'
use Coro;
$| = 1;
my $good = async { print "another begins\n"; cede; print "another ends\n" };
my $bad = async { die "malformed\n" };
eval { $bad->join };
$good->join;
print "the program ends\n";
PERL
    ends 'a coroutine dies under a hook' <<'PERL'
use Coro;
$| = 1;
$Coro::State::DIEHOOK = sub { Coro::terminate("died") };
my $good = async { print "another begins\n"; cede; print "another ends\n" };
my $bad = async { die "malformed\n" };
print $bad->join, "\n";
$good->join;
print "the program ends\n";
PERL
    ends 'a thread dies' <<'PERL'
use threads;
$| = 1;
my $bad = threads->create(sub { die "malformed\n" });
$bad->join;
my $good = threads->create(sub { print "another ends\n" });
$good->join;
print "the program ends\n";
PERL
} | tee "$work/output"
holds <<'END'
a coroutine dies: another begins; fails
a coroutine dies under a hook: another begins,another ends,died,the program ends; succeeds
a thread dies: another ends,the program ends; succeeds
END
