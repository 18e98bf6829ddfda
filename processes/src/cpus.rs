//! How many processors there are, and how many a process may use. A container's limit makes these
//! two numbers.
//!
//! There are two kinds of limit. A set of processors (affinity; cpuset, `docker --cpuset-cpus`)
//! keeps the process off the others. A quota (`docker --cpus`) lets it run everywhere, for so much
//! time in each period: whoever has used it up stands still until the next one.
//! `available_parallelism` knows both. Who counts the processors of the machine knows neither.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use tracing::info_span;

use crate::child::{DEADLINE, Guarded, command, numbers, this_program};
use crate::spawn_and_wait::lane;

/// Shows how many processors a process counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Processors {
    /// Those of the machine that are switched on.
    pub online: usize,
    /// Those that this process may run on: its affinity.
    pub allowed: usize,
    /// What `available_parallelism` says, which takes a quota into account as well.
    pub available: usize,
}

/// Counts, for this process (Linux).
///
/// # Errors
/// The system does not say.
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
    Ok(Processors { online, allowed: affinity()?, available: available_parallelism()?.get() })
}

#[cfg(target_os = "linux")]
fn affinity() -> io::Result<usize> {
    Ok(rustix::thread::sched_getaffinity(None)?.count() as usize)
}

#[cfg(not(target_os = "linux"))]
fn affinity() -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Starts a child that keeps itself to one processor, as a container would, and lets it count.
///
/// # Errors
/// It cannot be started, or does not count, or takes longer than its
/// [deadline](crate::child::DEADLINE).
pub fn pinned(program: &Path) -> io::Result<Processors> {
    let mut child = Guarded::start(program, "cpus", DEADLINE)?;
    let _waits = lane("parent", || info_span!("waits", what = "its count", from = "child"));
    let _counts = lane("child", || info_span!("runs", what = "counts"));
    let out = child.out();
    let said = child.said(&out)?;
    child.wait()?;
    let [online, allowed, available] = numbers(&said)?;
    Ok(Processors { online, allowed, available })
}

/// What the child does: keeps itself to the first processor that it may use, and counts.
///
/// # Errors
/// The system does not let it, or nobody reads what is written.
pub fn child(_: &str) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        let all = sched_getaffinity(None)?;
        let mut one = CpuSet::new();
        one.set((0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu)).ok_or(io::ErrorKind::NotFound)?);
        sched_setaffinity(None, &one)?;
    }
    let Processors { online, allowed, available } = count()?;
    writeln!(io::stdout(), "{online} {allowed} {available}")
}

/// Of each period of 100 ms, so much may be used by all threads of the group together.
const QUOTA: Duration = Duration::from_millis(10);
const PERIOD: Duration = Duration::from_millis(100);

/// Shows what a quota does to a process that keeps every processor busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttled {
    /// What it counts.
    pub seen: Processors,
    /// In how many periods it stood still for their rest.
    pub periods: usize,
    /// The time that it took.
    pub took: Duration,
    /// The processors' time that it used meanwhile.
    pub used: Duration,
}

/// Puts a child into a control group that has a tenth of one processor, and lets it keep all of
/// them busy until it has been stopped in three periods. `Err` with the reason where this system
/// has no such group to give: that takes root, as a rule.
///
/// # Errors
/// The child cannot be started, or takes longer than its [deadline](crate::child::DEADLINE).
pub fn quota(program: &Path) -> io::Result<Result<Throttled, String>> {
    let mut keeper = Guarded::start(program, "quota", DEADLINE)?;
    let _waits = lane("parent", || info_span!("waits", what = "the child's end", from = "child"));
    let out = keeper.out();
    let said = keeper.said(&out)?;
    keeper.wait()?;
    if let Some(why) = said.strip_prefix("no group: ") {
        return Ok(Err(why.to_owned()));
    }
    let [online, allowed, available, periods, took, used] = numbers(&said)?;
    let seen = Processors { online, allowed, available };
    let [took, used] = [took, used].map(|ms| Duration::from_millis(ms as u64));
    Ok(Ok(Throttled { seen, periods, took, used }))
}

