//! A process is killed while it holds a lock, in the middle of a transfer: 10 are taken from one
//! account, and not yet put on the other.
//!
//! The child acquires the lock, does half of the transfer, and says so; then its parent kills it
//! with SIGKILL, and acquires the lock. The variants differ in the lock, and in what its next owner
//! does. In the last one, processes that add are killed at any moment, again and again.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use kit::child::{DEADLINE, Entry};
use kit::process_lane::{Lane, PARENT};

use crate::child::TalkingChild;
use crate::parent::{Parent, inherited, words};
use crate::shared_memory::{Guard, MapMode, PthreadMutex, RobustMutex, Shared};

/// The sum of both accounts; all of it is on the first one at the beginning.
pub const SUM: i64 = 100;
/// The amount that the child transfers.
pub const AMOUNT: i64 = 10;
/// How long the parent waits for a lock that its owner will never release.
pub const PATIENCE: Duration = Duration::from_millis(200);

/// What the next owner of the lock has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnerDied {
    /// The PID of the child that was killed.
    pub killed: u32,
    /// Whether the lock told the next owner of the death.
    pub told: bool,
    /// The PID that the lock named.
    pub named: Option<u32>,
    /// Both accounts afterwards; `None` if the lock could not be acquired.
    pub accounts: Option<[i64; 2]>,
}

/// The accounts under a robust lock.
pub type Accounts = RobustMutex<[i64; 2]>;

/// The accounts beside a pthread mutex, which guards no particular memory. Relaxed: it orders them.
type Beside = (PthreadMutex, [AtomicI64; 2]);

/// Repairs the accounts: the second is in doubt, and their sum is not.
fn repair(accounts: &mut [i64; 2]) {
    accounts[1] = SUM - accounts[0];
}

/// Kills the owner of a robust lock: the next owner is told, repairs the accounts if `heedful`, and
/// goes on.
pub fn robust(program: &Path, heedful: bool) -> io::Result<OwnerDied> {
    let shared = Shared::<Accounts>::new()?;
    shared.lock()?[0] = SUM;
    let killed = kill_in_the_middle(program, "robust", &shared)?;
    let _acquires = PARENT.waits("lock", "child");
    Ok(match shared.lock() {
        Ok(accounts) => OwnerDied { killed, told: false, named: None, accounts: Some(*accounts) },
        Err(died) => {
            let named = died.pid();
            let accounts = if heedful { died.repair(repair) } else { died.repair(|_| ()) };
            OwnerDied { killed, told: true, named, accounts: Some(*accounts) }
        }
    })
}

/// Kills the owner of a pthread mutex, robust or not.
pub fn pthread(program: &Path, robust: bool) -> io::Result<OwnerDied> {
    let shared = Shared::<Beside>::new()?;
    let (mutex, [first, second]) = &*shared;
    mutex.make(robust)?;
    first.store(SUM, Relaxed);
    let killed = kill_in_the_middle(program, "pthread", &shared)?;
    let _acquires = PARENT.waits("lock", "child");
    let acquired = mutex.with(Some(PATIENCE), |told| {
        let mut accounts = [first.load(Relaxed), second.load(Relaxed)];
        if told {
            repair(&mut accounts);
            second.store(accounts[1], Relaxed);
        }
        OwnerDied { killed, told, named: None, accounts: Some(accounts) }
    });
    match acquired {
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            Ok(OwnerDied { killed, told: false, named: None, accounts: None })
        }
        acquired => acquired,
    }
}

/// Starts a child that acquires the lock, and kills it when it is in the middle; returns its PID.
pub fn kill_in_the_middle(
    program: &Path,
    lock: &str,
    memory: &dyn std::os::fd::AsFd,
) -> io::Result<u32> {
    let mut child = TalkingChild::start(program, &CHILD, "child", &[memory], &[lock])?;
    let _holds = child.lane().holds("lock");
    child.expect_line(IN_THE_MIDDLE)?;
    child.kill().map(|()| child.pid())
}

const IN_THE_MIDDLE: &str = "in the middle";

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
pub fn again_and_again(program: &Path, kills: u32) -> io::Result<KillStress> {
    let sums = Shared::<Sums>::new()?;
    let start = |lane: &str, does: &str| {
        let child = TalkingChild::start(program, &CHILD, lane, &[&sums], &[does])?;
        let adds = Lane::shared(lane).runs("adds");
        Ok::<_, io::Error>((adds, child))
    };
    let (adds, survivor) = start("survivor", "add")?;
    for _ in 0..kills {
        let (_adds, mut child) = start("killed", "add for ever")?;
        // It has said that it adds: from then on, each moment is as good as any.
        child.expect_line("adds")?;
        child.kill()?;
    }
    survivor.succeeds()?;
    drop(adds);
    let [begun, done, deaths] = *acquire(&sums);
    Ok(KillStress { killed: kills, least: u64::from(TIMES + kills), deaths, sums: [begun, done] })
}

/// The child: acquires the lock, does half of the transfer, says so, and waits to be killed; or adds
/// again and again.
pub const CHILD: Entry = Entry { name: "owner-died", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [memory, lock] = words(arguments)?;
    let (memory, parent) = (inherited(memory)?, Parent::listen()?);
    if lock.starts_with("add") {
        let sums = Shared::<Sums>::open(memory, MapMode::Shared)?;
        return add(&sums, lock != "add", &parent);
    }
    let wait_to_be_killed = || {
        // It fails when the parent is gone, and then this process exits.
        let _ = parent.send_line(IN_THE_MIDDLE);
        std::thread::park_timeout(DEADLINE);
    };
    if lock == "robust" {
        let shared = Shared::<Accounts>::open(memory, MapMode::Shared)?;
        let mut accounts = shared.lock()?;
        accounts[0] -= AMOUNT;
        wait_to_be_killed();
        accounts[1] += AMOUNT;
        return Ok(());
    }
    let shared = Shared::<Beside>::open(memory, MapMode::Shared)?;
    let (mutex, [first, second]) = &*shared;
    mutex.with(None, |_| {
        first.fetch_sub(AMOUNT, Relaxed);
        wait_to_be_killed();
        second.fetch_add(AMOUNT, Relaxed);
    })
}

/// Adds [`TIMES`] times, or for ever.
fn add(sums: &Sums, for_ever: bool, parent: &Parent) -> io::Result<()> {
    let mut added = 0;
    while for_ever || added < TIMES {
        let mut sums = acquire(sums);
        sums[0] += 1;
        if for_ever {
            // A system call, in which a kill hits it more often than between two additions.
            std::thread::yield_now();
        }
        sums[1] += 1;
        drop(sums);
        added = added.saturating_add(1);
        if added == 1 && for_ever {
            parent.send_line("adds")?;
        }
    }
    Ok(())
}
