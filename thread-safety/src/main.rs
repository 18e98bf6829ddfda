//! The command line of the topic `thread-safety`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// What goes wrong when threads share a value, and what fixes it.
///
/// Without a lesson: the tour of all of them. What is shown as broken breaks on every run, and
/// without undefined behaviour.
#[derive(Parser)]
#[command(name = "thread-safety", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// +1 and -1 on two threads, and the sum is not 0
    ///
    /// t1 and t2 read the counter, add to what they read, and write it back. The last write
    /// overwrites the other one.
    LostUpdate,

    /// a bank account overdrawn between the check and the withdrawal
    ///
    /// t1 and t2 each look whether 80 is there, then take it. Looking and taking are each under the
    /// lock; both together are not.
    CheckThenAct,

    /// two words are written, and a pair is read that never was
    ///
    /// t1 writes both, one after the other. t2 reads both in between: one half is new, the other
    /// old.
    TornRead,

    /// a flag says that the data is there, and it is not
    ///
    /// t1 writes the data, then sets a flag; t2 sees the flag, and reads the data: too early, if it
    /// is not there yet. Counted are the early reads in Loom's executions of one handover, and in
    /// 20 000 handovers here. An x86 processor keeps two stores in order, and two loads, whether
    /// asked to or not: what an ARM may do is shown by Loom.
    Publication,

    /// what threads can see of each other's writes
    ///
    /// Each row asks for what no order of whole steps has: what the loads read, 0 old, 1 new.
    /// Trials in step: one thread came between the other's steps.
    Litmus,

    /// two counters in one cache line, and in two
    ///
    /// t1 has a counter, t2 has another; nothing is shared but the line that both lie in. Each
    /// figure is the median of 5 rounds; the three are measured by turns, and × says how many times
    /// longer one line took.
    FalseSharing,

    /// a lock-free stack, and a node that comes back
    ///
    /// t1 sees A on top of B, and is interrupted. t2 takes A, takes B, and puts A back, on C. t1
    /// finds A on top, as it was, and puts in its place what was below: B, which t2 has.
    Aba,

    /// eleven operations that are atomic in Python, and what makes them safe here
    ///
    /// Each row: the type, what makes it safe, threads × calls on each, what was checked of them.
    Operations,

    /// programs that rustc refuses
    ///
    /// Your rustc is asked: it has to refuse each of them with that code (`rustc --explain E0277`
    /// says more), and to take its fixed twin (`*_mended.rs`) without a word.
    Compiler,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::LostUpdate => lessons::lost_update(),
            Which::CheckThenAct => lessons::check_then_act(),
            Which::TornRead => lessons::torn_read(),
            Which::Publication => lessons::publication(),
            Which::Litmus => lessons::litmus(),
            Which::FalseSharing => lessons::false_sharing(),
            Which::Aba => lessons::aba(),
            Which::Operations => lessons::operations(),
            Which::Compiler => lessons::compiler(),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
