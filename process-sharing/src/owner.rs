//! Which process it is that holds something, and whether it still lives.
//!
//! A process number alone would not do: when a process is gone, its number is given to another, and
//! a lock would wait for a stranger. When it was started makes the difference, which the kernel
//! counts in ticks of 10 ms.
#![expect(unsafe_code, reason = "libc is told whom to call in a forked child")]

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rustix::process::Pid;

/// How many bits a process number has: Linux gives out none above.
pub(super) const PID_BITS: u32 = 22;

/// Names a process by its number and, in the upper half, by the tick in which it was started. 0 is
/// nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner(u64);

/// This process. A child that is forked begins with its parent's: so it is forgotten there.
static ME: AtomicU64 = AtomicU64::new(0);

impl Owner {
    /// Names this process.
    #[inline]
    pub fn me() -> Self {
        // Relaxed: there is nothing behind the number.
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
        // SAFETY: in a forked child, `forget` does no more than one store. Where libc has no memory
        // to keep it, a forked child would go by its parent's name; nothing here forks then.
        TOLD.call_once(|| _ = unsafe { libc::pthread_atfork(None, None, Some(forget)) });
        let me = Self::of(std::process::id());
        ME.store(me.0, Relaxed);
        me
    }

    /// Names a process that lives, or is dead but not yet reaped.
    pub fn of(pid: u32) -> Self {
        debug_assert!(pid >> PID_BITS == 0);
        Self(u64::from(pid) | started(pid).unwrap_or(0) << 32)
    }

    /// Names one that had the same number a tick before.
    pub fn earlier(self) -> Self {
        Self(self.0.wrapping_sub(1 << 32))
    }

    /// Takes a name out of a word.
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits & !(u64::from(u32::MAX) & (!0 << PID_BITS)))
    }

    /// Puts the name into a word: the bits between the number and the upper half are 0.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// Returns the process number.
    pub fn pid(self) -> u32 {
        (self.0 & ((1 << PID_BITS) - 1)) as u32
    }

    /// Tells whether that process can still do anything: it exists, is the same, and has not been
    /// killed.
    ///
    /// Both sides have to see the same process numbers: be in one container, say.
    pub fn is_alive(self) -> bool {
        let Some(pid) = i32::try_from(self.pid()).ok().and_then(Pid::from_raw) else {
            return false;
        };
        let same = |started| started == self.0 >> 32 || self.0 >> 32 == 0;
        // It may well be that nothing can be read, for want of a descriptor. Then nothing is
        // assumed.
        runs(pid) && started(self.pid()).is_none_or(same)
    }
}

/// Tells whether a process exists and has not ended; one that has, and is not reaped, still has its
/// number.
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
        // For want of a descriptor, say.
        Err(_) => runs_as_far_as_its_number_says(pid),
    }
}

/// Tells whether a process has this number, and is not a child of this one that has ended: that
/// much needs no descriptor. Of a process of which no more can be found out, no more is assumed.
#[cfg(target_os = "linux")]
fn runs_as_far_as_its_number_says(pid: Pid) -> bool {
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

/// Returns the tick in which a process was started, its lower 32 bits: they come round after a
/// year. `None` where the system does not say.
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the name, which may hold anything, a parenthesis too: the 3rd field to the last; it is
    // the 22nd.
    let tick: u64 = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()?;
    Some(tick & u64::from(u32::MAX))
}
