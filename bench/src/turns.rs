//! Contenders that take turns: in each round, each bench times each contender that an aim names
//! once, for a moment, and a ratio is that of two times of one round. What the machine does besides
//! meets both, and what it does for a while meets some rounds of many.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use std::{env, fs};

use bench::aims::{Aim, filter};
use bench::results;
use kit::child;
use serde::Deserialize;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::Error;

/// The number of rounds, if time does not run out before.
pub(crate) const ROUNDS: usize = 15;

/// The time that a bench may take for its part of a round, which is some seconds: Python may take a
/// minute to be given up.
const DEADLINE: Duration = Duration::from_secs(120);

/// What the rounds have told.
pub(crate) struct Told {
    /// The ratios of each aim, one a round; or why there are none.
    pub(crate) ratios: Vec<Result<Vec<f64>, String>>,
    /// The number of rounds.
    pub(crate) rounds: usize,
}

/// Builds the benches of these aims, and runs rounds until there are enough of them, or the next
/// one would take longer than `limit` leaves.
pub(crate) fn take(aims: &[Aim], limit: Duration) -> Result<Told, Error> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let interrupted = || if stop.load(Relaxed) { Err(Error::Interrupted) } else { Ok(()) };
    let mut benches: BTreeMap<&str, Bench<'_>> = BTreeMap::new();
    for aim in aims {
        let new = || Bench { program: PathBuf::new(), aims: Vec::new(), failed: None };
        benches.entry(aim.bench()).or_insert_with(new).aims.push(aim);
    }
    let built = build(&mut benches);
    interrupted()?;
    built?;
    let home = Home::new()?;
    let mut times: Vec<BTreeMap<String, f64>> = Vec::new();
    let (begun, mut longest) = (Instant::now(), Duration::ZERO);
    while times.len() < ROUNDS && begun.elapsed() + longest <= limit {
        let (round, mut of_the_round) = (Instant::now(), BTreeMap::new());
        let benches = benches.iter_mut().filter(|(_, bench)| bench.failed.is_none());
        for (index, (name, bench)) in benches.enumerate() {
            progress(times.len(), name, index == 0);
            match bench.round(&home.0) {
                Ok(times) => of_the_round.extend(times),
                Err(error) => bench.failed = Some(last_words(name, &error)),
            }
            interrupted()?;
        }
        times.push(of_the_round);
        longest = longest.max(round.elapsed());
    }
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r{:40}\r", "");
    }
    let ratios = |aim: &Aim| {
        if let Some(failed) = &benches[aim.bench()].failed {
            return Err(failed.clone());
        }
        let ratio = |times: &BTreeMap<String, f64>| Some(times.get(&aim.of)? / times.get(&aim.to)?);
        let missing = |id: &&&String| times.iter().all(|times| !times.contains_key(**id));
        match [&aim.of, &aim.to].iter().find(missing) {
            Some(id) => Err(format!("no round has timed {id}")),
            None => Ok(times.iter().filter_map(ratio).collect()),
        }
    };
    Ok(Told { ratios: aims.iter().map(ratios).collect(), rounds: times.len() })
}

/// A bench, and the aims that it tells of.
struct Bench<'a> {
    program: PathBuf,
    aims: Vec<&'a Aim>,
    /// Why it is not asked any more.
    failed: Option<String>,
}

impl Bench<'_> {
    /// Times each contender once; returns the times by their ids.
    fn round(&self, home: &Path) -> io::Result<BTreeMap<String, f64>> {
        let mut command = Command::new(&self.program);
        // As Cargo does, but for criterion's folder. `--quick` is a tenth of a second or the least
        // number of iterations, whichever is longer.
        command.args(["--bench", "--quick", "--noplot"]).arg(filter(self.aims.iter().copied()));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).env("CRITERION_HOME", home);
        child::stdout(&mut command, DEADLINE)?;
        let timed = results::read(home).timed;
        fs::remove_dir_all(home)?;
        fs::create_dir(home)?;
        Ok(timed.into_iter().map(|timed| (timed.id(), timed.ns)).collect())
    }
}

/// Has Cargo build the benches, and notes where they are.
fn build(benches: &mut BTreeMap<&str, Bench<'_>>) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Artifact {
        target: Target,
        executable: Option<PathBuf>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
        kind: Vec<String>,
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["bench", "--no-run", "--message-format", "json-render-diagnostics"]);
    command.args(["-p", "bench"]).args(benches.keys().flat_map(|bench| ["--bench", bench]));
    // What Cargo says on its way is seen at once.
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| {
        Error::NothingYet(format!("Cargo builds the benches, and is not there: {error}"))
    })?;
    let lines = String::from_utf8_lossy(&output.stdout);
    for artifact in lines.lines().filter_map(|line| serde_json::from_str::<Artifact>(line).ok()) {
        let is_bench = artifact.target.kind.iter().any(|kind| kind == "bench");
        let bench = benches.get_mut(artifact.target.name.as_str()).filter(|_| is_bench);
        if let (Some(bench), Some(program)) = (bench, artifact.executable) {
            bench.program = program;
        }
    }
    if output.status.success() {
        Ok(())
    } else {
        Err(Error::NothingYet("Cargo could not build the benches; it says why above".into()))
    }
}

/// Returns in one line why a bench has failed: it may have said a lot before.
fn last_words(bench: &str, error: &io::Error) -> String {
    let said = error.to_string();
    let (first, last) = (said.lines().next().unwrap_or_default(), said.lines().last());
    let last = last.filter(|last| *last != first).map(|last| format!(" … {last}"));
    format!("the bench {bench} failed: {first}{}", last.unwrap_or_default())
}

/// A folder for what criterion writes, beside that of whole runs; removed when it is dropped.
struct Home(PathBuf);

impl Home {
    fn new() -> io::Result<Self> {
        let name = format!("criterion-check-{}", std::process::id());
        let home = bench::run::home().with_file_name(name);
        fs::create_dir_all(&home)?;
        Ok(Self(home))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Where it cannot be removed, it lies in Cargo's folder, in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Tells on standard error how far it is: in a line that is written over on a terminal, and in a
/// line for each round elsewhere. Standard error may be shut.
fn progress(round: usize, bench: &str, is_first: bool) {
    let (told, mut out) = (format!("round {} of {ROUNDS}", round + 1), io::stderr());
    let _ = match (out.is_terminal(), is_first) {
        (true, _) => write!(out, "\r{told}: {bench:<20}"),
        (false, true) => writeln!(out, "{told}"),
        (false, false) => Ok(()),
    };
}
