//! Some forks in a row.

use clap::value_parser;
use processes::fork_count::{Fix, count};
use stage::{Checked, Lesson, Variant, expect};

use super::{on_linux, with_child};

/// The options of `fork-count`.
#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Number of forks in a row, 2 to 6
    #[arg(long, value_name = "N", default_value_t = 3)]
    #[arg(value_parser = value_parser!(u8).range(2..=6))]
    forks: u8,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("fork-count", "three forks in a row: how many processes, how many lines?")
        .story("Each process goes on to the next fork, and writes a line after each.")
        .source("processes/src/fork_count.rs")
        .python("fork_count")
        .variants_with(variants)
}

/// Counts the processes of some forks, the lines that they write, and those that arrive.
fn counted(forks: u8, fix: Fix, wanted: [usize; 3], line: &str) -> Checked {
    on_linux(|| {
        let (generations, written, arrived) = with_child(|program| count(program, forks, fix))?;
        let processes: usize = generations.iter().sum();
        let not = if arrived == written { String::new() } else { format!(", not {written}") };
        let line = format!("{arrived} lines{not}: {line}");
        let report = expect([processes, written, arrived], wanted, line)?;
        let of_each = generations.iter().map(usize::to_string).collect::<Vec<_>>().join(" + ");
        Ok(report.fact(format!("{processes} processes"), format!("by generation: {of_each}")))
    })
}

fn variants(options: &Options) -> [Variant; 4] {
    let forks = options.forks;
    let n = usize::from(forks);
    // 2 + 4 + … + 2ⁿ lines are written; in a buffer, each process has n of them in the end.
    let (all, lines, copied) = (1 << n, (2 << n) - 2, n << n);
    let of = |fix, wanted, line| move || counted(forks, fix, wanted, line);
    [
        Variant::breaks(
            "buffered",
            of(Fix::Nothing, [all, lines, copied], "fork copies the buffer"),
        )
        .story("A line in the buffer at a fork is in both processes, and each writes it."),
        Variant::holds("flushed", of(Fix::FlushFirst, [all, lines, lines], "each arrives once"))
            .story("Each process flushes its buffer before each fork: no line is copied."),
        Variant::holds(
            "at-once",
            of(Fix::ExitAtOnce, [all, lines, lines], "_exit flushes no copy"),
        )
        .story("A child writes by system calls, and ends by _exit: its copy is not written."),
        Variant::holds(
            "leaves-the-loop",
            of(Fix::LeaveTheLoop, [n + 1, 2 * n, 2 * n], "no child forks"),
        )
        .story("A child leaves the loop: one process forks, and there is a child for each fork."),
    ]
}
