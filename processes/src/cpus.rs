//! How many processors there are, and how many a process may use. In a container the two differ.
//!
//! There are two kinds of limit. An affinity mask (cpuset, `docker --cpuset-cpus`) keeps the process
//! off the other processors. A quota (`docker --cpus`) lets it run on all of them for a share of
//! each period: a process that has used up its share is throttled until the next period.
//! `available_parallelism` respects both; a count of the machine's processors respects neither.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

use kit::child::{DEADLINE, Entry, program};
use kit::process_lane::PARENT;
use rustix::process::setpgid;
use serde::{Deserialize, Serialize};

use crate::messages::{argument, ask, print_json};

mod cgroup;

use cgroup::Cgroup;

/// The children of this lesson.
pub const CHILDREN: &[Entry] = &[PINNED, QUOTA, THROTTLED];

const PINNED: Entry = Entry { name: "pinned", run: |_| print_json(&pin_and_count()?) };

/// Makes a cgroup, starts a child in it, and removes it when the child has ended.
const QUOTA: Entry = Entry { name: "quota", run: in_a_cgroup };

const THROTTLED: Entry = Entry { name: "throttled", run: keep_busy };

/// How many processors a process counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Processors {
    /// Those of the machine that are switched on.
    pub online: usize,
    /// Those that this process may run on: its affinity mask.
    pub allowed: usize,
    /// What `available_parallelism` returns, which respects a quota, too.
    pub available: usize,
}

/// Counts the processors for this process (Linux).
pub fn count() -> io::Result<Processors> {
    // "0-3,6": ranges, and single ones.
    let online = fs::read_to_string("/sys/devices/system/cpu/online")?;
    let of_range = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(last.parse::<usize>().ok()? - first.parse::<usize>().ok()? + 1)
    };
    let online = online.trim().split(',').map(of_range).sum::<Option<usize>>();
    let online =
        online.ok_or_else(|| io::Error::other("the processors online are not understood"))?;
    let available = available_parallelism()?.get();
    #[cfg(target_os = "linux")]
    let allowed = rustix::thread::sched_getaffinity(None)?.count() as usize;
    #[cfg(not(target_os = "linux"))]
    let allowed = available;
    Ok(Processors { online, allowed, available })
}

/// Starts a child that pins itself to one processor, as a container's cpuset would, and counts.
pub fn pinned(program: &Path) -> io::Result<Processors> {
    let _parent = PARENT.waits("its count", "child");
    ask(program, &PINNED, &())
}

fn pin_and_count() -> io::Result<Processors> {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        let all = sched_getaffinity(None)?;
        let mut one = CpuSet::new();
        one.set((0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu)).ok_or(io::ErrorKind::NotFound)?);
        sched_setaffinity(None, &one)?;
    }
    count()
}

/// What a quota does to a process that keeps every processor busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttled {
    /// The processors that it counts.
    pub seen: Processors,
    /// The number of periods in which it was throttled.
    pub periods: usize,
    /// The time that it took.
    pub took: Duration,
    /// The processor time that it used meanwhile.
    pub used: Duration,
}

/// Puts a child into a cgroup that has a tenth of one processor, and lets it keep all processors
/// busy until it has been throttled in three periods. The inner error is the reason why this system
/// lets this process make no cgroup: as a rule, only root may.
pub fn quota(program: &Path) -> io::Result<Result<Throttled, String>> {
    let _parent = PARENT.waits("the child's end", "child");
    ask(program, &QUOTA, &())
}

/// Makes the cgroup and starts the child in it.
fn in_a_cgroup(_: &[String]) -> io::Result<()> {
    // Ctrl-C, or a kill, of the lesson's process group does not reach this one and its child: both
    // go on to their ends, and the cgroup is removed.
    setpgid(None, None)?;
    match Cgroup::new() {
        Err(why) => print_json(&Err::<Throttled, _>(why.to_string())),
        Ok(group) => {
            let mut child = THROTTLED.command(&program()?);
            child.arg(serde_json::to_string(group.path())?).stdin(Stdio::null());
            child.status().map(drop)
        }
    }
}

/// Joins the cgroup, counts, and keeps all processors busy until it has been throttled in three
/// periods.
fn keep_busy(arguments: &[String]) -> io::Result<()> {
    let group: std::path::PathBuf = argument(arguments)?;
    // 0 stands for the process that writes it.
    fs::write(group.join("cgroup.procs"), "0")?;
    let throttled = || {
        let stat = fs::read_to_string(group.join("cpu.stat")).unwrap_or_default();
        let line = stat.lines().find_map(|line| line.strip_prefix("nr_throttled "));
        line.and_then(|number| number.parse::<usize>().ok()).unwrap_or(0)
    };
    let seen = count()?;
    let (began, used) = (Instant::now(), processor_time());
    let until = began + DEADLINE / 2;
    thread::scope(|scope| {
        for _ in 0..seen.allowed {
            thread::Builder::new()
                .spawn_scoped(scope, || while throttled() < 3 && Instant::now() < until {})?;
        }
        Ok::<_, io::Error>(())
    })?;
    let (took, used) = (began.elapsed(), processor_time() - used);
    print_json(&Ok::<_, String>(Throttled { seen, periods: throttled(), took, used }))
}

fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
