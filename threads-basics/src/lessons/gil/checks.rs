//! What has to come out of each variant of `gil`.

use std::time::Duration;

use stage::{Checked, Report, expect, grouped};
use threads_basics::bytecode::{COUNT, Op, add_up, count, count_read, read};
use threads_basics::interpreters;
use threads_basics::model::gil as model;
use threads_basics::real::gil::{Counts, Guard, Plan, Ran, Values, run};

use super::super::{ask, with_children};

/// The numbers of threads, or of processes, that do the same work.
const THREADS: [i64; 3] = [1, 2, 4];

/// The numbers that are added up in all, which one thread does in some 20 ms: some switch intervals.
const NUMBERS: i64 = if cfg!(debug_assertions) { 120_000 } else { 600_000 };

/// The reads, divided among the threads, and how long each takes, in ms.
const READS: i64 = 8;
const INPUT: u32 = 5;

/// The updates of each of two threads in the first round; each further round is twice as long.
const UPDATES: i64 = 100_000;

/// The numbers that each of two threads adds up in step.
const IN_STEP: i64 = 100;

/// The limit of rounds until one loses an update: 100 million updates in all.
const ROUNDS: u32 = 9;

/// Runs a program on two of the model checker's threads.
pub(super) fn on_the_model(
    program: &[Op],
    guard: model::Guard,
    values: model::Values,
) -> model::Ran {
    let (programs, input) = (vec![program.to_vec(); 2], Duration::ZERO);
    model::run(&model::Plan { programs, guard, values, input, told: true })
}

fn ran(program: &[Op], threads: i64, guard: Guard, values: Values) -> Ran {
    let (programs, input) =
        (vec![program.to_vec(); threads as usize], Duration::from_millis(INPUT.into()));
    run(&Plan { programs, guard, values, input, told: false })
}

/// Adds up on 1, 2 and 4 threads; an error, if a sum or the count of references is wrong, or others
/// than these numbers of threads were inside at once.
fn added_up(guard: Guard, values: Values, inside: [usize; 3]) -> Result<[Ran; 3], String> {
    let ran = THREADS.map(|threads| ran(&add_up(NUMBERS / threads), threads, guard, values));
    for (ran, threads) in ran.iter().zip(THREADS) {
        let share = NUMBERS / threads;
        let sums = vec![share * (share + 1) / 2; threads as usize];
        expect((&ran.results, ran.references), (&sums, 0), "each thread has its sum")?;
    }
    expect(ran.each_ref().map(|ran| ran.most_inside), inside, "so many at once").map(|_| ran)
}

pub(super) fn cpu_bound(guard: Guard) -> Checked {
    if guard == Guard::Nothing {
        let ran = added_up(guard, Values::Numbers, ALL)?;
        return Ok(Report::new(format!("all run at once: {}", in_ms(ran))));
    }
    let ran = added_up(guard, Values::Numbers, [1; 3])?;
    let switches = ran.each_ref().map(|ran| ran.switches.to_string()).join(", ");
    Ok(Report::new(format!("one at a time: {}", in_ms(ran)))
        .fact("the lock changed hands", format!("{switches} times")))
}

pub(super) fn io_bound(guard: Guard, op: Op) -> Checked {
    let reads = |threads| ran(&read(READS / threads, op), threads, guard, Values::Numbers);
    let ran = THREADS.map(reads);
    let read: i64 = ran.iter().flat_map(|ran| &ran.results).sum();
    let reading = ran.each_ref().map(|ran| ran.most_reading);
    let inside = ran.each_ref().map(|ran| ran.most_inside);
    let (wanted, line) = match op {
        Op::Read => (ALL, "released, all wait at once"),
        _ => ([1; 3], "kept, one waits at a time"),
    };
    expect((read, reading, inside), (3 * READS, wanted, [1; 3]), format!("{line}: {}", in_ms(ran)))
}

/// All of 1, 2 and 4 threads.
const ALL: [usize; 3] = [1, 2, 4];

/// Divides the numbers among processes and their threads, which then wait for input, or do not;
/// returns how long that took.
fn shared_out(processes: i64, threads: u64, input: u32, interval: u32) -> Result<Duration, String> {
    let numbers = NUMBERS.unsigned_abs() / (processes.unsigned_abs() * threads);
    let share = [threads, numbers, input.into(), interval.into()];
    let processes = processes as usize;
    let (ran, took) =
        with_children(|program| interpreters::in_processes(program, processes, share))?;
    let read = u64::from(input > 0);
    let each = vec![threads * (numbers * (numbers + 1) / 2 + read), 1, threads * read];
    expect(ran, vec![each; processes], "each process has its sum").map(|_| took)
}

