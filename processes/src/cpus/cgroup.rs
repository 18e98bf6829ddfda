//! A cgroup with a quota of processor time, removed when it is dropped.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Of each period, the processes of the group may use this processor time together.
const QUOTA: Duration = Duration::from_millis(10);
const PERIOD: Duration = Duration::from_millis(100);

/// A cgroup of this process's own. It can be removed only when no process is in it any more.
pub(super) struct Cgroup(PathBuf);

impl Cgroup {
    /// Makes one below the cgroup that this process is in.
    pub(super) fn new() -> io::Result<Self> {
        // A line for each hierarchy: its number, its controllers, and where in it this process is.
        // Version 2 has but one, "0::".
        let mine = fs::read_to_string("/proc/self/cgroup")?;
        let mine = mine.lines().filter_map(|line| {
            line.strip_prefix("0::").map(|at| ("", at)).or_else(|| {
                let (controllers, at) = line.split_once(':')?.1.split_once(':')?;
                controllers.split(',').any(|one| one == "cpu").then_some((controllers, at))
            })
        });
        let mut why = io::Error::from(io::ErrorKind::NotFound);
        for (controllers, at) in mine {
            let parent =
                Path::new("/sys/fs/cgroup").join(controllers).join(at.trim_start_matches('/'));
            match Self::below(&parent, controllers.is_empty()) {
                Ok(group) => return Ok(group),
                Err(error) => why = error,
            }
        }
        Err(why)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn below(parent: &Path, version_2: bool) -> io::Result<Self> {
        let group = Self(parent.join(format!("processes-quota-{}", std::process::id())));
        let (quota, period) = (QUOTA.as_micros(), PERIOD.as_micros());
        // The kernel makes these files: a plain `fs::write` would try to create a missing one.
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

impl Drop for Cgroup {
    fn drop(&mut self) {
        // If it could not be made, there is nothing to remove.
        let _ = fs::remove_dir(&self.0);
    }
}
