//! Limits on memory, time and files.

use kit::child::DEADLINE;
use processes::exit::Exit;
use processes::limits::{FILES, Limit, SIZE, limited};
use stage::{Checked, Lesson, Variant, expect};

use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("limits", "limits on memory, time, files")
        .story("The kernel stops a child that asks for too much: by an error, or by a signal.")
        .source("processes/src/limits.rs")
        .variants(variants)
}

fn at(limit: Limit, exit: Exit, last: Option<String>, line: &str) -> Checked {
    on_linux(|| {
        let seen = with_child(|program| limited(program, limit))?;
        let report = expect((seen.exit, seen.last), (exit, last), line)?;
        Ok(match seen.complaint.as_str() {
            "" => report,
            complaint => report.fact("its error", complaint),
        })
    })
}

fn variants() -> [Variant; 5] {
    [
        Variant::breaks("memory", || {
            let line = "512 MiB asked of 256: aborted, signal 6";
            at(Limit::Memory, Exit::Signal(6), None, line)
        })
        .story("RLIMIT_AS is 256 MiB, a Vec asks for 512: the allocation fails, and Rust aborts."),
        Variant::holds("memory-asked", || {
            let refused = "memory allocation failed because the memory allocator returned an error";
            let line = "the same by try_reserve: an error, and it goes on";
            at(Limit::MemoryTried, Exit::SUCCESS, Some(refused.into()), line)
        })
        .story("try_reserve asks for the same: it returns an error, the process goes on."),
        Variant::holds("files", || {
            let last = format!("{}, then: Too many open files (os error 24)", FILES - 1);
            let line = "descriptors 0 to 15 are given out; the next open fails";
            at(Limit::Files, Exit::SUCCESS, Some(last), line)
        })
        .story("RLIMIT_NOFILE is 16: descriptors end at 15, and the next open fails with EMFILE."),
        Variant::holds("size", || {
            let line = "a file of 64 KiB is written, no more: SIGXFSZ";
            at(Limit::Size, Exit::Signal(25), Some(format!("{} KiB", SIZE >> 10)), line)
        })
        .story("RLIMIT_FSIZE is 64 KiB: a write beyond it raises SIGXFSZ."),
        Variant::holds("time", || {
            let line = "a second of processor time is used up: SIGXCPU";
            at(Limit::Time, Exit::Signal(24), None, line)
        })
        .story("RLIMIT_CPU is a second of processor time: SIGXCPU ends the child after it.")
        // On a busy machine, a second of processor time takes long.
        .within(DEADLINE),
    ]
}
