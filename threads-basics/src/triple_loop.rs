//! Three jobs in three processes: each counts through a triple loop.

use std::io::{self, Write};
use std::path::Path;

use kit::child::Entry;

use crate::together::{begin, numbers, run};

/// The lengths of the three loops of each job.
pub const LOOPS: [[u64; 3]; 3] = [[10, 20, 30], [5, 90, 3], [12, 35, 2]];

/// Starts a process for each job, and returns what each has counted. None of them begins before all
/// are there.
pub fn in_processes(program: &Path) -> io::Result<Vec<u64>> {
    Ok(run(TRIPLE_LOOP, program, &LOOPS.map(Vec::from))?.0.concat())
}

/// The child counts, and prints the number when it has ended.
pub const TRIPLE_LOOP: Entry = Entry { name: "loop", run: triple_loop };

fn triple_loop(arguments: &[String]) -> io::Result<()> {
    let [a, b, c] = numbers(arguments)?[..] else { return Err(io::ErrorKind::InvalidInput.into()) };
    begin()?;
    let mut count = 0_u64;
    for _ in 0..a {
        for _ in 0..b {
            for _ in 0..c {
                count += 1;
            }
        }
    }
    writeln!(io::stdout(), "{count}")
}
