//! Processes that add under a robust lock and are killed at any moment, again and again: nothing is
//! lost, and nobody is stuck.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

use tracing::info_span;

use crate::child::{DEADLINE, start};
use crate::memory::Shared;
use crate::memory_role::MemoryRole;
use crate::robust_mutex::{Guard, RobustMutex};
use crate::role::Role;

/// What is under the lock: `[begun, done, told]`. Each adds to the first two in turn; in between,
/// they differ. Who is told of a death adds to the third.
pub type Sums = RobustMutex<[u64; 3]>;

/// How often one who is not killed adds.
pub const TIMES: u32 = 5_000;

/// Says what came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How many processes were killed.
    pub killed: u32,
    /// How many additions there were at least: those of the one that was not killed, and one of
    /// each that was.
    pub least: u64,
    /// How often one was told that another had died with the lock.
    pub told: u64,
    /// Both sums.
    pub sums: [u64; 2],
}

/// Takes the lock, whoever died with it. An addition that was begun is brought to its end.
fn take(sums: &Sums) -> Guard<'_, [u64; 3]> {
    sums.lock().unwrap_or_else(|died| died.repair(|sums| *sums = [sums[0], sums[0], sums[2] + 1]))
}

/// Kills so many processes in the middle of their additions, while another adds [`TIMES`] times.
///
/// # Errors
/// A process cannot be started; or the one that is not killed does not come to its end.
pub fn run(program: &Path, kills: u32) -> io::Result<Outcome> {
    let sums = Shared::<Sums>::new()?;
    let memory = sums.as_fd().as_raw_fd();
    let begin = |name: &'static str, times| {
        let adds = info_span!("lane", lane = name).in_scope(|| info_span!("runs", what = "adds"));
        let role = Role::Memory(MemoryRole::Work { memory, times });
        start(program, role, &[sums.as_fd()], DEADLINE).map(|child| (adds, child))
    };
    let (adds, survivor) = begin("survivor", TIMES)?;
    for _ in 0..kills {
        let (_adds, child) = begin("killed", 0)?;
        // It has said that it adds: from then on, each moment is as good as any.
        child.line()?;
        child.kill()?;
    }
    survivor.answer()?;
    drop(adds);
    let [begun, done, told] = *take(&sums);
    Ok(Outcome { killed: kills, least: u64::from(TIMES + kills), told, sums: [begun, done] })
}

/// Adds so many times, or, if 0, until it is killed: what a child does.
pub(crate) fn in_a_child(memory: OwnedFd, times: u32) -> io::Result<()> {
    let sums = Shared::<Sums>::open(memory)?;
    let mut added = 0;
    while times == 0 || added < times {
        let mut sums = take(&sums);
        sums[0] += 1;
        if times == 0 {
            // A system call, in which a kill finds it more often than between two additions.
            std::thread::yield_now();
        }
        sums[1] += 1;
        drop(sums);
        added += 1;
        if added == 1 && times == 0 {
            println!("adds");
        }
    }
    Ok(())
}
