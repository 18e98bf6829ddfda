//! `gil`: one lock for all threads of an interpreter.

use std::time::Duration;

use stage::{Checked, Lesson, Report, Variant, expect, grouped};
use threads_basics::bytecode::{COUNT, Op, add_up, count, count_locked, count_read, read};
use threads_basics::interpreters;
use threads_basics::model;
use threads_basics::real::gil::{Counts, Guard, Looks, Plan, Ran, Values, run};

use super::with_children;

mod asked;

/// The numbers of threads that do the same work.
const THREADS: [i64; 3] = [1, 2, 4];

/// The numbers that are added up in all, which one thread does in some 40 ms: some switch intervals.
const NUMBERS: i64 = if cfg!(debug_assertions) { 240_000 } else { 1_200_000 };

/// The reads, divided among the threads, and how long each takes.
const READS: i64 = 8;
const INPUT: Duration = Duration::from_millis(5);

/// The updates of each of two threads in the first round; each further round is twice as long.
const UPDATES: i64 = 100_000;

/// The limit of rounds until one loses an update: 100 million updates in all.
const ROUNDS: u32 = 9;

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
        .source("threads-basics/src/gil/")
        .variants_with(variants)
}

fn variants(&options: &Options) -> [Variant; 13] {
    let (interval, looks) =
        (Some(Duration::from_millis(options.interval.into())), Looks::EveryOpcode);
    let (gil, each) = (Guard::Gil { interval, looks }, Guard::GilEach { interval, looks });
    let jumps = Guard::Gil { interval, looks: Looks::JumpsBack };
    let asked = [options.interval, 1_000_000, READS as u32, INPUT.as_millis() as u32];
    // The outcome is the count after two increments.
    let explored = |variant: Variant, program: Vec<Op>, looks| {
        variant.explored_for("2 threads", "lose an update", [2], move || {
            let guard = model::gil::Guard::Gil { interval: None, looks };
            on_the_model(&program, guard, model::gil::Values::Numbers).count
        })
    };
    let every = model::gil::Looks::EveryOpcode;
    [
        Variant::breaks("cpu-bound", move || cpu_bound(gil))
            .story("Adds up with the lock: one thread at a time, so more threads are no faster."),
        Variant::holds("cpu-bound-free", || cpu_bound(Guard::Nothing))
            .story("Adds up without the lock: all threads run opcodes in parallel."),
        Variant::holds("io-bound", move || io_bound(gil, Op::Read))
            .story("Releases the lock around each read, so all threads wait for input at once."),
        Variant::breaks("io-holding", move || io_bound(gil, Op::ReadHolding)).story(
            "Keeps the lock while it reads, as careless extensions do: one waits at a time.",
        ),
        explored(
            Variant::breaks("count", move || loses(gil))
                .story("The lock may change hands between the load and the store of count += 1."),
            count(1),
            every,
        ),
        explored(
            Variant::holds("count-locked", move || {
                keeps(gil, count_locked, "a lock around the opcodes")
            })
            .story("The program holds its own lock around the four opcodes: no update is lost."),
            count_locked(1),
            every,
        ),
        explored(
            Variant::holds("count-in-luck", move || {
                keeps(jumps, count, "looks at jumps back only, as 3.10")
            })
            .story("Checks at jumps back alone, so not within count += 1: luck, no promise."),
            count(1),
            model::gil::Looks::JumpsBack,
        ),
        Variant::holds("in-processes", move || alone(options))
            .story("Adds up in 1, 2 and 4 processes: each holds a lock of its own, all at once."),
        Variant::holds("mixed", move || mixed(options))
            .story("Two processes compute in parallel; in each, four threads wait for input."),
        Variant::breaks("plain-counts", miscounts)
            .explored_for("2 threads", "miscount", [0], || {
                let values = model::gil::Values::Objects(model::gil::Counts::Plain);
                let program = [Op::LoadConst(7), Op::Return];
                on_the_model(&program, model::gil::Guard::Nothing, values).references
            })
            .story("Counts references by a read and a write, without a lock, and loses some."),
        Variant::holds("free-threaded", move || free_threaded(gil)).story(
            "Counts references atomically, without a lock; or each thread counts its own objects \
             plainly (biased), and constants are not counted (immortal).",
        ),
        Variant::holds("interpreters", move || {
            counted(each, Counts::Plain).map(|ran| {
                Report::new(format!("each holds its own lock: {}", in_ms(ran.map(|ran| ran.took))))
            })
        })
        .story("Gives each thread an interpreter and a lock of its own: they share no object."),
        Variant::holds("python", move || asked::in_each(asked))
            .story("Asks the Python of this machine to do the same."),
    ]
}

