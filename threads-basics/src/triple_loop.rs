//! Three jobs in three processes: each counts through a triple loop.

use std::io::{self, BufRead, Write};
use std::path::Path;

use kit::child::{ChildGuard, Entry, LineReader};
use tracing::info_span;

/// The lengths of the three loops of each job.
pub const LOOPS: [[u64; 3]; 3] = [[10, 20, 30], [5, 90, 3], [12, 35, 2]];

/// Starts a process for each job, waits until all have begun, lets them count, and waits for all;
/// returns what each has counted, and how many were at work at once.
///
/// # Errors
/// A child cannot be started, or fails.
pub fn in_processes(program: &Path) -> io::Result<(Vec<u64>, usize)> {
    let mut children = Vec::new();
    for loops in LOOPS {
        let loops = loops.map(|length| length.to_string());
        let mut child = TRIPLE_LOOP.start(program, &loops.each_ref().map(String::as_str))?;
        let out = child.stdout();
        let (name, pid) = (loops.join("x"), child.id());
        let span = info_span!("runs", lane = name, pid, what = "counts");
        children.push((child, out, span));
    }
    let say = |(child, out, _): &mut (ChildGuard, LineReader, _)| child.recv_line(out);
    let mut begun = 0;
    for child in &mut children {
        begun += usize::from(say(child)? == "begun");
    }
    // None of them ends before it has been told to go on: all are there.
    for (child, ..) in &mut children {
        child.send_line("go on")?;
    }
    let mut counts = Vec::new();
    for mut child in children {
        counts.push(say(&mut child)?.parse().map_err(io::Error::other)?);
        child.0.wait()?;
    }
    Ok((counts, begun))
}

/// The child counts, and prints the number when it has ended.
pub const TRIPLE_LOOP: Entry = Entry { name: "triple-loop", run: triple_loop };

fn triple_loop(arguments: &[String]) -> io::Result<()> {
    let lengths = arguments.iter().map(|length| length.parse().map_err(io::Error::other));
    let [a, b, c] = *lengths.collect::<io::Result<Vec<u64>>>()? else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    writeln!(io::stdout(), "begun")?;
    io::stdin().lock().read_line(&mut String::new())?;
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
