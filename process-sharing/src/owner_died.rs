//! A process is killed with a lock in its hand, in the middle of a transfer: 10 are taken from one
//! account, and not yet on the other.
//!
//! The child takes the lock, does half of the transfer, and says so; then its parent kills it with
//! SIGKILL, and asks for the lock. The forms differ in the lock, and in what its next owner does.

use std::fmt;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use tracing::info_span;

use crate::child::{DEADLINE, Started, start};
use crate::memory::{Share, Shared};
use crate::memory_role::MemoryRole;
use crate::pthread::PthreadMutex;
use crate::robust_mutex::RobustMutex;
use crate::role::Role;

/// What is on both accounts together; all of it on the first one, at the beginning.
pub const ALL: i64 = 100;
/// What the child transfers.
pub const AMOUNT: i64 = 10;
/// How long one waits for a lock that its owner will never give back.
pub const PATIENCE: Duration = Duration::from_millis(200);

/// Says what the next owner came upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Who was killed.
    pub killed: u32,
    /// Whether the next owner was told.
    pub told: bool,
    /// Of whom, where the lock names it.
    pub of: Option<u32>,
    /// What is on both accounts afterwards; `None` if nobody could look.
    pub accounts: Option<[i64; 2]>,
}

/// Which lock the child takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// A [`RobustMutex`].
    Ours,
    /// A [`PthreadMutex`].
    Pthread,
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Ours { "ours" } else { "pthread" })
    }
}

impl FromStr for Lock {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Ours, Self::Pthread].into_iter().find(|lock| lock.to_string() == text).ok_or(())
    }
}

type Ours = RobustMutex<[i64; 2]>;

/// The accounts beside the lock of C libraries, which guards no particular memory.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Beside {
    mutex: PthreadMutex,
    /// Relaxed: the mutex orders them.
    accounts: [AtomicI64; 2],
}

// SAFETY: a lock that knows processes, and atomics.
#[expect(unsafe_code, reason = "what may be shared has to be vouched for")]
unsafe impl Share for Beside {}

/// What makes both accounts right again: the second is in doubt, and their sum is not.
fn make_whole(accounts: &mut [i64; 2]) {
    accounts[1] = ALL - accounts[0];
}

/// With a robust lock: the next owner is told, repairs the accounts if it is `heedful`, and goes
/// on.
///
/// # Errors
/// The child cannot be started, or does not come as far as it should.
pub fn robust(program: &Path, heedful: bool) -> io::Result<Outcome> {
    let shared = Shared::<Ours>::new()?;
    let dead = || io::Error::other("nobody has died yet");
    shared.lock().map_err(|_| dead())?[0] = ALL;
    let killed = kill_in_the_middle(program, Lock::Ours, &shared)?;
    let _looks = parent();
    Ok(match shared.lock() {
        Ok(accounts) => Outcome { killed, told: false, of: None, accounts: Some(*accounts) },
        Err(died) => {
            let of = died.pid();
            let accounts = died.repair(|accounts| {
                if heedful {
                    make_whole(accounts);
                }
            });
            Outcome { killed, told: true, of, accounts: Some(*accounts) }
        }
    })
}

/// With the lock of C libraries, robust or not.
///
/// # Errors
/// As [`robust`].
pub fn pthread(program: &Path, robust: bool) -> io::Result<Outcome> {
    let shared = Shared::<Beside>::new()?;
    shared.mutex.make(robust)?;
    let [first, second] = &shared.accounts;
    first.store(ALL, Relaxed);
    let killed = kill_in_the_middle(program, Lock::Pthread, &shared)?;
    let _looks = parent();
    let entered = shared.mutex.with(Some(PATIENCE), |told| {
        let mut accounts = [first.load(Relaxed), second.load(Relaxed)];
        if told {
            make_whole(&mut accounts);
            second.store(accounts[1], Relaxed);
        }
        Outcome { killed, told, of: None, accounts: Some(accounts) }
    });
    match entered {
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            Ok(Outcome { killed, told: false, of: None, accounts: None })
        }
        entered => entered,
    }
}

fn parent() -> tracing::Span {
    info_span!("lane", lane = "parent")
        .in_scope(|| info_span!("waits", what = "lock", from = "child"))
}

/// Starts a child that takes the lock, and kills it when it says that it is in the middle.
fn kill_in_the_middle(program: &Path, lock: Lock, memory: &impl AsFd) -> io::Result<u32> {
    let role = MemoryRole::Hold { memory: memory.as_fd().as_raw_fd(), lock };
    let holds = info_span!("lane", lane = "child").in_scope(|| info_span!("holds", what = "lock"));
    let child: Started = start(program, Role::Memory(role), &[memory.as_fd()], DEADLINE)?;
    let pid = child.pid();
    let line = child.line()?;
    child.kill()?;
    drop(holds);
    if line.as_deref() == Some(IN_THE_MIDDLE) {
        Ok(pid)
    } else {
        Err(io::Error::other("the child failed"))
    }
}

const IN_THE_MIDDLE: &str = "in the middle";

/// Takes the lock, does half of the transfer, says so, and waits to be killed: what the child does.
pub(crate) fn in_a_child(memory: OwnedFd, lock: Lock) -> io::Result<()> {
    // It waits for longer than its parent lives, which is not long.
    let wait = || {
        // It fails when the parent is gone.
        let _ = writeln!(io::stdout(), "{IN_THE_MIDDLE}");
        std::thread::park_timeout(DEADLINE);
    };
    match lock {
        Lock::Ours => {
            let shared = Shared::<Ours>::open(memory)?;
            let mut accounts =
                shared.lock().map_err(|_| io::Error::other("nobody has died yet"))?;
            accounts[0] -= AMOUNT;
            wait();
            accounts[1] += AMOUNT;
        }
        Lock::Pthread => {
            let shared = Shared::<Beside>::open(memory)?;
            let [first, second] = &shared.accounts;
            shared.mutex.with(None, |_| {
                first.fetch_sub(AMOUNT, Relaxed);
                wait();
                second.fetch_add(AMOUNT, Relaxed);
            })?;
        }
    }
    Ok(())
}