/// Runs a program on two of the model checker's threads.
fn on_the_model(
    program: &[Op],
    guard: model::gil::Guard,
    values: model::gil::Values,
) -> model::gil::Ran {
    let (programs, input) = (vec![program.to_vec(); 2], Duration::ZERO);
    model::gil::run(&model::gil::Plan { programs, guard, values, input, told: true })
}

fn ran(programs: Vec<Vec<Op>>, guard: Guard) -> Ran {
    ran_on(programs, guard, Values::Numbers)
}

fn ran_on(programs: Vec<Vec<Op>>, guard: Guard, values: Values) -> Ran {
    run(&Plan { programs, guard, values, input: INPUT, told: false })
}

/// Adds up on 1, 2 and 4 threads; an error, if a sum or the count of references is wrong.
fn added_up(guard: Guard, values: Values) -> Result<[Ran; 3], String> {
    let programs = |threads| vec![add_up(NUMBERS / threads); threads as usize];
    let ran = THREADS.map(|threads| ran_on(programs(threads), guard, values));
    for (ran, threads) in ran.iter().zip(THREADS) {
        let share = NUMBERS / threads;
        if ran.results != vec![share * (share + 1) / 2; threads as usize] {
            return Err(format!("the sums on {threads} threads were {:?}", ran.results));
        }
        if ran.references != 0 {
            return Err(format!("{} references to constants are left over", ran.references));
        }
    }
    Ok(ran)
}

fn cpu_bound(guard: Guard) -> Checked {
    let ran = added_up(guard, Values::Numbers)?;
    let inside = ran.each_ref().map(|ran| ran.most_inside);
    let told =
        |line: &str| Report::new(format!("{line}: {}", in_ms(ran.each_ref().map(|ran| ran.took))));
    match (guard, inside) {
        (Guard::Gil { .. }, [1, 1, 1]) => {
            let switches = ran.each_ref().map(|ran| ran.switches.to_string()).join(", ");
            Ok(told("one at a time").fact("the lock changed hands", format!("{switches} times")))
        }
        (Guard::Nothing, [1, 2, 4]) => Ok(told("all inside at once")),
        _ => Err(format!("{inside:?} threads were inside at once")),
    }
}

fn io_bound(guard: Guard, op: Op) -> Checked {
    let ran = THREADS.map(|threads| ran(vec![read(READS / threads, op); threads as usize], guard));
    let read: i64 = ran.iter().flat_map(|ran| &ran.results).sum();
    let reading = ran.each_ref().map(|ran| ran.most_reading);
    let (wanted, line) = if op == Op::Read {
        ([1, 2, 4], "released, all wait at once")
    } else {
        ([1, 1, 1], "kept meanwhile")
    };
    let inside = ran.iter().map(|ran| ran.most_inside).max();
    if (read, reading, inside) != (3 * READS, wanted, Some(1)) {
        return Err(format!("{read} came, {reading:?} waited at once, {inside:?} were inside"));
    }
    Ok(Report::new(format!("{line}: {}", in_ms(ran.map(|ran| ran.took)))))
}

/// Divides the numbers among processes and their threads, which then wait for input, or do not;
/// returns how long that took.
fn in_processes(
    processes: usize,
    threads: u64,
    input: Duration,
    options: Options,
) -> Result<Duration, String> {
    let numbers = NUMBERS.unsigned_abs() / (processes as u64 * threads);
    let (input, interval) = (input.as_millis() as u64, options.interval.into());
    let share = [threads, numbers, input, interval];
    let (ran, took) =
        with_children(|program| interpreters::in_processes(program, processes, share))?;
    let read = u64::from(input > 0);
    let each = vec![threads * (numbers * (numbers + 1) / 2 + read), 1, threads * read];
    expect(ran, vec![each; processes], "").map(|_| took)
}

