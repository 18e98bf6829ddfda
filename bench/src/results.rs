//! What criterion has written: `<home>/<group>/<contender>/new/benchmark.json` says what was timed,
//! `estimates.json` beside it how long it took.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::run::{Run, milliseconds, runs};

/// One contender's result in one workload.
#[derive(Clone, Debug)]
pub struct Timed {
    /// What criterion calls the group: `topic/workload`.
    pub workload: String,
    /// Who did it.
    pub contender: String,
    /// The median time in nanoseconds, of one element where there are several.
    pub ns: f64,
    /// Half of the samples lie this close to the median, as a part of it.
    pub spread: f64,
    /// The run that it is of; `None` if nobody has recorded it.
    pub run: Option<Run>,
}

impl Timed {
    /// Returns what names it: `topic/workload/contender`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.workload, self.contender)
    }
}

/// Returns the topic of a workload or an id: the bench that times it.
pub fn topic(id: &str) -> &str {
    id.split('/').next().unwrap_or(id)
}

/// All there is.
#[derive(Debug, Default)]
pub struct Results {
    /// Every result, in the order of the folders' names.
    pub timed: Vec<Timed>,
    /// What looks like a result and cannot be read, and why.
    pub unreadable: Vec<String>,
}

#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
    throughput: Option<BTreeMap<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
    median_abs_dev: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// Criterion multiplies the median deviation by this, so that it estimates a standard deviation.
const SCALE: f64 = 1.4826;

/// Reads all results below criterion's folder; none, if it is not there.
pub fn read(home: &Path) -> Results {
    let mut folders = Vec::new();
    find(home, 4, &mut folders);
    folders.sort();
    let mut journals = BTreeMap::new();
    let mut results = Results::default();
    for folder in folders {
        match read_one(home, &folder, &mut journals) {
            Ok(timed) => results.timed.push(timed),
            Err(error) => results.unreadable.push(format!("{}: {error}", folder.display())),
        }
    }
    results
}

/// Collects the folders named `new` that have a result in them.
fn find(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    for path in entries.filter(|path| path.is_dir()) {
        if path.file_name().is_some_and(|name| name == "new")
            && path.join("benchmark.json").exists()
        {
            found.push(path);
        } else if depth > 0 {
            find(&path, depth - 1, found);
        }
    }
}

fn read_one(
    home: &Path,
    folder: &Path,
    journals: &mut BTreeMap<String, Vec<Run>>,
) -> io::Result<Timed> {
    let benchmark: Benchmark = serde_json::from_slice(&fs::read(folder.join("benchmark.json"))?)?;
    let file = folder.join("estimates.json");
    let estimates: Estimates = serde_json::from_slice(&fs::read(&file)?)?;
    let (median, deviation) =
        (estimates.median.point_estimate, estimates.median_abs_dev.point_estimate);
    if median <= 0.0 || !median.is_finite() || !deviation.is_finite() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "its median is no time"));
    }
    let elements = benchmark.throughput.and_then(|throughput| throughput.get("Elements")?.as_f64());
    let topic = topic(&benchmark.group_id);
    let journal = journals.entry(topic.to_owned()).or_insert_with(|| runs(home, topic));
    let written = milliseconds(fs::metadata(&file)?.modified()?);
    let run = journal.iter().rev().find(|run| run.started <= written).cloned();
    let parts = [benchmark.function_id, benchmark.value_str];
    Ok(Timed {
        contender: parts.into_iter().flatten().collect::<Vec<_>>().join("/"),
        workload: benchmark.group_id,
        ns: median / elements.filter(|elements| *elements >= 1.0).unwrap_or(1.0),
        spread: deviation / SCALE / median,
        run,
    })
}
