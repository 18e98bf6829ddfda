//! Descriptors: how many sockets there is room for.

use std::io;
use std::os::fd::AsFd;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Returns how many pairs of sockets there are descriptors for, beside those for other things.
pub(super) fn most() -> u32 {
    let limit = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
    u32::try_from(limit.saturating_sub(64) / 2).unwrap_or(u32::MAX).clamp(1, 20_000)
}

/// Parses a number of pairs of sockets.
pub(super) fn pairs(given: &str) -> Result<u32, String> {
    let most = most();
    match given.parse() {
        Ok(count) if (1..=most).contains(&count) => Ok(count),
        _ => Err(format!(
            "{given} is not in 1..={most}, for which there are descriptors (see ulimit -Hn)"
        )),
    }
}

/// Raises the limit of descriptors, and makes sure that there are enough for both ends of `pairs`:
/// a server that has none left accepts no connection, and its clients would wait.
pub(super) fn with_descriptors(pairs: u32) -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    let all = (0..2 * pairs).map(|_| io::stderr().as_fd().try_clone_to_owned());
    all.collect::<io::Result<Vec<_>>>().map(drop)
}
