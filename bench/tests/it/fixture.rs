//! A folder as criterion leaves it, in which the tests say what was timed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

use bench::run::Run;
use serde_json::json;

/// Removed when it is dropped.
pub(crate) struct Fixture(PathBuf);

impl Fixture {
    /// An empty one.
    pub(crate) fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name = format!("{}-{}", std::process::id(), MADE.fetch_add(1, Relaxed));
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&home).expect("Cargo has made the folder around it");
        Self(home)
    }

    /// One with a run of some benches, that began in second 1000.
    pub(crate) fn with_runs(topics: &[&str]) -> Self {
        let fixture = Self::new();
        topics.iter().for_each(|topic| fixture.run(topic, &run("abc1234567", 1000)));
        fixture
    }

    pub(crate) fn home(&self) -> &Path {
        &self.0
    }

    /// Records a run.
    pub(crate) fn run(&self, topic: &str, run: &Run) {
        let journal = self.0.join("runs").join(format!("{topic}.jsonl"));
        fs::create_dir_all(journal.parent().expect("it lies in one")).expect("it can be made");
        let before = fs::read_to_string(&journal).unwrap_or_default();
        let line = serde_json::to_string(run).expect("it is plain");
        fs::write(journal, format!("{before}{line}\n")).expect("the folder is there");
    }

    /// Adds a result that was written in some second; half of its samples lie within a tenth of the
    /// median.
    pub(crate) fn result_in(
        &self,
        second: u64,
        workload: &str,
        contender: &str,
        ns: f64,
    ) -> PathBuf {
        let (folder, group) = (contender.replace(['/', '|', '<'], "_"), workload.replace('/', "_"));
        let folder = self.0.join(group).join(folder).join("new");
        fs::create_dir_all(&folder).expect("it can be made");
        let written = |name: &str, value: serde_json::Value| {
            fs::write(folder.join(name), value.to_string()).expect("the folder is there");
            let file =
                File::options().write(true).open(folder.join(name)).expect("it was just made");
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
            file.set_modified(time).expect("it is ours");
        };
        let estimate = |value: f64| json!({ "point_estimate": value, "standard_error": 0.0 });
        let estimates = json!({ "median": estimate(ns), "median_abs_dev": estimate(ns * 0.1 * 1.4826), "slope": null });
        written("estimates.json", estimates);
        let benchmark = json!({ "group_id": workload, "function_id": contender, "value_str": null, "throughput": null });
        written("benchmark.json", benchmark);
        folder
    }

    /// Adds a result of the run that began in second 1000.
    pub(crate) fn result(&self, workload: &str, contender: &str, ns: f64) -> PathBuf {
        self.result_in(1001, workload, contender, ns)
    }

    /// Runs the program on it.
    pub(crate) fn bench(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the tests have built it")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bench"));
        command.args(arguments).env("CRITERION_HOME", &self.0).env("LC_ALL", "C.UTF-8");
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command
    }

    /// Checks aims with the help of a Cargo that builds nothing: each of its benches hands over the
    /// results that are here, and what it is told to do before.
    pub(crate) fn check(&self, arguments: &[&str]) -> Command {
        let cargo = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cargo.sh");
        let mut command = self.command(&["--check"]);
        command.args(arguments).env("CARGO", cargo).env("FIXTURE", &self.0);
        // What is made beside criterion's folder is made in here.
        command.env("CRITERION_HOME", self.0.join("criterion"));
        command
    }

    /// Has a bench do something before it hands over its results.
    pub(crate) fn bench_does(&self, bench: &str, script: &str) {
        fs::write(self.0.join(format!("{bench}.does")), script).expect("the folder is there");
    }

    /// Returns the one whose results are handed over in every second round.
    pub(crate) fn of_every_second_round(&self) -> Self {
        Self(self.0.join("second"))
    }

    /// Removes the result of a contender.
    pub(crate) fn remove(&self, id: &str) {
        let (workload, contender) = id.rsplit_once('/').expect("an id has three parts");
        fs::remove_dir_all(self.result(workload, contender, 1.0)).expect("it was just made");
    }

    /// Returns what a check has left.
    pub(crate) fn left_behind(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).expect("it is there").flatten();
        let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with("criterion-")).collect()
    }

    /// Runs it, and returns what it prints if it ends as it should.
    pub(crate) fn said(&self, arguments: &[&str]) -> String {
        let output = self.bench(arguments);
        let said = String::from_utf8(output.stdout).expect("it prints text");
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}{wrong}");
        said
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // What stays lies in Cargo's folder, and is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A run of some commit that began in some second.
pub(crate) fn run(commit: &str, second: u64) -> Run {
    Run {
        started: second * 1000,
        commit: commit.into(),
        changed: false,
        rustc: "1.95.0".into(),
        machine: "a processor, 2 cores, Linux 6".into(),
        python: Some("3.11.7".into()),
    }
}

/// Returns the words of the line that begins with these.
pub(crate) fn line<'a>(said: &'a str, begins: &str) -> Vec<&'a str> {
    let found = said.lines().find_map(|line| line.trim_start().strip_prefix(begins));
    found
        .unwrap_or_else(|| panic!("no line begins with {begins:?} in:\n{said}"))
        .split_whitespace()
        .collect()
}
