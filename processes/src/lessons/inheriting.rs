//! The lessons on what a child has from its parent: locks, memory, open files.

use std::time::Duration;

use processes::child::DEADLINE;
use processes::copy_on_write::{self, MIB, Memory, Writes};
use processes::fork_with_threads::{Fared, lock_first, lock_held, started};
use processes::inherited_files::{self, Open, Way};
use stage::{Form, Lesson, Report, duration, expect, grouped};

use super::starting::{ENDED_WELL, shown};

/// How long a child that hangs is left hanging. It has said that it is about to take the lock.
const PATIENCE: Duration = Duration::from_millis(200);

pub(crate) fn fork_with_threads() -> Lesson {
    let own = |name, by_template| {
        Form::holds(name, move || {
            let line = if by_template {
                "the template has no other thread: in its fork, the lock is free"
            } else {
                "a program that begins at its beginning: its lock is its own, and free"
            };
            shown(|program| Ok(expect(started(program, by_template)?, ENDED_WELL, line)))
        })
    };
    Lesson::new(
        "processes/src/fork_with_threads.rs",
        [
            Form::breaks("lock-held", || {
                shown(|_| {
                    let Fared { ended, seen } = lock_held(PATIENCE)?;
                    let ms = PATIENCE.as_millis();
                    let line = format!("the child waits for a thread that it has not; killed after {ms} ms");
                    Ok(expect(ended, None, line).map(|report| match seen {
                        Some((threads, state)) => {
                            report.fact("the child", format!("threads: {threads}; state: {state}"))
                        }
                        None => report,
                    }))
                })
            }),
            own("spawn", false),
            own("fork-server", true),
            Form::holds("lock-first", || {
                shown(|_| {
                    let line = "the forking thread has the lock: its copy in the child lets go of it";
                    Ok(expect(lock_first(DEADLINE)?.ended, Some(ENDED_WELL), line))
                })
            }),
        ],
    )
}

pub(crate) fn copy_on_write() -> Lesson {
    let mib = |kib: usize| kib.div_ceil(1024);
    let block = |kib: usize| (MIB << 10..(MIB + 8) << 10).contains(&kib);
    let half = |kib: usize| (MIB << 9..(MIB + 16) << 9).contains(&kib);
    let figures = move |report: Report, label: &str, both: [Memory; 2]| {
        let [parent, child] =
            both.map(|memory| format!("{} shared, {} own", mib(memory.shared), mib(memory.private)));
        report.fact(label, format!("parent {parent}; child {child}"))
    };
    let written = move |name, writes, byte, line: &'static str| {
        Form::holds(name, move || {
            shown(|program| {
                let out = copy_on_write::run(program, writes)?;
                let copied = out.before.iter().all(|memory| block(memory.shared) && !half(memory.private));
                let after = out.after.iter().all(|memory| half(memory.shared) && half(memory.private));
                if !copied || !after || out.byte != byte {
                    return Ok(Err(format!("{out:?}")));
                }
                let [first, again] = out.took.map(|time| duration(time.as_nanos() as u64));
                let report = figures(Report::new(line), "MiB before", out.before);
                let report = figures(report, "MiB after", out.after);
                let bytes = grouped(out.written as i64);
                Ok(Ok(report.fact("writing", format!("{bytes} bytes, one a page: {first}; again: {again}"))))
            })
        })
    };
    Lesson::new(
        "processes/src/copy_on_write.rs",
        [
            Form::breaks("rss-added-up", move || {
                shown(|program| {
                    let [parent, child] = copy_on_write::run(program, Writes::Nobody)?.after;
                    let (rss, pss) = (mib(parent.rss + child.rss), mib(parent.pss + child.pss));
                    if rss < 2 * MIB || !(MIB..=MIB + 16).contains(&pss) {
                        return Ok(Err(format!("{parent:?}, {child:?}")));
                    }
                    let line =
                        format!("parent and child have {rss} MiB, says RSS; it counts {MIB} of them twice");
                    Ok(Ok(Report::new(line).fact(
                        "by PSS",
                        format!("{pss} MiB; both can read all of it, and nothing was copied"),
                    )))
                })
            }),
            written(
                "child-writes",
                Writes::Child,
                [1, 2],
                "a byte copies its page; the parent sees none of it",
            ),
            written(
                "parent-writes",
                Writes::Parent,
                [2, 1],
                "the child still has what was there at the fork: a snapshot",
            ),
        ],
    )
}

pub(crate) fn inherited_files() -> Lesson {
    let marks = |open: &[Open]| {
        let mark = |open: &Open| format!("{}{}", open.number, if open.closes { "c" } else { "" });
        open.iter().map(mark).collect::<Vec<_>>().join(" ")
    };
    let form = move |name: &'static str, way, under: fn(i32) -> Vec<i32>, line: &'static str| {
        let run = move || {
            shown(|program| {
                let out = inherited_files::run(program, way)?;
                let next = out.next.iter().any(|open| open.target == out.file.target);
                let leaks = way == Way::Unmarked;
                let place = if way == Way::Forked { 4 } else { 0 };
                let (number, found) = (out.file.number, out.in_the_child());
                Ok(expect((found, next, out.place), (under(number), leaks, place), line)
                    .map(|report| report.fact("parent", marks(&out.parent)).fact("child", marks(&out.child))))
            })
        };
        if way == Way::Unmarked { Form::breaks(name, run) } else { Form::holds(name, run) }
    };
    Lesson::new(
        "processes/src/inherited_files.rs",
        [
            form(
                "unmarked",
                Way::Unmarked,
                |number| vec![number],
                "the child has the file, and so has every other, unasked",
            ),
            form(
                "as-opened",
                Way::AsOpened,
                |_| vec![],
                "std marks what it opens close-on-exec: the child has it not",
            ),
            form(
                "as-input",
                Way::AsInput,
                |_| vec![0],
                "handed over as 0: dup2 makes a copy without the mark",
            ),
            form(
                "in-the-child",
                Way::UnmarkedInTheChild,
                |number| vec![number],
                "the mark taken off after the fork: for this child only",
            ),
            form(
                "forked",
                Way::Forked,
                |number| vec![number],
                "a fork has all, marked or not, and one place in it: it read 4, parent is at 4",
            ),
        ],
    )
}
