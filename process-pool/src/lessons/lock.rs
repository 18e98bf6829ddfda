//! The lesson `lock`.

use process_pool::lock::{self, Sum};
use process_pool::shared_task::How;
use stage::{Checked, Lesson, Report, Variant, expect, grouped};

use super::{observe, run};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("lock", "a number that all workers add to, and a lock that they share")
        .story(
            "A gate holds each of two tasks between its read and its write, so that both read the \
             same number.",
        )
        .source("process-pool/src/{lock,shared_task}.rs")
        .python("lock")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    [
        Variant::breaks("without", || {
            ten(How::Bare, 5, "10 additions came to 5: each pair lost one")
        })
        .story("Both tasks read the same number before either writes: one addition is lost."),
        Variant::holds("with", || {
            ten(How::Locked, 10, "10 came to 10: one waits until the other has written")
        })
        .story("A lock in shared memory makes the read and the write one critical section."),
        Variant::holds("in-one-step", || {
            ten(How::Atomic, 10, "10 came to 10: fetch_add needs no lock")
        })
        .story("fetch_add reads and writes in one atomic operation: there is no window."),
        Variant::holds("at-full-speed", || {
            let ways =
                [("without", How::Bare), ("with", How::Locked), ("in one step", How::Atomic)];
            let line = "no addition is lost with the lock, or in one step";
            ways.into_iter().try_fold(Report::new(line), at_full_speed)
        })
        .story("Four workers add without a gate: how many additions are lost."),
        Variant::holds("owner-dies", || {
            if cfg!(not(target_os = "linux")) {
                return Ok(Report::not_here("this system has no robust locks: the lock is lost"));
            }
            let wanted = (true, Sum { added: 100, came_to: 100 });
            let line = "killed with the lock: the next owner gets it, and learns of it";
            observe(lock::owner_dies, |out| expect(out, wanted, line))
        })
        .story("A robust mutex passes to the next process, and reports its owner's death."),
    ]
}

fn ten(how: How, came_to: u64, line: &str) -> Checked {
    observe(
        |observer| lock::pairs(observer, how),
        |sum| expect(sum, Sum { added: 10, came_to }, line),
    )
}

fn at_full_speed(report: Report, (label, how): (&str, How)) -> Checked {
    run(
        |program| lock::at_full_speed(program, how),
        |Sum { added, came_to }| {
            let lost = grouped(added as i64 - came_to as i64);
            if how != How::Bare && added != came_to {
                return Err(format!("of {added} additions {lost} were lost"));
            }
            let all = grouped(added);
            Ok(report.fact(label, format!("{lost} of {all} additions lost")))
        },
    )
}
