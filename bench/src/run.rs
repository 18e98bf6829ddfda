//! What is known of a run: recorded beside criterion's results, which do not tell what they are of.
//!
//! Each bench appends one line to `target/criterion/runs/<topic>.jsonl` before it times anything. A
//! result belongs to the last run of its topic that began before the result was written, so a run
//! of some contenders leaves the others with the run they are of.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;
use std::{env, thread};

use serde::{Deserialize, Serialize};

/// When, on what and of what a bench was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// When it began, in milliseconds since 1970.
    pub started: u64,
    /// The commit that was checked out.
    pub commit: String,
    /// Whether the tree had changes that no commit has.
    pub changed: bool,
    /// The compiler's version.
    pub rustc: String,
    /// Processor, number of cores, system.
    pub machine: String,
    /// Python's version, where there is one.
    pub python: Option<String>,
}

impl Run {
    /// Looks at what is here, now.
    pub fn now() -> Self {
        let here = env!("CARGO_MANIFEST_DIR");
        let git = |arguments: &[&str]| said(Command::new("git").args(["-C", here]).args(arguments));
        let version = |program, argument| {
            let line = said(Command::new(program).arg(argument))?;
            Some(line.split_whitespace().nth(1)?.to_owned())
        };
        Self {
            started: milliseconds(SystemTime::now()),
            commit: git(&["rev-parse", "--short=10", "HEAD"]).unwrap_or_else(|| "unknown".into()),
            // What git cannot tell is not said to be as committed.
            changed: git(&["status", "--porcelain"]).is_none_or(|changes| !changes.is_empty()),
            rustc: version("rustc", "--version").unwrap_or_else(|| "unknown".into()),
            machine: machine(),
            python: version("python3", "--version"),
        }
    }

    /// Tells whether two runs are of the same sources on the same machine, so that their results
    /// may stand side by side. Of changed sources nobody knows what they were: two such runs are
    /// never the same.
    pub fn compares_with(&self, other: &Self) -> bool {
        let what = |run: &Self| {
            let Self { commit, rustc, machine, python, .. } = run.clone();
            (commit, rustc, machine, python)
        };
        self == other || (!self.changed && !other.changed && what(self) == what(other))
    }

    /// Returns the day and the minute in which it began, in UTC.
    pub fn date(&self) -> String {
        let minutes = self.started / 60_000;
        let (year, month, day) = civil(minutes / 1440);
        format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", minutes / 60 % 24, minutes % 60)
    }

    /// Returns the commit, and whether its tree had changes.
    pub fn sources(&self) -> String {
        format!("{}{}", self.commit, if self.changed { " with changes" } else { "" })
    }
}

/// Notes that a bench begins to time; does nothing where it is only tried (`--test`) or listed.
/// [`main!`](crate::main) calls it.
pub fn record(topic: &str) {
    if !given("--bench") || given("--test") || listing() {
        return;
    }
    if let Err(error) = append(&journal(&home(), topic), &Run::now()) {
        eprintln!(
            "this run is not recorded ({error}): its results will count as of an unknown commit"
        );
    }
}

/// Tells whether a bench is only asked which ids it has: what is not timed need not be checked.
pub fn listing() -> bool {
    given("--list")
}

fn given(argument: &str) -> bool {
    env::args().any(|given| given == argument)
}

fn append(journal: &Path, run: &Run) -> io::Result<()> {
    fs::create_dir_all(journal.parent().unwrap_or(journal))?;
    let line = serde_json::to_string(run)? + "\n";
    // In one call: of two that append at once, neither writes into the other's line.
    OpenOptions::new().create(true).append(true).open(journal)?.write_all(line.as_bytes())
}

fn journal(home: &Path, topic: &str) -> PathBuf {
    home.join("runs").join(format!("{topic}.jsonl"))
}

/// Returns the runs of a topic, the oldest first; what is no run is left out.
pub(crate) fn runs(home: &Path, topic: &str) -> Vec<Run> {
    let lines = fs::read_to_string(journal(home, topic)).unwrap_or_default();
    let mut runs: Vec<Run> =
        lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    runs.sort_by_key(|run| run.started);
    runs
}

/// Returns the folder that criterion writes to, which it finds in this way as well.
pub fn home() -> PathBuf {
    if let Some(home) = env::var_os("CRITERION_HOME") {
        return home.into();
    }
    // Cargo runs a bench in its package's folder, which is what criterion takes a relative folder
    // to lie in.
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = env::var_os("CARGO_TARGET_DIR").map(|target| package.join(target));
    target.or_else(asked_of_cargo).unwrap_or_else(|| package.join("../target")).join("criterion")
}

fn asked_of_cargo() -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str::<Metadata>(&said(&mut command)?)
        .ok()
        .map(|metadata| metadata.target_directory)
}

/// Returns what a program prints, if it is there and ends well.
fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let listed = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = listed.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map(|(_, model)| model.to_owned());
    let model =
        model.or_else(|| said(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"])));
    let system = said(Command::new("uname").arg("-sr")).unwrap_or_else(|| env::consts::OS.into());
    let model = model.unwrap_or_else(|| env::consts::ARCH.into());
    format!("{}, {cores} {}, {system}", model.trim(), if cores == 1 { "core" } else { "cores" })
}

/// Returns a time in milliseconds since 1970.
pub(crate) fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Turns days since 1970 into year, month and day. The year is taken to begin in March, so that a
/// leap day is its last (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{Run, append, civil, journal, runs};

    #[test]
    fn days_are_given_their_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(59), (1970, 3, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_454), (2026, 1, 1));
    }

    #[test]
    fn a_run_that_is_recorded_is_read_again() {
        let home = std::env::temp_dir().join(format!("bench-runs-{}", std::process::id()));
        let run = Run::now();
        for _ in 0..2 {
            append(&journal(&home, "locks"), &run).expect("the folder can be made");
        }
        let read = runs(&home, "locks");
        std::fs::remove_dir_all(&home).expect("it was just made");
        assert_eq!(read, [run.clone(), run.clone()]);
        assert!(run.commit != "unknown" || run.changed, "{run:?}");
        assert!(run.rustc.starts_with("1.") && run.started > 0, "{run:?}");
    }
}
