//! The lock that C libraries have for processes: a `pthread` mutex that is shared by them, robust
//! if it is asked to be.
//!
//! Robust, each thread keeps a list of the mutexes it holds, where the kernel finds it: when the
//! thread dies, the kernel marks them, and wakes one of those who sleep.
//!
//! # Relationship with others
//! [`RobustMutex`](crate::robust_mutex::RobustMutex) needs no such list, and guards a value of its
//! own. What is said of a pthread mutex here is libc's word: the other processes have to be trusted
//! with it, for what they write to its memory is not checked.
#![expect(unsafe_code, reason = "libc's functions are told what they work on by pointers")]

use std::cell::UnsafeCell;
use std::io;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU32, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::memory::Share;

/// Lets one in at a time, of all processes that have it in their memory.
#[derive(Debug)]
#[repr(C)]
pub struct PthreadMutex {
    /// 0 not made, 1 being made, 2 made.
    state: AtomicU32,
    /// 1 if what runs with the lock has panicked, and no later owner has come to its end. Relaxed:
    /// the mutex orders it.
    broken: AtomicU32,
    mutex: UnsafeCell<MaybeUninit<libc::pthread_mutex_t>>,
}

// SAFETY: it is made once, and then reached by libc alone, which may be told of it by several at
// once.
unsafe impl Sync for PthreadMutex {}

// SAFETY: 0 is one that is not made. Made for processes, it is theirs: so says POSIX. glibc's
// robust list has addresses in it, but the kernel and each process follow only their own. It is
// dropped nowhere.
unsafe impl Share for PthreadMutex {}

impl PthreadMutex {
    /// Makes it, robust or not. For the process that made the memory, before others have it.
    ///
    /// # Errors
    /// It was made before, or the system has no such mutex.
    pub fn make(&self, robust: bool) -> io::Result<()> {
        // Relaxed: the Release below makes it known.
        if self.state.compare_exchange(0, 1, Relaxed, Relaxed).is_err() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut attributes = MaybeUninit::uninit();
        // SAFETY: each is handed the attributes that the first has made, and a mutex that is made
        // here for the first time, and only here.
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

    /// Runs `inside` with the lock, and says that all is whole again afterwards. It is told whether
    /// a holder died inside, or panicked.
    ///
    /// # Errors
    /// The limit was over first: [`TimedOut`](io::ErrorKind::TimedOut).
    ///
    /// # Panics
    /// If it was not made, or if `inside` panics: then the lock is released all the same, and the
    /// next owner is told.
    ///
    /// # Blocking
    /// As long as others have it, but not longer than the limit; one that is beyond what the clock
    /// can say is none. If the lock is not robust, the dead have it for ever. It knows no threads:
    /// one that asks for it twice waits for itself.
    pub fn with<R>(
        &self,
        limit: Option<Duration>,
        inside: impl FnOnce(bool) -> R,
    ) -> io::Result<R> {
        // Acquire, for the Release in `make`.
        assert_eq!(self.state.load(Acquire), 2, "a pthread mutex has to be made first");
        let mutex = self.mutex.get().cast();
        let result = match limit.and_then(until) {
            // SAFETY: it was made, and is never unmade.
            Some(until) => unsafe { libc::pthread_mutex_timedlock(mutex, &raw const until) },
            // SAFETY: as above.
            None => unsafe { libc::pthread_mutex_lock(mutex) },
        };
        let died = result == libc::EOWNERDEAD;
        if !died {
            succeeded(result)?;
        }
        let told = died || self.broken.load(Relaxed) != 0;
        let held = Held { mutex: self, died, told };
        let value = inside(told);
        held.release_whole()?;
        Ok(value)
    }
}

/// Has the lock. Dropped, which a panic does, it releases it: a robust lock that is held must not
/// be unmapped, for it is in a list of its thread's.
struct Held<'a> {
    mutex: &'a PthreadMutex,
    died: bool,
    told: bool,
}

impl Held<'_> {
    fn release_whole(self) -> io::Result<()> {
        if self.told {
            self.mutex.broken.store(0, Relaxed);
        }
        let released = self.release();
        std::mem::forget(self);
        released
    }

    fn release(&self) -> io::Result<()> {
        let mutex = self.mutex.mutex.get().cast();
        if self.died {
            // SAFETY: this thread has taken it, and was told of a death.
            succeeded(unsafe { libc::pthread_mutex_consistent(mutex) })?;
        }
        // SAFETY: this thread has taken it: `with` makes a `Held` only then, and keeps it on its
        // thread. It is released once, for either this is the drop, or there will be none.
        succeeded(unsafe { libc::pthread_mutex_unlock(mutex) })
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.mutex.broken.store(1, Relaxed);
        // It fails only for a lock that this thread has not got.
        let _ = self.release();
    }
}

/// Returns when a limit that begins now is over, by the clock that `pthread_mutex_timedlock` goes
/// by; `None` if that clock has no such time.
fn until(limit: Duration) -> Option<libc::timespec> {
    let until =
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().checked_add(limit)?;
    let seconds = libc::time_t::try_from(until.as_secs()).ok()?;
    Some(libc::timespec { tv_sec: seconds, tv_nsec: until.subsec_nanos().into() })
}

fn succeeded(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(result)) }
}
