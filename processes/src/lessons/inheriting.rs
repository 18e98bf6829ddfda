//! The lessons on what a child has from its parent: locks, memory, open files.

use std::time::Duration;

use processes::child::DEADLINE;
use processes::copy_on_write::{self, MIB, Memory, Writes};
use processes::fork_with_threads::{lock_first, lock_held, started};
use processes::inherited_files::{self, Open, Way};
use stage::{Lesson, Report, Variant, duration, expect, grouped};

use super::{WELL, on_linux, with_children};

/// How long a child that hangs is left hanging. It has said that it is about to take the lock.
const PATIENCE: Duration = Duration::from_millis(200);

pub(crate) fn fork_with_threads() -> Lesson {
    Lesson::new("fork-with-threads", "a lock that another thread held at the fork")
        .story("The child has a copy of the lock, held, and none of the thread that holds it.")
        .source("processes/src/fork_with_threads.rs")
        .variants(fork_with_threads_variants)
}

fn fork_with_threads_variants() -> Vec<Variant> {
    let own = |by_template, line: &'static str| {
        move || expect(with_children(|program| started(program, by_template))?, WELL, line)
    };
    let server = own(true, "forked where no other thread was: its lock is free");
    Vec::from([
            Variant::breaks("lock-held", || {
                let fared = with_children(|_| lock_held(PATIENCE))?;
                let report = expect(fared.ended, None, "it waits for a thread that it does not have")?;
                let ms = PATIENCE.as_millis();
                Ok(match fared.seen {
                    Some(seen) => {
                        let (threads, state) = (seen.threads, seen.state);
                        report
                            .fact("seen", format!("threads: {threads}, state: {state}; killed after {ms} ms"))
                    }
                    None => report.fact("killed", format!("after {ms} ms")),
                })
            })
.story("Thread t1 holds the lock at the fork: the child has the lock, held, and no t1 that could \
        release it."),
            Variant::holds("spawn", own(false, "a program from its beginning: its own lock, and free"))
.story("The child is a program from its beginning: its lock is new and free, whatever the \
        parent's threads hold."),
            Variant::holds("fork-server", move || on_linux(server))
.story("The child is a fork of a template that has one thread: nobody holds the lock there."),
            Variant::holds("lock-first", || {
                let line = "the forking thread has it: its copy in the child lets go";
                expect(with_children(|_| lock_first(DEADLINE))?.ended, Some(WELL), line)
            })
.story("The forking thread acquires the lock before the fork, so that its copy in the child can \
        release it."),
        ],
    )
}

pub(crate) fn copy_on_write() -> Lesson {
    Lesson::new("copy-on-write", "memory that is copied when it is written to")
        .story(
            "A parent with 64 MiB forks; then one of the two writes to half of it. The figures \
             are the kernel's.",
        )
        .source("processes/src/copy_on_write.rs")
        .variants(copy_on_write_variants)
}

