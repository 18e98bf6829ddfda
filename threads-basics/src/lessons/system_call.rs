//! `system-call`: what it costs to enter the kernel, and to wait in it.

use std::time::Instant;

use stage::{Checked, Lesson, Report, Variant, grouped};
use threads_basics::baton::Baton;
use threads_basics::context_switch::by_threads;
use threads_basics::system_call::{CALLS, enters_the_kernel, touch};

use super::{each, on_cores, switched, with_children};

/// The calls that are timed; of pages and of blocking calls, a tenth.
const CALLED: u32 = 20_000;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("system-call", "user mode, kernel mode, and what it costs to change")
        .story("A child with filtered system calls (seccomp) tells which call enters the kernel.")
        .source("threads-basics/src/system_call.rs")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    let timed = |call, enters, what| move || cost(call, enters, what);
    [
        Variant::holds("function", timed(0, false, "a jump and a return"))
            .story("Calls a function of this program, in user mode."),
        Variant::holds("vdso", timed(1, false, "the clock, in a page of the kernel's"))
            .story("Reads the clock by code that the kernel has mapped (vDSO), in user mode."),
        Variant::holds("system-call", timed(2, true, "into the kernel and back"))
            .story("Asks for the parent's PID, in kernel mode, on the same thread."),
        Variant::holds("page-fault", || on_cores(|[]| faults(CALLED as usize / 10)))
            .story("Writes to new pages: no call, and yet the kernel is entered, once for each."),
        Variant::holds("blocking", || {
            on_cores(|[core]| {
                switched(by_threads([core; 2], u64::from(CALLED) / 10, Baton::take, None), "wait")
            })
        })
        .story("Waits until another thread on the same core has acted: a context switch."),
    ]
}

fn cost(call: usize, wanted: bool, what: &str) -> Checked {
    let (name, call) = CALLS[call];
    let timed = || {
        let began = Instant::now();
        call(CALLED);
        began.elapsed()
    };
    let took = (0..5).map(|_| timed()).min().unwrap_or_default();
    let filtered = match with_children(|program| enters_the_kernel(program, name))? {
        None => "system calls are not filtered here",
        Some(true) if name == "clock" => {
            return Ok(Report::not_here("this system reads its clock by a system call"));
        }
        Some(enters) if enters != wanted => {
            return Err(format!("{name}: that it enters the kernel is {enters}"));
        }
        Some(true) => "the process is killed (SIGSYS): the kernel is entered",
        Some(false) => "the process goes on: the kernel is not entered",
    };
    Ok(Report::measured(format!("{} a call: {what}", each(took, CALLED.into())))
        .fact("filtered", filtered))
}

fn faults(pages: usize) -> Checked {
    let [(new, first), (old, again)] = touch(pages);
    let [first, again] = [first, again].map(|took| each(took, pages as u64));
    if new < pages as u64 || old >= new / 10 {
        return Err(format!("{new} faults for {pages} new pages, then {old}"));
    }
    let counted = format!("{} for {}, then {old}", grouped(new), grouped(pages));
    Ok(Report::measured(format!("{first} a page at the first write, {again} at the next"))
        .fact("page faults", counted))
}
