//! libc's lock for processes: a `pthread` mutex that is process-shared and, if asked, robust.
//!
//! With robust mutexes, each thread keeps a list of those that it holds, where the kernel finds it:
//! when the thread dies, the kernel marks them, and wakes one sleeper.
//!
//! # Relationship with others
//! [`RobustMutex`](super::RobustMutex) needs no such list, and guards a value of its own. libc does
//! not check the memory of a mutex: all processes that can write to it have to be trusted.
#![expect(unsafe_code, reason = "libc's functions are told what they work on by pointers")]

use std::cell::UnsafeCell;
use std::io;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Share;

/// macOS has neither robust mutexes nor a timeout: there, who asks for one gets
/// [`Unsupported`](io::ErrorKind::Unsupported).
#[cfg(not(target_os = "linux"))]
mod libc {
    pub(super) use ::libc::*;

    pub(super) const PTHREAD_MUTEX_ROBUST: c_int = 1;

    pub(super) unsafe fn pthread_mutexattr_setrobust(
        _: *mut pthread_mutexattr_t,
        _: c_int,
    ) -> c_int {
        ENOSYS
    }
    pub(super) unsafe fn pthread_mutex_timedlock(
        _: *mut pthread_mutex_t,
        _: *const timespec,
    ) -> c_int {
        ENOSYS
    }
    pub(super) unsafe fn pthread_mutex_consistent(_: *mut pthread_mutex_t) -> c_int {
        ENOSYS
    }
}

/// A pthread mutex between all processes that have it in their memory.
///
/// ```
/// use process_sharing::shared_memory::{PthreadMutex, Shared};
///
/// let mutex = Shared::<PthreadMutex>::new()?;
/// mutex.make(true)?;
/// let owner_died = mutex.with(None, |owner_died| owner_died)?;
/// assert!(!owner_died);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct PthreadMutex {
    /// 0 not made, 1 being made, 2 made.
    state: AtomicU32,
    /// 1 if a critical section has panicked, and none has ended well since. Relaxed: the mutex orders
    /// it.
    broken: AtomicU32,
    mutex: UnsafeCell<MaybeUninit<libc::pthread_mutex_t>>,
}

// SAFETY: the mutex is initialised once, before `state` is 2, and only libc reaches it after that;
// POSIX lets several threads call its functions at once. The other fields are atomics.
unsafe impl Sync for PthreadMutex {}

// SAFETY: 0 is a mutex that is not made, which `with` refuses. Made with PTHREAD_PROCESS_SHARED, POSIX
// lets the threads of all processes that have its memory use it. glibc's robust list holds addresses,
// but the kernel and each process follow only those of their own threads. It needs no drop.
unsafe impl Share for PthreadMutex {}

impl PthreadMutex {
    /// Makes it, robust or not. The process that made the memory calls it, before others have it.
    ///
    /// # Errors
    /// It was made before, or the system has no such mutex.
    pub fn make(&self, robust: bool) -> io::Result<()> {
        // Relaxed: the Release below publishes it.
        if self.state.compare_exchange(0, 1, Relaxed, Relaxed).is_err() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut attributes = MaybeUninit::uninit();
        // SAFETY: `init` initialises the attributes, which the other calls need; they live on this
        // stack. The mutex is writable memory that is not a mutex yet: the exchange above lets one
        // caller come here, once.
        unsafe {
            succeeded(libc::pthread_mutexattr_init(attributes.as_mut_ptr()))?;
            let attributes = attributes.as_mut_ptr();
            succeeded(libc::pthread_mutexattr_setpshared(
                attributes,
                libc::PTHREAD_PROCESS_SHARED,
            ))?;
            if robust {
                succeeded(libc::pthread_mutexattr_setrobust(
                    attributes,
                    libc::PTHREAD_MUTEX_ROBUST,
                ))?;
            }
            succeeded(libc::pthread_mutex_init((*self.mutex.get()).as_mut_ptr(), attributes))?;
            succeeded(libc::pthread_mutexattr_destroy(attributes))?;
        }
        self.state.store(2, Release);
        Ok(())
    }

    /// Runs a critical section, which is told whether an owner has died in one, or panicked. When it
    /// returns, what the lock guards counts as consistent.
    ///
    /// # Errors
    /// The timeout was over first: [`TimedOut`](io::ErrorKind::TimedOut).
    ///
    /// # Panics
    /// If it was not made, or if the critical section panics: then the lock is released all the
    /// same, and the next owner is told.
    ///
    /// # Blocking
    /// While another thread or process holds it, but not longer than the timeout; one that is beyond
    /// the clock's range is none. If the lock is not robust, a dead owner holds it for ever. It is
    /// not reentrant: a thread that acquires it twice waits for itself.
    pub fn with<R>(
        &self,
        timeout: Option<Duration>,
        critical: impl FnOnce(bool) -> R,
    ) -> io::Result<R> {
        // Acquire, for the Release in `make`.
        assert_eq!(self.state.load(Acquire), 2, "a pthread mutex has to be made first");
        let mutex = self.mutex.get().cast();
        let result = match timeout.and_then(until) {
            // SAFETY: the mutex is initialised, as the assertion has seen, and is never destroyed;
            // the time outlives the call.
            Some(until) => unsafe { libc::pthread_mutex_timedlock(mutex, &raw const until) },
            // SAFETY: as above, without a time.
            None => unsafe { libc::pthread_mutex_lock(mutex) },
        };
        let died = result == libc::EOWNERDEAD;
        if !died {
            succeeded(result)?;
        }
        let told = died || self.broken.load(Relaxed) != 0;
        // A robust lock that is held must not be unmapped, for it is in its thread's list: a panic
        // releases it as well.
        let value = catch_unwind(AssertUnwindSafe(|| critical(told)));
        if told || value.is_err() {
            self.broken.store(value.is_err().into(), Relaxed);
        }
        if died {
            // SAFETY: the mutex is initialised, and this thread has acquired it with EOWNERDEAD.
            succeeded(unsafe { libc::pthread_mutex_consistent(mutex) })?;
        }
        // SAFETY: a mutex is unlocked by the thread that holds it: this one has acquired it above.
        succeeded(unsafe { libc::pthread_mutex_unlock(mutex) })?;
        value.or_else(|panic| resume_unwind(panic))
    }
}

/// Returns the end of a timeout that begins now, by the clock of `pthread_mutex_timedlock`; `None` if
/// that clock has no such time.
fn until(timeout: Duration) -> Option<libc::timespec> {
    let until =
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().checked_add(timeout)?;
    let seconds = libc::time_t::try_from(until.as_secs()).ok()?;
    Some(libc::timespec { tv_sec: seconds, tv_nsec: until.subsec_nanos().into() })
}

fn succeeded(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(result)) }
}
