//! Several processes, each with an interpreter and a lock of its own: what Python's
//! `multiprocessing` is for.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use kit::child::Entry;

use crate::bytecode::{Op, add_up};
use crate::real::gil::{Gil, Guard, Looks, Plan, Values, run};
use crate::together::{self, begin, numbers};

/// Starts `processes` interpreters, and gives each its share once all of them hold their locks: its
/// threads, the numbers that each adds up, the time that each waits for input afterwards (in ms; 0:
/// none waits), and the switch interval in ms. Returns, for each, the sum of its results, the most
/// threads inside and the most that waited for input at once; and how long they took.
pub fn in_processes(
    program: &Path,
    processes: usize,
    share: [u64; 4],
) -> io::Result<(Vec<Vec<u64>>, Duration)> {
    together::run(INTERPRETER, program, &vec![share.to_vec(); processes])
}

/// The child holds its lock until all others hold theirs, then does its share.
pub const INTERPRETER: Entry = Entry { name: "interpreter", run: interpreter };

fn interpreter(arguments: &[String]) -> io::Result<()> {
    let [threads, numbers, input, interval] = numbers(arguments)?[..] else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let interval = Some(Duration::from_millis(interval));
    let gil = Gil::new(interval);
    gil.acquire(0);
    begin()?;
    gil.release(0);

    let mut program = add_up(numbers.cast_signed());
    if input > 0 {
        program.pop();
        program.extend([Op::Read, Op::Add, Op::Return]);
    }
    let ran = run(&Plan {
        programs: vec![program; threads as usize],
        guard: Guard::Gil { interval, looks: Looks::EveryOpcode },
        values: Values::Numbers,
        input: Duration::from_millis(input),
        told: false,
    });
    let sum: i64 = ran.results.iter().sum();
    writeln!(io::stdout(), "{sum} {} {}", ran.most_inside, ran.most_reading)
}
