//! The lesson on names and stacks.

use std::collections::HashSet;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use stage::{Checked, Lesson, Report, Variant, expect};
use threads_basics::child::{DEADLINE, run};
use threads_basics::names::{self, KERNELS_LIMIT, Known};
use threads_basics::role::ROLE;

use super::ends::with_children;

/// What `names` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Names {
    /// How many threads are named, 2 to 100
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u8).range(2..=100))]
    pub(crate) threads: u8,
}

pub(crate) fn names() -> Lesson {
    Lesson::new("names", "what threads are called, and how much stack they have")
        .story(
            "Rust's name is as long as you like. The kernel's, which a dump shows, has 15 bytes.",
        )
        .source("threads-basics/src/names.rs")
        .variants_with(names_variants)
}

fn names_variants(options: &Names) -> Vec<Variant> {
    const MIB: usize = 1 << 20;
    let roll = |count: u8, name: fn(u8) -> Option<String>| {
        let names: Vec<_> = (0..count).map(name).collect();
        let known = names::call_the_roll(&names);
        if known.iter().zip(&names).any(|(thread, name)| thread.name != *name) {
            return Err(format!(
                "Rust calls the threads otherwise than they were named: {known:?}"
            ));
        }
        expect(different(known.iter().map(|thread| thread.id)), known.len(), "")?;
        Ok(known)
    };
    let count = options.threads;
    Vec::from([
            Variant::breaks("unnamed", move || {
                in_dump(&roll(count, |_| None)?, 1, Report::new("called as their starter is"))
            })
.story("Threads without a name have their parent's to the kernel, so a dump shows them all alike."),
            Variant::breaks("cut", move || {
                let known = roll(count, |number| Some(format!("checkout-worker-{number}")))?;
                in_dump(&known, 1, in_rust(&known, "all alike to the kernel"))
            })
.story("The names differ at their end, beyond the 15 bytes that Linux keeps."),
            Variant::holds("named", move || {
                let known = roll(count, |number| Some(format!("{number}-checkout-worker")))?;
                let line = format!("{count} ids, {count} names: what differs comes first");
                in_dump(&known, known.len(), in_rust(&known, &line))
            })
.story("The names differ at their beginning, within the 15 bytes that Linux keeps."),
            Variant::breaks("small-stack", overflow)
.story("Recurses too deep for a stack of 64 KiB: no panic that could be caught, but the process's \
        end."),
            Variant::holds("own-stack", || {
                let used = names::on_a_stack_of(16 * MIB, 8 * MIB);
                if !(8 * MIB..16 * MIB).contains(&used) {
                    return Err(format!("{used} bytes of the stack were used"));
                }
                Ok(Report::new("8 MiB deep on a stack of 16 MiB; a spawned thread has 2 by default"))
            })
.story("Asks for a stack of 16 MiB by Builder::stack_size, and recurses 8 MiB deep."),
        ],
    )
}

/// Reports how Rust calls the threads.
fn in_rust(known: &[Known], line: &str) -> Report {
    let names: Vec<_> = known.iter().filter_map(|thread| thread.name.as_deref()).collect();
    Report::new(line).fact("names", a_few(&names))
}

/// Reports how the kernel calls the threads, if it has so many names for them.
fn in_dump(known: &[Known], wanted: usize, report: Report) -> Checked {
    let kernels: Option<Vec<_>> = known.iter().map(|thread| thread.in_dump.as_deref()).collect();
    let Some(kernels) = kernels else {
        return Ok(Report::not_here(
            "this system has no /proc/self/task to read a thread's name from",
        ));
    };
    if let Some(long) = kernels.iter().find(|name| name.len() > KERNELS_LIMIT) {
        return Err(format!("{long} is longer than the kernel was taken to allow"));
    }
    expect(different(kernels.iter()), wanted, "")?;
    Ok(report.fact("dump", a_few(&kernels)))
}

fn different<T: Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> usize {
    all.collect::<HashSet<_>>().len()
}

/// Writes the first two of the names and the last one.
fn a_few(names: &[&str]) -> String {
    match names {
        [first, second, .., last] => format!("{first}, {second} … {last}"),
        few => few.join(", "),
    }
}

/// Overflows a small stack in a child: that is no panic, which could be caught, but the end of the
/// process.
fn overflow() -> Checked {
    let ended =
        with_children(|program| run(Command::new(program).env(ROLE, "overflow"), DEADLINE))?;
    let said = String::from_utf8_lossy(&ended.stderr);
    let (Some(signal), Some(line)) =
        (ended.status.signal(), said.lines().find(|line| line.contains("overflowed its stack")))
    else {
        return Err(format!("the child ended with {}, and said: {said}", ended.status));
    };
    Ok(Report::new(format!("64 KiB overflowed: its whole process is ended, signal {signal}"))
        .fact("said", line.trim()))
}
