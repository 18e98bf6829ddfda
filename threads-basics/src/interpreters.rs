//! Several processes, each with an interpreter and a lock of its own: what Python's `multiprocessing`
//! is for.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use kit::child::Entry;

use crate::bytecode::{add_up, add_up_and_read};
use crate::real::gil::{Gil, Guard, Looks, Plan, run};

/// The work of each process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its threads.
    pub threads: usize,
    /// The numbers that each thread adds up.
    pub numbers: i64,
    /// The time that each thread waits for input afterwards, in ms; 0: none waits.
    pub input: u64,
    /// The switch interval, in ms.
    pub interval: u64,
}

/// What all processes have done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Together {
    /// The number of processes that held their own locks at the same time.
    pub holders: usize,
    /// The sum of all results.
    pub sum: i64,
    /// For each process: the largest numbers of threads inside, and waiting for input, at once.
    pub most: Vec<[usize; 2]>,
    /// The time, without that of starting them.
    pub took: Duration,
}

/// Starts `processes` interpreters, and gives each its share once all of them hold their locks.
///
/// # Errors
/// A child cannot be started, or fails.
pub fn in_processes(program: &Path, processes: usize, share: Share) -> io::Result<Together> {
    let Share { threads, numbers, input, interval } = share;
    let share = [threads as u64, numbers.cast_unsigned(), input, interval].map(|n| n.to_string());
    let mut children = Vec::new();
    for _ in 0..processes {
        let mut child = INTERPRETER.start(program, &share.each_ref().map(String::as_str))?;
        let out = child.stdout();
        children.push((child, out));
    }
    let mut together = Together::default();
    for (child, out) in &mut children {
        together.holders += usize::from(child.recv_line(out)? == "holds");
    }
    let began = Instant::now();
    for (child, _) in &mut children {
        child.send_line("go on")?;
    }
    for (child, out) in &mut children {
        let line = child.recv_line(out)?;
        let words: Option<Vec<_>> = line.split(' ').map(|word| word.parse::<i64>().ok()).collect();
        let Some([sum, inside, reading]) = words.as_deref() else {
            return Err(io::Error::other(format!("the child said {line:?}")));
        };
        together.sum += sum;
        together.most.push([*inside as usize, *reading as usize]);
    }
    Ok(Together { took: began.elapsed(), ..together })
}

/// The child holds its lock until it is told to go on, then does its share.
pub const INTERPRETER: Entry = Entry { name: "interpreter", run: interpreter };

fn interpreter(arguments: &[String]) -> io::Result<()> {
    let numbers = arguments.iter().map(|word| word.parse().map_err(io::Error::other));
    let [threads, numbers, input, interval] = *numbers.collect::<io::Result<Vec<u64>>>()? else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let interval = Some(Duration::from_millis(interval));
    let gil = Gil::new(interval);
    gil.acquire(0);
    writeln!(io::stdout(), "holds")?;
    io::stdin().lock().read_line(&mut String::new())?;
    gil.release(0);

    let program = if input > 0 { add_up_and_read } else { add_up }(numbers.cast_signed());
    let ran = run(&Plan {
        programs: vec![program; threads as usize],
        guard: Guard::Gil { interval, looks: Looks::EveryOpcode },
        input: Duration::from_millis(input),
        told: false,
    });
    let sum: i64 = ran.results.iter().sum();
    writeln!(io::stdout(), "{sum} {} {}", ran.most_inside, ran.most_reading)
}