fn alone(options: Options) -> Checked {
    let [one, two, four] = [1, 2, 4].map(|n| in_processes(n, 1, Duration::ZERO, options));
    Ok(Report::new(format!("all hold their own at once: {}", in_ms([one?, two?, four?]))))
}

fn mixed(options: Options) -> Checked {
    let took = in_processes(2, 4, INPUT, options)?.as_secs_f64() * 1e3;
    Ok(Report::new(format!("2 processes compute, 4 threads wait in each: {took:.0} ms")))
}

/// Adds up with counted references, all threads inside at once.
fn counted(guard: Guard, counts: Counts) -> Result<[Ran; 3], String> {
    let ran = added_up(guard, Values::Objects(counts))?;
    let inside = ran.each_ref().map(|ran| ran.most_inside);
    expect(inside, [1, 2, 4], "").map(|_| ran)
}

fn free_threaded(gil: Guard) -> Checked {
    let ms = |ran: [Ran; 3]| in_ms(ran.map(|ran| ran.took));
    let biased = ms(counted(Guard::Nothing, Counts::Biased)?);
    let atomic = ms(counted(Guard::Nothing, Counts::Atomic)?);
    let locked = ms(added_up(gil, Values::Objects(Counts::Plain))?);
    Ok(Report::new(format!("biased counts: {biased}"))
        .fact("atomic counts", atomic)
        .fact("plain counts, with the lock", locked))
}

/// Runs rounds, each of twice as many updates as the one before, until one shows what is broken.
fn in_rounds(broken: &str, round: impl Fn(i64) -> Result<Option<Report>, String>) -> Checked {
    let shown = (0..ROUNDS).find_map(|number| round(UPDATES << number).transpose());
    shown.unwrap_or_else(|| Err(format!("none was {broken} in {ROUNDS} rounds")))
}

/// Adds up on two threads until a reference to a constant was counted wrong.
fn miscounts() -> Checked {
    in_rounds("miscounted", |updates| {
        let values = Values::Objects(Counts::Plain);
        let wrong = ran_on(vec![add_up(updates); 2], Guard::Nothing, values).references.abs();
        let told = || format!("counted wrong by {} of {}", grouped(wrong), grouped(4 * updates));
        Ok((wrong != 0).then(|| Report::new(told())))
    })
}

/// Adds 1 on two threads until one loses updates. Before that, once by hand: both have loaded `count`
/// when both wait for the number to add.
fn loses(gil: Guard) -> Checked {
    let once = ran(vec![count_read(); 2], gil);
    if once.count != 1 {
        return Err(format!("both had loaded 0 and added 1, and count is {}", once.count));
    }
    in_rounds("lost", |updates| {
        let ran = ran(vec![count(updates); 2], gil);
        let lost = 2 * updates - ran.count;
        if ran.most_inside != 1 {
            return Err(format!("{} were inside at once", ran.most_inside));
        }
        let told = format!("lost: {} of {}; by hand 1 of 2", grouped(lost), grouped(2 * updates));
        let opcodes = COUNT.map(|op| op.to_string()).join(", ");
        Ok((lost > 0).then(|| Report::new(told).fact("opcodes", opcodes)))
    })
}

fn keeps(gil: Guard, program: fn(i64) -> Vec<Op>, line: &str) -> Checked {
    let ran = ran(vec![program(UPDATES); 2], gil);
    let lost = 2 * UPDATES - ran.count;
    let told = format!("{line}; lost: {lost}");
    if lost == 0 { Ok(Report::new(told)) } else { Err(told) }
}

fn in_ms(times: [Duration; 3]) -> String {
    format!("{} ms", times.map(|took| format!("{:.0}", took.as_secs_f64() * 1e3)).join(", "))
}
