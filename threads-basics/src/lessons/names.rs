//! `names`: what threads are called, and how much stack they have.

use std::collections::HashSet;
use std::os::unix::process::ExitStatusExt;

use kit::child::{DEADLINE, output};
use stage::{Checked, Lesson, Report, Variant, expect};
use threads_basics::names::{Known, OVERFLOW, on_a_stack_of, spawn_named};

use super::with_children;

/// What `names` can be asked for.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// The number of threads that are named, 2 to 100
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u8).range(2..=100))]
    threads: u8,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("names", "what threads are called, and how much stack they have")
        .story("Rust's name has any length. The kernel's has 15 bytes; a thread dump shows it.")
        .python("names")
        .source("threads-basics/src/names.rs")
        .variants_with(variants)
}

fn variants(&Options { threads }: &Options) -> [Variant; 5] {
    [
        Variant::breaks("unnamed", move || {
            let known = spawned(threads, |_| None)?;
            in_dump(&known, 1, Report::new("the dump has their parent's name for all"))
        })
        .story("Threads without a name have their parent's, so a dump shows them all alike."),
        Variant::breaks("cut", move || {
            let known = spawned(threads, |number| Some(format!("checkout-worker-{number}")))?;
            in_dump(&known, 1, in_rust(&known, "all alike to the kernel"))
        })
        .story("The names differ at their end, beyond the 15 bytes that Linux keeps."),
        Variant::holds("named", move || {
            let known = spawned(threads, |number| Some(format!("{number}-checkout-worker")))?;
            let line = format!("{threads} threads, {threads} names: what differs comes first");
            in_dump(&known, known.len(), in_rust(&known, &line))
        })
        .story("The names differ at their beginning, within the 15 bytes that Linux keeps."),
        Variant::breaks("small-stack", overflow)
            .story("Recurses too deep for 64 KiB of stack: no panic to catch, the process ends."),
        Variant::holds("own-stack", || {
            const MIB: usize = 1 << 20;
            let used = on_a_stack_of(16 * MIB, 8 * MIB);
            if !(8 * MIB..16 * MIB).contains(&used) {
                return Err(format!("{used} bytes of the stack were used"));
            }
            Ok(Report::new("8 MiB deep on a stack of 16 MiB; a spawned thread has 2 by default"))
        })
        .story("Asks for a stack of 16 MiB by Builder::stack_size, and recurses 8 MiB deep."),
    ]
}

/// Spawns threads under names, which Rust has to know.
fn spawned(threads: u8, name: fn(u8) -> Option<String>) -> Result<Vec<Known>, String> {
    let names: Vec<_> = (0..threads).map(name).collect();
    let known = spawn_named(&names);
    if known.iter().zip(&names).any(|(thread, name)| thread.name != *name) {
        return Err(format!("Rust calls the threads otherwise than they were named: {known:?}"));
    }
    Ok(known)
}

fn in_rust(known: &[Known], line: &str) -> Report {
    let names: Vec<_> = known.iter().filter_map(|thread| thread.name.as_deref()).collect();
    Report::new(line).fact("names", a_few(&names))
}

/// Reports the kernel's names, if there are `wanted` different ones.
fn in_dump(known: &[Known], wanted: usize, report: Report) -> Checked {
    let kernels: Option<Vec<_>> = known.iter().map(|thread| thread.in_dump.as_deref()).collect();
    let Some(kernels) = kernels else {
        return Ok(Report::not_here("this system has no /proc/self/task to read names from"));
    };
    expect(
        kernels.iter().collect::<HashSet<_>>().len(),
        wanted,
        "that many of the names in /proc differ",
    )?;
    Ok(report.fact("dump", a_few(&kernels)))
}

/// Writes the first two of the names and the last one.
fn a_few(names: &[&str]) -> String {
    match names {
        [first, second, .., last] => format!("{first}, {second} … {last}"),
        few => few.join(", "),
    }
}

fn overflow() -> Checked {
    let ended = with_children(|program| output(&mut OVERFLOW.command(program), DEADLINE))?;
    let errors = String::from_utf8_lossy(&ended.stderr);
    let line = errors.lines().find(|line| line.contains("overflowed its stack"));
    let (Some(signal), Some(line)) = (ended.status.signal(), line) else {
        return Err(format!("the child ended with {}, and wrote: {errors}", ended.status));
    };
    Ok(Report::new(format!("64 KiB overflowed: its whole process is ended, signal {signal}"))
        .fact("said", line.trim()))
}
