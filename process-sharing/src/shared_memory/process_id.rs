//! Which process holds something, and whether it still lives.
//!
//! A PID alone would not do: when a process is gone, the kernel gives its PID to another, and a lock
//! would wait for a stranger. The start time tells the two apart, which the kernel counts in ticks
//! of 10 ms.
#![expect(unsafe_code, reason = "libc is told which function to call in a forked child")]

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rustix::process::Pid;

/// The number of bits of a PID: Linux gives out none above.
const PID_BITS: u32 = 22;

/// A process, by its PID and, in the upper half, by the tick in which it was started. 0 is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessId(u64);

/// This process. A forked child begins with its parent's, so it is reset there.
static ME: AtomicU64 = AtomicU64::new(0);

impl ProcessId {
    /// Returns that of this process.
    #[inline]
    pub fn me() -> Self {
        // Relaxed: the number publishes nothing else.
        match ME.load(Relaxed) {
            0 => Self::find_out(),
            me => Self(me),
        }
    }

    #[cold]
    fn find_out() -> Self {
        extern "C" fn forget() {
            ME.store(0, Relaxed);
        }
        static TOLD: Once = Once::new();
        // SAFETY: the function has to exist as long as the process, and to be async-signal-safe, for
        // a forked child runs it: it is a static one, and does one atomic store. Where libc has no
        // memory to keep it, a forked child would have its parent's number; nothing forks then.
        TOLD.call_once(|| _ = unsafe { libc::pthread_atfork(None, None, Some(forget)) });
        let me = Self::of(std::process::id());
        ME.store(me.0, Relaxed);
        me
    }

    /// Returns that of a process that lives, or is a zombie.
    pub fn of(pid: u32) -> Self {
        debug_assert!(pid >> PID_BITS == 0);
        Self(u64::from(pid) | started(pid).unwrap_or(0) << 32)
    }

    /// Returns that of a process with the same PID, a tick earlier.
    pub fn earlier(self) -> Self {
        Self(self.0.wrapping_sub(1 << 32))
    }

    /// Reads it from a word.
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits & !(u64::from(u32::MAX) & (!0 << PID_BITS)))
    }

    /// Returns its bits; those between the PID and the upper half are 0.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// Returns the PID.
    pub fn pid(self) -> u32 {
        (self.0 & ((1 << PID_BITS) - 1)) as u32
    }

    /// Tells whether that process still lives: it exists, is the same, and has not been killed.
    ///
    /// Both sides have to be in one PID namespace: in one container, say.
    pub fn is_alive(self) -> bool {
        let Some(pid) = i32::try_from(self.pid()).ok().and_then(Pid::from_raw) else {
            return false;
        };
        let same = |started| started == self.0 >> 32 || self.0 >> 32 == 0;
        // A process that is out of descriptors cannot read /proc, and does not assume a death.
        runs(pid) && started(self.pid()).is_none_or(same)
    }
}

/// Tells whether a process exists and has not ended; a zombie still has its PID.
#[cfg(target_os = "linux")]
fn runs(pid: Pid) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{Errno, retry_on_intr};
    match rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) {
        // The descriptor becomes readable when the last thread of the process has ended.
        Ok(process) => {
            let ended = &mut [PollFd::new(&process, PollFlags::IN)];
            retry_on_intr(|| poll(ended, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))) != Ok(1)
        }
        Err(Errno::SRCH) => false,
        // This process is out of descriptors, say.
        Err(_) => runs_by_its_pid(pid),
    }
}

/// Tells whether a process has this PID, and is not a zombie child of this one. It needs no
/// descriptor.
#[cfg(target_os = "linux")]
fn runs_by_its_pid(pid: Pid) -> bool {
    use rustix::io::Errno;
    use rustix::process::{WaitId, WaitIdOptions, test_kill_process, waitid};
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::Pid(pid), ended), Ok(Some(_)))
        && test_kill_process(pid) != Err(Errno::SRCH)
}

#[cfg(not(target_os = "linux"))]
fn runs(pid: Pid) -> bool {
    rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

/// Returns the tick in which a process was started, its lower 32 bits, which wrap after a year;
/// `None` where the system does not say.
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // After the name, which may hold a parenthesis, come the 3rd field to the last; it is the 22nd.
    let tick: u64 = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()?;
    Some(tick & u64::from(u32::MAX))
}
