#!/usr/bin/env bash
# MCE 1.884 (Perl): of six items that `mce_loop` hands to one worker the third one dies; so four of the six are not worked on, and the call returns as if
# all were: no exception, and nothing in its result. With two workers the one item is missing. Parallel::Iterator 1.002 raises in the caller.
# Guess: a `die` in a worker ends the call, and is raised there; or each item has an outcome of its own, and the other five are worked on.
# Why: a worker that dies is gone, its chunk with it, and the others take the rest, while there are others. The message is on the standard error; the
#   status goes to the option `on_post_exit`, if one is given, and nowhere else. `max_retries` starts another worker for the chunk, so that the rest is
#   worked on, and when it gives the chunk up there is an undefined value among the results, and no exception. So one bad line of a log leaves a report
#   without that line, or, if the last worker has met one, without all that comes after it. `eval` in the block, and the error as a result, makes it
#   visible.
# Source: MCE::Core's documentation of `on_post_exit` and `max_retries`; MCE/Core/Worker.pm, `$SIG{__DIE__}`.
. "$(dirname "$0")/run.bash"
debian libmce-perl=1.884-1 libparallel-iterator-perl=1.002-1
PERL5LIB=$work/root/usr/share/perl5 perl - 2>"$work/errors" <<'PERL' | tee "$work/output"
use strict;
use warnings;
use MCE::Loop;
use Parallel::Iterator 'iterate_as_array';
$| = 1;

for my $options ([max_workers => 1], [max_workers => 2], [max_workers => 1, max_retries => 1]) {
    MCE::Loop->init(chunk_size => 1, @$options);
    my @done = eval {
        mce_loop {
            die "a bad item\n" if $_ == 3;
            MCE->gather($_);
        } 1 .. 6;
    };
    print "MCE, @$options: done ", join(' ', sort map { $_ // 'undef' } @done), '; raised: ', $@ || "nothing\n";
    MCE::Loop->finish;
}

my @done = eval {
    iterate_as_array({workers => 2}, sub { die "a bad item\n" if $_[1] == 3; $_[1] }, [1 .. 6]);
};
print 'Parallel::Iterator: raised: ', $@ || "nothing\n";
PERL
holds <<'END'
MCE, max_workers 1: done 1 2; raised: nothing
MCE, max_workers 2: done 1 2 4 5 6; raised: nothing
MCE, max_workers 1 max_retries 1: done 1 2 4 5 6 undef; raised: nothing
Parallel::Iterator: raised: a bad item
END
