//! Child processes that are all there before any of them does its work.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use kit::child::Entry;
use tracing::info_span;

/// Starts a child for each list of numbers, waits until all are [there](begin), and has them work;
/// returns the numbers that each printed, and how long that took.
pub fn run(
    entry: Entry,
    program: &Path,
    lists: &[Vec<u64>],
) -> io::Result<(Vec<Vec<u64>>, Duration)> {
    let mut children = Vec::new();
    for list in lists {
        let words: Vec<_> = list.iter().map(u64::to_string).collect();
        let mut child =
            entry.start(program, &words.iter().map(String::as_str).collect::<Vec<_>>())?;
        let (out, pid) = (child.stdout(), child.id());
        let lane = format!("{} {}", entry.name, children.len() + 1);
        children.push((child, out, info_span!("runs", lane, pid, what = "works")));
    }
    // A child ends only after it has been told to go on, and so all are alive at once.
    for (child, out, _) in &mut children {
        child.recv_line(out)?;
    }
    let began = Instant::now();
    for (child, ..) in &mut children {
        child.send_line("go on")?;
    }
    let results = children.into_iter().map(|(mut child, out, _span)| {
        let line = child.recv_line(&out)?;
        numbers(line.split(' '))
    });
    Ok((results.collect::<io::Result<_>>()?, began.elapsed()))
}

/// Tells the parent that this child is there, and waits until it is told to go on.
pub fn begin() -> io::Result<()> {
    writeln!(io::stdout(), "there")?;
    io::stdin().lock().read_line(&mut String::new()).map(drop)
}

/// Reads numbers.
pub fn numbers(words: impl IntoIterator<Item = impl AsRef<str>>) -> io::Result<Vec<u64>> {
    words.into_iter().map(|word| word.as_ref().parse().map_err(io::Error::other)).collect()
}
