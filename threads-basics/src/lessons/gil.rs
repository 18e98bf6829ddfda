//! `gil`: one lock for all threads of an interpreter.

use std::time::Duration;

use stage::{Lesson, Variant};
use threads_basics::bytecode::{Op, count, count_locked};
use threads_basics::model::gil as model;
use threads_basics::real::gil::{Guard, Looks};

mod checks;

/// What `gil` can be asked for.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// The switch interval: a thread waits that long for the lock before it asks for it, in ms, 1 to
    /// 50; 5 in `CPython`
    #[arg(long, value_name = "MS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    interval: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("gil", "one lock for all threads of an interpreter")
        .story("On 1, 2 and 4 threads, in ms: work gets no faster, waiting does.")
        .python("gil")
        .source("threads-basics/src/gil/{lock,eval}.rs")
        .variants_with(variants)
}

fn variants(&Options { interval: ms }: &Options) -> [Variant; 13] {
    let (interval, looks) = (Some(Duration::from_millis(ms.into())), Looks::EveryOpcode);
    let (gil, each) = (Guard::Gil { interval, looks }, Guard::GilEach { interval, looks });
    let jumps = Guard::Gil { interval, looks: Looks::JumpsBack };
    // The outcome is the count after two increments.
    let explored = |variant: Variant, program: Vec<Op>, looks| {
        variant.explored_for("2 threads", "the count", "lose an update", [2], move || {
            let guard = model::Guard::Gil { interval: None, looks };
            checks::on_the_model(&program, guard, model::Values::Numbers).count
        })
    };
    let (every, back) = (model::Looks::EveryOpcode, model::Looks::JumpsBack);
    let lost = Variant::breaks("count", move || checks::loses(gil))
        .story("The lock may change hands between the load and the store of count += 1.");
    let locked = Variant::holds("count-locked", move || checks::keeps(gil, count_locked))
        .story("The program holds its own lock around the four opcodes: no update is lost.");
    let in_luck = Variant::holds("count-in-luck", move || checks::keeps(jumps, count))
        .story("Hands over at backward jumps alone, as CPython 3.10: never within count += 1.");
    [
        Variant::breaks("cpu-bound", move || checks::cpu_bound(gil))
            .story("Adds up with the lock: one thread at a time, so more threads are no faster."),
        Variant::holds("cpu-bound-free", || checks::cpu_bound(Guard::Nothing))
            .story("Adds up without the lock: all threads run opcodes in parallel."),
        Variant::holds("io-bound", move || checks::io_bound(gil, Op::Read))
            .story("Releases the lock around each read, so all threads wait for input at once."),
        Variant::breaks("io-holding", move || checks::io_bound(gil, Op::ReadHolding)).story(
            "Keeps the lock while it reads, as careless extensions do: one waits at a time.",
        ),
        explored(lost, count(1), every),
        explored(locked, count_locked(1), every),
        explored(in_luck, count(1), back),
        Variant::holds("in-processes", move || checks::in_processes(ms))
            .story("Adds up in 1, 2 and 4 processes: each holds a lock of its own, all at once."),
        Variant::holds("mixed", move || checks::mixed(ms))
            .story("Two processes compute in parallel; in each, four threads wait for input."),
        Variant::breaks("plain-counts", checks::miscounts)
            .explored_for("2 threads", "references too many", "miscount", [0], || {
                let values = model::Values::Objects(model::Counts::Plain);
                let program = [Op::LoadConst(7), Op::Return];
                checks::on_the_model(&program, model::Guard::Nothing, values).references
            })
            .story("Counts references by a read and a write: both threads read, then both write."),
        Variant::holds("free-threaded", move || checks::free_threaded(gil)).story(
            "Counts references atomically, without a lock; or each thread counts its own objects \
             plainly (biased), and constants are not counted (immortal).",
        ),
        Variant::holds("interpreters", move || checks::interpreters(each))
            .story("Gives each thread an interpreter and a lock of its own: they share no object."),
        Variant::holds("python", move || checks::python(ms))
            .story("Asks the Python of this machine to do the same."),
    ]
}
