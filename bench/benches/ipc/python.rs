//! Python's means, timed from inside one interpreter that lives for a whole group.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;

/// A Python that answers until its standard input ends, and is reaped then.
pub(crate) struct Python {
    child: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts it; `None`, said aloud, where there is none.
    pub(crate) fn start() -> Option<Self> {
        let mut command = Command::new("python3");
        command.args(["-I", "-c", include_str!("ipc.py")]);
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.inspect_err(|error| eprintln!("python3 is left out: {error}")).ok()?;
        let (asks, answers) = (child.stdin.take(), child.stdout.take()?);
        Some(Self { child, asks, answers: BufReader::new(answers) })
    }

    fn time(&mut self, means: &str, way: &str, size: usize, times: u64) -> Duration {
        let asks = self.asks.as_mut().expect("it is open until the end");
        writeln!(asks, "{means} {way} {size} {times}").expect("python3 listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("python3 answers");
        Duration::from_nanos(line.trim().parse().expect("it answers with a number"))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.asks.take());
        // It ends with its input; this fails only for a child that is reaped already.
        let _ = self.child.wait();
    }
}

/// Adds Python's contenders to a group.
pub(crate) fn contenders(
    group: &mut BenchmarkGroup<'_, WallTime>,
    python: Option<&mut Python>,
    way: &str,
    size: usize,
) {
    let Some(python) = python else { return };
    for (name, means) in
        [("python3, Pipe", "pipe"), ("python3, Queue", "queue"), ("python3, shared_memory", "memory")]
    {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| python.time(means, way, size, times));
        });
    }
}