/// A control group, removed in the end. It can be removed only when nobody is in it any more.
struct Group(PathBuf);

impl Group {
    fn new() -> io::Result<Self> {
        // A line for each hierarchy: number, what it controls, where in it this process is. Of
        // version 2 there is but one, "0::".
        let mine = fs::read_to_string("/proc/self/cgroup")?;
        let mine = mine.lines().filter_map(|line| {
            line.strip_prefix("0::").map(|at| ("", at)).or_else(|| {
                let (controls, at) = line.split_once(':')?.1.split_once(':')?;
                controls.split(',').any(|one| one == "cpu").then_some((controls, at))
            })
        });
        let mut why = io::Error::from(io::ErrorKind::NotFound);
        for (controls, at) in mine {
            let parent =
                Path::new("/sys/fs/cgroup").join(controls).join(at.trim_start_matches('/'));
            match Self::within(&parent, controls.is_empty()) {
                Ok(group) => return Ok(group),
                Err(error) => why = error,
            }
        }
        Err(why)
    }

    fn within(parent: &Path, version_2: bool) -> io::Result<Self> {
        let group = Self(parent.join(format!("processes-quota-{}", std::process::id())));
        let (quota, period) = (QUOTA.as_micros(), PERIOD.as_micros());
        // What a file of the kernel's does not let be opened for writing, it does not have: it is
        // never created here.
        let write = |file: &str, text: String| {
            fs::OpenOptions::new().write(true).open(group.0.join(file))?.write_all(text.as_bytes())
        };
        fs::create_dir(&group.0)?;
        if version_2 {
            write("cpu.max", format!("{quota} {period}"))?;
        } else {
            write("cpu.cfs_period_us", period.to_string())?;
            write("cpu.cfs_quota_us", quota.to_string())?;
        }
        Ok(group)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Of one that could not be made there is nothing to remove.
        let _ = fs::remove_dir(&self.0);
    }
}

/// What the group's keeper does: makes it, starts the child in it, and removes it when the child
/// has ended.
///
/// # Errors
/// The child cannot be started, or nobody reads what is written.
pub fn keeper(_: &str) -> io::Result<()> {
    // Ctrl-C is for all processes in front of the terminal. It ends the child, and the keeper has
    // something to put away.
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))?;
    }
    match Group::new() {
        Err(why) => writeln!(io::stdout(), "no group: {why}"),
        Ok(group) => {
            let role = format!("quota-member:{}", group.0.display());
            command(&this_program()?, role).stdin(Stdio::null()).status().map(drop)
        }
    }
}

/// What the child does: joins the group, counts, and keeps all processors busy until it has been
/// stopped in three periods.
///
/// # Errors
/// The group does not take it, or nobody reads what is written.
pub fn member(group: &str) -> io::Result<()> {
    // 0 stands for whoever writes it.
    fs::write(Path::new(group).join("cgroup.procs"), "0")?;
    let throttled = || {
        let stat = fs::read_to_string(Path::new(group).join("cpu.stat")).unwrap_or_default();
        let line = stat.lines().find_map(|line| line.strip_prefix("nr_throttled "));
        line.and_then(|number| number.parse::<usize>().ok()).unwrap_or(0)
    };
    let Processors { online, allowed, available } = count()?;
    let (began, used) = (Instant::now(), processor_time());
    let until = began + DEADLINE / 2;
    thread::scope(|scope| {
        for _ in 0..allowed {
            thread::Builder::new()
                .spawn_scoped(scope, || while throttled() < 3 && Instant::now() < until {})?;
        }
        Ok::<_, io::Error>(())
    })?;
    let (took, used) = (began.elapsed().as_millis(), (processor_time() - used).as_millis());
    writeln!(io::stdout(), "{online} {allowed} {available} {} {took} {used}", throttled())
}

fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