pub(super) fn in_processes(interval: u32) -> Checked {
    let [one, two, four] = THREADS.map(|processes| shared_out(processes, 1, 0, interval));
    Ok(Report::new(format!("each holds its own lock: {}", ms([one?, two?, four?]))))
}

pub(super) fn mixed(interval: u32) -> Checked {
    let took = ms([shared_out(2, 4, INPUT, interval)?]);
    Ok(Report::new(format!("2 processes compute, 4 threads wait in each: {took}")))
}

pub(super) fn free_threaded(gil: Guard) -> Checked {
    let counted =
        |guard, counts, inside| added_up(guard, Values::Objects(counts), inside).map(in_ms);
    Ok(Report::new(format!("biased counts: {}", counted(Guard::Nothing, Counts::Biased, ALL)?))
        .fact("atomic counts", counted(Guard::Nothing, Counts::Atomic, ALL)?)
        .fact("plain counts, with the lock", counted(gil, Counts::Plain, [1; 3])?))
}

pub(super) fn interpreters(each: Guard) -> Checked {
    let ran = added_up(each, Values::Objects(Counts::Plain), ALL)?;
    Ok(Report::new(format!("each holds its own lock: {}", in_ms(ran))))
}

/// Adds up on two threads, each of which has read a constant's count when the other writes it.
pub(super) fn miscounts() -> Checked {
    let values = Values::Objects(Counts::PlainInStep);
    let wrong = ran(&add_up(IN_STEP), 2, Guard::Nothing, values).references.abs();
    let line =
        format!("the count is off by {} after {} changes", grouped(wrong), grouped(4 * IN_STEP));
    if wrong == 0 { Err(line) } else { Ok(Report::new(line)) }
}

/// Adds 1 on two threads until one loses updates. Before that, each adds once what it reads: both
/// have loaded `count` when both wait for their input, so one of the two updates is lost.
pub(super) fn loses(gil: Guard) -> Checked {
    expect(ran(&count_read(), 2, gil, Values::Numbers).count, 1, "one of the two updates is lost")?;
    let shown = (0..ROUNDS).find_map(|round| {
        let updates = UPDATES << round;
        let lost = 2 * updates - ran(&count(updates), 2, gil, Values::Numbers).count;
        (lost > 0).then(|| format!("lost: {} of {}", grouped(lost), grouped(2 * updates)))
    });
    let report = Report::new(shown.ok_or_else(|| format!("none was lost in {ROUNDS} rounds"))?);
    Ok(report
        .fact("opcodes", COUNT.map(|op| format!("{op:?}")).join(", "))
        .fact("a read() between", "lost: 1 of 2, in every run"))
}

pub(super) fn keeps(gil: Guard, program: fn(i64) -> Vec<Op>) -> Checked {
    expect(ran(&program(UPDATES), 2, gil, Values::Numbers).count, 2 * UPDATES, "lost: 0")
}

/// Asks each interpreter of this machine, and reports those that are left out.
pub(super) fn python(interval: u32) -> Checked {
    let numbers = [interval, 1_000_000, READS as u32, INPUT];
    let script = include_str!("../../python/gil.py");
    let asked = |python: Result<_, _>| python.and_then(|python| ask(&python, script, &numbers));
    let told: Vec<_> = kit::python::interpreters().into_iter().map(asked).collect();
    let report = if told.iter().any(Result::is_ok) {
        Report::measured("on 1, 2 and 4 threads; updates of two")
    } else {
        Report::not_here("there is no Python here that could be asked")
    };
    Ok(told.into_iter().fold(report, |report, told| match told {
        Err(why) => report.fact("left out", why),
        Ok(told) => {
            let (times, updates) = told.split_once('\n').unwrap_or((&told, ""));
            let (version, times) = times.split_once(": ").unwrap_or(("", times));
            report.fact(version, times).fact("", updates)
        }
    }))
}

fn in_ms(ran: [Ran; 3]) -> String {
    ms(ran.map(|ran| ran.took))
}

fn ms<const N: usize>(times: [Duration; N]) -> String {
    format!("{} ms", times.map(|took| format!("{:.0}", took.as_secs_f64() * 1e3)).join(", "))
}
