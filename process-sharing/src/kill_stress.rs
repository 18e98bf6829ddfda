//! Processes that add under a robust lock and are killed at any moment, again and again: no
//! addition is lost, and no process waits for ever.

use std::io::{self, Write};
use std::path::Path;

use kit::child::Entry;
use tracing::info_span;

use crate::child::{TalkingChild, shared_lane};
use crate::parent::{Parent, inherited, number, words};
use crate::shared_memory::{Guard, MapMode, RobustMutex, Shared};

/// Three sums under the lock: `[begun, done, deaths]`. Each addition goes to the first and then to
/// the second; between the two, they differ. An owner that is told of a death adds to the third.
type Sums = RobustMutex<[u64; 3]>;

/// How often the process that is not killed adds.
pub const TIMES: u32 = 5_000;

/// The result of a stress run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KillStress {
    /// How many processes were killed.
    pub killed: u32,
    /// The least number of additions: those of the process that was not killed, and one of each
    /// that was.
    pub least: u64,
    /// How often an owner was told that another had died with the lock.
    pub deaths: u64,
    /// The additions that were begun, and those that were finished.
    pub sums: [u64; 2],
}

/// Acquires the lock, and finishes an addition that a dead owner has begun.
fn acquire(sums: &Sums) -> Guard<'_, [u64; 3]> {
    sums.lock().unwrap_or_else(|died| died.repair(|sums| *sums = [sums[0], sums[0], sums[2] + 1]))
}

/// Kills `kills` processes in the middle of their additions, while another adds [`TIMES`] times.
pub fn run(program: &Path, kills: u32) -> io::Result<KillStress> {
    let sums = Shared::<Sums>::new()?;
    let start = |lane: &str, times: u32| {
        let child = TalkingChild::start(program, &CHILD, lane, &[&sums], &[&times.to_string()])?;
        let adds = shared_lane(lane, || info_span!("runs", what = "adds"));
        Ok::<_, io::Error>((adds, child))
    };
    let (adds, survivor) = start("survivor", TIMES)?;
    for _ in 0..kills {
        let (_adds, mut child) = start("killed", 0)?;
        // It has said that it adds: from then on, each moment is as good as any.
        child.expect_line("adds")?;
        child.kill()?;
    }
    survivor.succeeds()?;
    drop(adds);
    let [begun, done, deaths] = *acquire(&sums);
    Ok(KillStress { killed: kills, least: u64::from(TIMES + kills), deaths, sums: [begun, done] })
}

/// The child: adds a number of times, or, if that is 0, until it is killed.
pub const CHILD: Entry = Entry { name: "kill-stress", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [memory, times] = words(arguments)?;
    let (times, _parent) = (number::<u32>(times)?, Parent::listen()?);
    let sums = Shared::<Sums>::open(inherited(memory)?, MapMode::Shared)?;
    let mut added = 0;
    while times == 0 || added < times {
        let mut sums = acquire(&sums);
        sums[0] += 1;
        if times == 0 {
            // A system call, in which a kill hits it more often than between two additions.
            std::thread::yield_now();
        }
        sums[1] += 1;
        drop(sums);
        added += 1;
        if added == 1 && times == 0 {
            writeln!(io::stdout(), "adds")?;
        }
    }
    Ok(())
}
