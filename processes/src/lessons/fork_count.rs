//! Some forks in a row.

use clap::value_parser;
use processes::fork_count::{Fix, Forks, count};
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

/// Counts the processes and lines of some forks.
fn counted(forks: u8, fix: Fix, wanted: Forks, line: &str) -> Checked {
    let Forks { generations, written, arrived } = wanted.clone();
    let processes: usize = generations.iter().sum();
    let of_each = generations.iter().map(usize::to_string).collect::<Vec<_>>().join(" + ");
    let not = if arrived == written { String::new() } else { format!(", not {written}") };
    on_linux(|| {
        let forks = with_child(|program| count(program, forks, fix))?;
        let report = expect(forks, wanted, format!("{arrived} lines{not}: {line}"))?;
        Ok(report.fact(format!("{processes} processes"), format!("by generation: {of_each}")))
    })
}

fn variants(options: &Options) -> [Variant; 4] {
    let forks = options.forks;
    let n = usize::from(forks);
    // The first process makes a child at each fork, and each of them is the first process of the
    // forks that are left: the binomial coefficients.
    let mut doubled = vec![1];
    for _ in 0..n {
        let shifted = [&[0], doubled.as_slice()].concat();
        doubled.push(0);
        doubled.iter_mut().zip(shifted).for_each(|(all, new)| *all += new);
    }
    // 2 + 4 + … + 2ⁿ.
    let (written, twice) = ((2 << n) - 2, n << n);
    let of = |fix, generations: &[usize], written, arrived, line| {
        let wanted = Forks { generations: generations.to_vec(), written, arrived };
        move || counted(forks, fix, wanted.clone(), line)
    };
    [
        Variant::breaks(
            "buffered",
            of(Fix::Nothing, &doubled, written, twice, "a fork copies the buffer"),
        )
        .story("A line in the buffer at a fork is in both processes, and each writes it."),
        Variant::holds(
            "flushed",
            of(Fix::FlushFirst, &doubled, written, written, "each arrives once"),
        )
        .story("Each process flushes its buffer before each fork: no line is copied."),
        Variant::holds(
            "at-once",
            of(Fix::ExitAtOnce, &doubled, written, written, "_exit flushes no copy"),
        )
        .story("A child writes by system calls, and ends by _exit: its copy is not written."),
        Variant::holds(
            "leaves-the-loop",
            of(Fix::LeaveTheLoop, &[1, n], 2 * n, 2 * n, "no child forks"),
        )
        .story("A child leaves the loop: one process forks, and there is a child for each fork."),
    ]
}
