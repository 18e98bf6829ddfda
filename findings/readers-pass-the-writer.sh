#!/usr/bin/env bash
# Coro 6.570 (Perl), Thread 2.8.8 (Tcl), read-write-mutexify 2.1.0 and async-rwlock 1.1.1 (npm): a hundred readers, one of whom has the lock at each
# moment, are let in past a writer that waited before the first of them came. rwlock 5.0.0 (npm) keeps the second reader behind the writer.
# Guess: a reader that comes behind a waiting writer waits, as in std, parking_lot, tokio and async-lock (try-read-behind-a-writer).
# Why: a reader asks one thing, whether a writer holds the lock; one that waits does not matter. That is the simpler lock, and a reader may read again
#   inside; but as long as readers overlap, the writer never comes. It is found where reads are frequent: with one reader in a test the writer has its
#   turn. A writer that takes turns needs a mutex beside the lock that readers pass through as well.
# Source: Coro/RWLock.pm, `rdlock`; Thread's page, "thread::rwmutex"; the packages' index.js and dist. None of the pages says who goes first.
. "$(dirname "$0")/run.bash"
debian libcoro-perl=6.570-3+b1 libcommon-sense-perl=3.75-3 libguard-perl=1.023-2+b1 tcl8.6=8.6.13+dfsg-2 libtcl8.6=8.6.13+dfsg-2 tcl-thread=1:2.8.8-2
root=$work/root/usr
{
    PERL5LIB=$root/share/perl5:$(dirname "$(find "$root/lib" -name Coro.pm)") perl - <<'PERL'
use Coro;
my $lock = Coro::RWLock->new;
my ($readers, $wrote) = (0, 'no');
$lock->rdlock;
my $writer = async { $lock->wrlock; $wrote = 'yes'; $lock->unlock };
cede;
while ($readers < 100 && $lock->tryrdlock) {
    $readers++;
    $lock->unlock; # one of two, so that a reader remains
    cede;
}
print "Coro: $readers readers passed; the writer was let in: $wrote\n";
$lock->unlock;
$writer->join;
print "  the last reader leaves: $wrote\n";
PERL
    library=$(find "$root/lib" -name libtcl8.6.so -printf '%h' -quit)
    LD_LIBRARY_PATH=$library TCL_LIBRARY=$root/share/tcltk/tcl8.6 TCLLIBPATH=$(dirname "$(find "$root/lib" -path '*thread*' -name pkgIndex.tcl)") tclsh8.6 <<'TCL'
package require Thread 2.8.8
set lock [thread::rwmutex create]
tsv::set the lock $lock
tsv::set the wrote no
tsv::set the readers 0
thread::rwmutex rlock $lock
set writer [thread::create {thread::wait}]
thread::send -async $writer {
    tsv::set the waits 1
    thread::rwmutex wlock [tsv::get the lock]
    tsv::set the wrote yes
    thread::rwmutex unlock [tsv::get the lock]
} wrote
while {![tsv::exists the waits]} {after 10}
after 200
thread::send -async [thread::create {thread::wait}] {
    for {set i 0} {$i < 100} {incr i} {
        thread::rwmutex rlock [tsv::get the lock]
        tsv::incr the readers
        thread::rwmutex unlock [tsv::get the lock]
    }
} passed
after 20000 {set passed no}
vwait passed
puts "Thread: [tsv::get the readers] readers passed; the writer was let in: [tsv::get the wrote]"
thread::rwmutex unlock $lock
vwait wrote
puts "  the last reader leaves: [tsv::get the wrote]"
TCL
} >"$work/others"
node read-write-mutexify@2.1.0 async-rwlock@1.1.1 rwlock@5.0.0 >/dev/null <<'NODE'
import asyncRwlock from 'async-rwlock';
import { setTimeout as sleep } from 'node:timers/promises';
import Mutexify from 'read-write-mutexify';
import Rwlock from 'rwlock';

// Each of `read` and `write` resolves to a function that releases.
async function story(name, read, write) {
    let last = await read();
    let wrote = 'no';
    const writer = write().then(release => {
        wrote = 'yes';
        release();
    });
    let readers = 0;
    while (readers < 100) {
        const next = read();
        if ((await Promise.race([next, sleep(200)])) === undefined) {
            next.then(release => release());
            break;
        }
        readers++;
        last();
        last = await next;
    }
    console.log(`${name}: ${readers} readers passed; the writer was let in: ${wrote}`);
    last();
    await writer;
    console.log(`  the last reader leaves: ${wrote}`);
}

const mutexify = new Mutexify();
const held = half => half.lock().then(() => () => half.unlock());
await story('read-write-mutexify', () => held(mutexify.read), () => held(mutexify.write));
const { RWLock } = asyncRwlock;
const rwlock = new RWLock();
const unlock = () => rwlock.unlock();
await story('async-rwlock', () => rwlock.readLock().then(() => unlock), () => rwlock.writeLock().then(() => unlock));
const other = new Rwlock();
await story('rwlock', () => new Promise(letIn => other.readLock(letIn)), () => new Promise(letIn => other.writeLock(letIn)));
NODE
cat "$work/others" "$work/output" | tee "$work/all"
mv "$work/all" "$work/output"
holds <<'END'
Coro: 100 readers passed; the writer was let in: no
  the last reader leaves: yes
Thread: 100 readers passed; the writer was let in: no
  the last reader leaves: yes
read-write-mutexify: 100 readers passed; the writer was let in: no
  the last reader leaves: yes
async-rwlock: 100 readers passed; the writer was let in: no
  the last reader leaves: yes
rwlock: 0 readers passed; the writer was let in: no
  the last reader leaves: yes
END
