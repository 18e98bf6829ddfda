//! The experiments of [`real::gil`](crate::real::gil) on the Python of this machine, where there is
//! one.

use std::io::{self, ErrorKind};
use std::time::Duration;

const SCRIPT: &str = include_str!("python/gil.py");

/// The size of the experiments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its switch interval, in ms.
    pub interval: u32,
    /// The numbers to add up, divided among the threads.
    pub numbers: u32,
    /// The reads, divided among the threads.
    pub reads: u32,
    /// The time that a read takes, in ms.
    pub read: u32,
}

/// The results of the experiments.
#[derive(Clone, Debug, PartialEq)]
pub struct Showed {
    /// Its version.
    pub version: String,
    /// Whether it has a global lock: since 3.13 there are builds without.
    pub has_gil: bool,
    /// The time that it took to add up, on 1, 2 and 4 threads.
    pub cpu: [Duration; 3],
    /// The time that it took to read, likewise.
    pub io: [Duration; 3],
    /// The updates that two threads lost with `count += 1`, and the number of all.
    pub lost: (u32, u32),
    /// What two threads made of 0, once each, by `count += one()`, both being inside `one` at the
    /// same time.
    pub by_a_call: u32,
}

/// Asks the Python of this machine; `None` if there is none.
///
/// # Errors
/// It takes longer than `deadline`, ends otherwise than well, or says something else than it was
/// asked.
pub fn ask(asked: &Asked, deadline: Duration) -> io::Result<Option<Showed>> {
    let Asked { interval, numbers, reads, read } = asked;
    let mut python = kit::python::command();
    python.args(["-c", SCRIPT]).args([interval, numbers, reads, read].map(u32::to_string));
    let output = match kit::child::output(&mut python, deadline) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        output => output?,
    };
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(
            complaint.lines().last().unwrap_or("no word of why").to_owned(),
        ));
    }
    read_out(&said).map(Some).ok_or_else(|| io::Error::other(format!("it said {said:?}")))
}

fn read_out(said: &str) -> Option<Showed> {
    let words = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        Some(line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    };
    let number = |word: &String| word.parse::<u32>().ok();
    let times = |name| {
        let times: Option<Vec<_>> = words(name)?
            .iter()
            .map(|ms| Duration::try_from_secs_f64(ms.parse::<f64>().ok()? / 1e3).ok())
            .collect();
        <[Duration; 3]>::try_from(times?).ok()
    };
    let plain = words("plain")?;
    Some(Showed {
        version: words("version")?.join(" "),
        has_gil: words("gil")? == ["1"],
        cpu: times("cpu")?,
        io: times("io")?,
        lost: (number(plain.first()?)?, number(plain.get(1)?)?),
        by_a_call: number(words("call")?.first()?)?,
    })
}
