//! `system-call`: what it costs to enter the kernel, and to wait in it.

use stage::{Checked, Lesson, Report, Variant, grouped};
use threads_basics::baton::Baton;
use threads_basics::context_switch::by_threads;
use threads_basics::cores::cores;
use threads_basics::system_call::{Call, Touched, touch};

use super::{each, with_children};

/// What `system-call` can be asked for.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// The number of calls that are timed, 100 to 200000; of pages and of blocking calls, a tenth
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=200_000))]
    calls: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("system-call", "user mode, kernel mode, and what it costs to change")
        .story(
            "Whether a call enters the kernel is asked of a child whose system calls are filtered (seccomp).",
        )
        .source("threads-basics/src/system_call.rs")
        .variants_with(variants)
}

fn variants(&Options { calls }: &Options) -> [Variant; 5] {
    let timed = move |call, enters, what| move || cost(call, calls, enters, what);
    [
        Variant::holds("function", timed(Call::Function, false, "a jump and a return"))
            .story("Calls a function of this program: it stays in user mode."),
        Variant::holds("vdso", timed(Call::Clock, false, "the clock, in a page of the kernel's"))
            .story("Reads the clock by code that the kernel has mapped into each process (vDSO), in user mode."),
        Variant::holds("system-call", timed(Call::System, true, "into the kernel and back"))
            .story("Asks for the parent's PID, which is a number in the kernel: kernel mode, on the same thread."),
        Variant::holds("page-fault", move || faults(calls as usize / 10)).story(
            "Writes to pages that are not there yet: no call, and yet the kernel is entered, once for each.",
        ),
        Variant::holds("blocking", move || blocking(u64::from(calls) / 10)).story(
            "Waits in the kernel until another thread on the same core has acted: a system call and \
             context switches.",
        ),
    ]
}

fn cost(call: Call, calls: u32, wanted: bool, what: &str) -> Checked {
    let took = (0..5).map(|_| call.times(calls)).min().unwrap_or_default();
    let filtered = match with_children(|program| call.is_a_system_call(program))? {
        None => "system calls are not filtered here",
        Some(true) if call == Call::Clock => {
            return Ok(Report::not_here("this system reads its clock by a system call"));
        }
        Some(enters) if enters != wanted => {
            return Err(format!("{call:?}: that it enters the kernel is {enters}"));
        }
        Some(true) => "the process is killed (SIGSYS): the kernel is entered",
        Some(false) => "the process goes on: the kernel is not entered",
    };
    Ok(Report::measured(format!("{} a call: {what}", each(took, calls.into())))
        .fact("filtered", filtered))
}

fn faults(pages: usize) -> Checked {
    let Touched { faults, took } = touch(pages).map_err(|error| error.to_string())?;
    let [first, again] = took.map(|took| each(took, pages as u64));
    let counted = match faults {
        None => "page faults are not counted here".into(),
        Some([first, again]) if first < pages as u64 || again >= first / 10 => {
            return Err(format!("{first} faults for {pages} new pages, then {again}"));
        }
        Some([first, again]) => {
            format!("{} for {}, then {again}", grouped(first as i64), grouped(pages as i64))
        }
    };
    Ok(Report::measured(format!("{first} a page at the first write, {again} at the next"))
        .fact("page faults", counted))
}

fn blocking(times: u64) -> Checked {
    let Some(&core) = cores().first() else {
        return Ok(Report::not_here("this system does not let a thread be kept to one core"));
    };
    let waited = by_threads([core; 2], times, Baton::take, None);
    let counted = match waited.switches {
        None => "context switches are not counted here".into(),
        Some(switches) if switches.all() < waited.times - 2 => return Err(format!("{waited:?}")),
        Some(switches) => {
            let [switches, times] = [switches.all(), waited.times].map(|n| grouped(n as i64));
            format!("{switches} context switches for {times} waits")
        }
    };
    let each = each(waited.took, waited.times);
    Ok(Report::measured(format!("{each} a wait: the core goes on with another thread"))
        .fact("counted", counted))
}