fn copy_on_write_variants() -> Vec<Variant> {
    let mib = |kib: usize| kib.div_ceil(1024);
    let block = |kib: usize| (MIB << 10..(MIB + 8) << 10).contains(&kib);
    let half = |kib: usize| (MIB << 9..(MIB + 16) << 9).contains(&kib);
    let figures = move |report: Report, label: &str, both: [Memory; 2]| {
        let [parent, child] = both
            .map(|memory| format!("{} shared, {} own", mib(memory.shared), mib(memory.private)));
        report.fact(label, format!("parent {parent}; child {child}"))
    };
    let written = move |writes, byte, line: &'static str| {
        let run = move || {
            let out = with_children(|program| copy_on_write::run(program, writes))?;
            let copied =
                out.before.iter().all(|memory| block(memory.shared) && !half(memory.private));
            let after = out.after.iter().all(|memory| half(memory.shared) && half(memory.private));
            if !copied || !after || out.byte != byte {
                return Err(format!("{out:?}"));
            }
            let [first, again] = out.took.map(|time| duration(time.as_nanos() as u64));
            let report = figures(Report::new(line), "MiB before", out.before);
            let report = figures(report, "MiB after", out.after);
            let bytes = grouped(out.written as i64);
            Ok(report
                .fact("writing", format!("{bytes} bytes, one a page: {first}; again: {again}")))
        };
        move || on_linux(run)
    };
    Vec::from([
            Variant::breaks("rss-added-up", move || {
                on_linux(|| {
                    let out = with_children(|program| copy_on_write::run(program, Writes::Nobody))?;
                    let [parent, child] = out.after;
                    let (rss, pss) = (mib(parent.rss + child.rss), mib(parent.pss + child.pss));
                    if rss < 2 * MIB || !(MIB..=MIB + 16).contains(&pss) {
                        return Err(format!("{parent:?}, {child:?}"));
                    }
                    let line = format!("{rss} MiB by RSS, which counts {MIB} twice");
                    let true_one = format!("{pss} MiB: both can read all of it, nothing is copied");
                    Ok(Report::new(line).fact("by PSS", true_one))
                })
            })
.story("RSS counts a shared page for each process that maps it: the sum is too high. PSS divides \
        the page."),
            Variant::holds(
                "child-writes",
                written(Writes::Child, [1, 2], "a byte copies its page; the parent sees none of it"),
            )
.story("The child writes to half of the pages: the kernel copies those, and the parent's stay as \
        they were."),
            Variant::holds(
                "parent-writes",
                written(Writes::Parent, [2, 1], "the child keeps what was there at the fork: a snapshot"),
            )
.story("The parent writes after the fork: the child keeps the pages of that instant, a snapshot."),
        ],
    )
}

pub(crate) fn inherited_files() -> Lesson {
    Lesson::new("inherited-files", "the open files that a child gets")
        .story(
            "The parent has a file open, and starts a child. Numbers are descriptors; c: closed \
             when a program is executed.",
        )
        .source("processes/src/inherited_files.rs")
        .variants(inherited_files_variants)
}

fn inherited_files_variants() -> Vec<Variant> {
    let marks = |open: &[Open]| {
        let mark = |open: &Open| format!("{}{}", open.number, if open.closes { "c" } else { "" });
        open.iter().map(mark).collect::<Vec<_>>().join(" ")
    };
    let way = move |way, under: fn(i32) -> Vec<i32>, line: &'static str| {
        let run = move || {
            let out = with_children(|program| inherited_files::run(program, way))?;
            let next = out.next.iter().any(|open| open.target == out.file.target);
            let place = if way == Way::Forked { 4 } else { 0 };
            let wanted = (under(out.file.number), way == Way::Unmarked, place);
            let report = expect((out.in_the_child(), next, out.place), wanted, line)?;
            let both = format!("parent {}; child {}", marks(&out.parent), marks(&out.child));
            Ok(report.fact("open", both))
        };
        move || on_linux(run)
    };
    let same = |number| vec![number];
    Vec::from([
            Variant::breaks("unmarked", way(Way::Unmarked, same, "the child has it, and so has every other"))
.story("The parent clears close-on-exec: every program that is started from then on inherits the \
        file."),
            Variant::holds(
                "as-opened",
                way(Way::AsOpened, |_| vec![], "std marks all that it opens: the child does not have it"),
            )
.story("std opens every file with close-on-exec: no program that is started inherits it."),
            Variant::holds(
                "as-input",
                way(Way::AsInput, |_| vec![0], "handed over as 0: dup2 makes a copy without the mark"),
            )
.story("The file becomes the child's standard input: dup2 makes a copy without close-on-exec."),
            Variant::holds(
                "in-the-child",
                way(Way::UnmarkedInTheChild, same, "the mark is taken off after the fork: for it only"),
            )
.story("Close-on-exec is cleared between fork and exec: this child alone inherits the file."),
            Variant::holds(
                "forked",
                way(Way::Forked, same, "has all, and one place in it: it read 4, parent is at 4"),
            )
.story("A fork without exec has every open file, and shares the file offset with its parent."),
        ],
    )
}
