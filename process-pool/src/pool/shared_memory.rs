//! Memory that processes share: the page on which a worker notes what it is at, and the pool's lock
//! and counter.
#![expect(
    unsafe_code,
    reason = "shared memory is reached by a pointer, and libc's lock by another"
)]

use std::cell::UnsafeCell;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::ptr::{self, NonNull};
use std::sync::atomic::{
    AtomicU64, AtomicUsize, Ordering::AcqRel, Ordering::Acquire, Ordering::Relaxed,
    Ordering::Release,
};

use rustix::fs::{fstat, ftruncate};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

/// A value at the start of shared memory, for as long as this lives.
struct Mapping<T>(NonNull<T>);

// SAFETY: it is a reference to a `T`, in this process as in the others.
unsafe impl<T: Sync> Send for Mapping<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Mapping<T> {}

impl<T> Mapping<T> {
    /// # Safety
    /// All zeros are a `T`, everything in it that is written is atomic or in a cell, whoever else
    /// has the memory says it is a `T` too, and nobody makes it smaller.
    unsafe fn new(memory: &OwnedFd) -> io::Result<Self> {
        if fstat(memory)?.st_size < size_of::<T>() as i64 {
            return Err(io::Error::other("the shared memory is too small"));
        }
        let (both, shared) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        // SAFETY: the system chooses the address, so nothing that is mapped already is touched; the
        // memory is as long as that.
        let start = unsafe { mmap(ptr::null_mut(), size_of::<T>(), both, shared, memory, 0) }?;
        Ok(Self(NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?))
    }
}

impl<T> Deref for Mapping<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: it is mapped, page-aligned, and a `T`, as `new` was promised. Nobody has it
        // mutably.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Drop for Mapping<T> {
    fn drop(&mut self) {
        // SAFETY: it was mapped in `new`, is unmapped once, and whoever borrowed it has borrowed
        // this value.
        let _ = unsafe { munmap(self.0.as_ptr().cast(), size_of::<T>()) };
    }
}

/// Makes memory for a `T`, of zeros, that has no name and keeps its size.
#[cfg(target_os = "linux")]
fn memory<T>() -> io::Result<OwnedFd> {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
    let memory = memfd_create("process-pool", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    ftruncate(&memory, size_of::<T>() as u64)?;
    // Each worker has the descriptor: none of them can have the others' next look end in a SIGBUS.
    fcntl_add_seals(&memory, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    Ok(memory)
}

#[cfg(not(target_os = "linux"))]
fn memory<T>() -> io::Result<OwnedFd> {
    use rustix::fs::Mode;
    use rustix::shm::{OFlags, open, unlink};
    static MADE: AtomicU64 = AtomicU64::new(0);
    let name = format!("/pool.{}.{}", std::process::id(), MADE.fetch_add(1, Relaxed));
    let memory =
        open(&name, OFlags::CREATE | OFlags::EXCL | OFlags::RDWR, Mode::RUSR | Mode::WUSR)?;
    unlink(&name)?;
    ftruncate(&memory, size_of::<T>() as u64)?;
    Ok(memory)
}

/// Tells what a worker is at, to those who survive it.
///
/// One word: the number of a task, and in its two lowest bits whether it runs, has finished, or is
/// doomed. The worker goes from running to finished, the pool from running to doomed, each by a
/// compare-exchange from running: so one of them wins, and both know who. A worker that finds its
/// task doomed waits for its end, and never hands over what came of it.
pub(crate) struct StatusWord(Mapping<AtomicU64>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskStatus {
    /// Before the first task.
    Nothing,
    Runs(u64),
    Finished(u64),
    Doomed(u64),
}

const RUNS: u64 = 1;
const FINISHED: u64 = 2;
const DOOMED: u64 = 3;

impl StatusWord {
    /// Makes a page; the descriptor is for the worker.
    pub(crate) fn new() -> io::Result<(Self, OwnedFd)> {
        let memory = memory::<AtomicU64>()?;
        Ok((Self::of(&memory)?, memory))
    }

    pub(crate) fn of(memory: &OwnedFd) -> io::Result<Self> {
        // SAFETY: a zero is an atomic, both sides make it by this function, of memory that `memory`
        // has made.
        unsafe { Mapping::new(memory) }.map(Self)
    }

    pub(crate) fn now(&self) -> TaskStatus {
        // Acquire: the partner is the worker's Release, or the kernel that ended it.
        match self.0.load(Acquire) {
            0 => TaskStatus::Nothing,
            word => match word & 3 {
                RUNS => TaskStatus::Runs(word >> 2),
                FINISHED => TaskStatus::Finished(word >> 2),
                _ => TaskStatus::Doomed(word >> 2),
            },
        }
    }

    pub(crate) fn begin(&self, number: u64) {
        // Release, for the Acquire in `now`.
        self.0.store(number << 2 | RUNS, Release);
    }

    /// Says whether it has finished: otherwise it is doomed.
    pub(crate) fn finish(&self, number: u64) -> bool {
        self.0.compare_exchange(number << 2 | RUNS, number << 2 | FINISHED, AcqRel, Acquire).is_ok()
    }

    /// Says whether it is doomed: otherwise it has finished.
    pub(crate) fn doom(&self, number: u64) -> bool {
        self.0.compare_exchange(number << 2 | RUNS, number << 2 | DOOMED, AcqRel, Acquire).is_ok()
    }
}

#[repr(C)]
struct LockAndCounter {
    counter: AtomicU64,
    mutex: UnsafeCell<MaybeUninit<libc::pthread_mutex_t>>,
}

// SAFETY: the mutex is made before anybody else has it, and then reached by libc alone, which may
// be told of it by several at once.
unsafe impl Sync for LockAndCounter {}

/// What all workers of a pool share.
pub(crate) struct Shared {
    /// Unmapped at the end, unless a lock in it is held for ever.
    parts: ManuallyDrop<Mapping<LockAndCounter>>,
    /// For workers to come.
    memory: OwnedFd,
    /// How many guards this process has that were not dropped.
    held: AtomicUsize,
}

impl Shared {
    pub(crate) fn new() -> io::Result<Self> {
        let shared = Self::of(memory::<LockAndCounter>()?)?;
        let mutex = shared.parts.mutex.get().cast();
        let mut attributes = MaybeUninit::uninit();
        // SAFETY: the attributes are made by the first call and unmade by the last; the mutex is
        // made once, here, where nobody else has it.
        unsafe {
            succeeded(libc::pthread_mutexattr_init(attributes.as_mut_ptr()))?;
            let attributes = attributes.as_mut_ptr();
            succeeded(libc::pthread_mutexattr_setpshared(
                attributes,
                libc::PTHREAD_PROCESS_SHARED,
            ))?;
            // Who has it and asks for it again is told so, and does not wait for itself.
            succeeded(libc::pthread_mutexattr_settype(attributes, libc::PTHREAD_MUTEX_ERRORCHECK))?;
            // Not on every system: there, the lock of the dead is lost.
            #[cfg(target_os = "linux")]
            succeeded(libc::pthread_mutexattr_setrobust(attributes, libc::PTHREAD_MUTEX_ROBUST))?;
            succeeded(libc::pthread_mutex_init(mutex, attributes))?;
            succeeded(libc::pthread_mutexattr_destroy(attributes))?;
        }
        Ok(shared)
    }

    pub(crate) fn of(memory: OwnedFd) -> io::Result<Self> {
        // SAFETY: zeros are a counter and a mutex yet to be made; both sides make it by this
        // function, of memory that `memory` has made.
        let parts = unsafe { Mapping::new(&memory) }?;
        Ok(Self { parts: ManuallyDrop::new(parts), memory, held: AtomicUsize::new(0) })
    }

    pub(crate) fn memory(&self) -> &OwnedFd {
        &self.memory
    }

    pub(crate) fn counter(&self) -> &AtomicU64 {
        &self.parts.counter
    }

    pub(crate) fn lock(&self) -> Guard<'_> {
        let mutex = self.parts.mutex.get().cast();
        // SAFETY: it was made in `new` before this memory was handed to anybody.
        let result = unsafe { libc::pthread_mutex_lock(mutex) };
        #[cfg(target_os = "linux")]
        let owner_died = result == libc::EOWNERDEAD;
        #[cfg(not(target_os = "linux"))]
        let owner_died = false;
        if owner_died {
            #[cfg(target_os = "linux")]
            // SAFETY: this thread has just been given it, by a death.
            unsafe {
                libc::pthread_mutex_consistent(mutex);
            }
        } else {
            succeeded(result)
                .expect("a lock that is made and not held by this thread can be waited for");
        }
        // Relaxed: whoever drops this has been handed it by all who borrowed it.
        self.held.fetch_add(1, Relaxed);
        Guard { shared: self, owner_died, on_this_thread: PhantomData }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // A guard that was forgotten: the C library keeps a list of the robust locks that a thread
        // holds, in the locks themselves, and follows it when the thread takes the next one, and
        // the kernel when it ends. So this memory has to stay.
        if *self.held.get_mut() == 0 {
            // SAFETY: it is dropped here alone, and nobody uses it after this.
            unsafe { ManuallyDrop::drop(&mut self.parts) };
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// The lock of a pool, held. Dropping it releases the lock; one that is never dropped holds it
/// until its thread ends.
pub struct Guard<'a> {
    shared: &'a Shared,
    owner_died: bool,
    /// It stays on the thread that has the lock.
    on_this_thread: PhantomData<*mut ()>,
}

impl Guard<'_> {
    /// Says whether the one before died with the lock: what it guards may be half done.
    pub fn owner_died(&self) -> bool {
        self.owner_died
    }
}

impl fmt::Debug for Guard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("owner_died", &self.owner_died).finish_non_exhaustive()
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // SAFETY: this thread has it, and releases it once; the memory is borrowed until then.
        let released = unsafe { libc::pthread_mutex_unlock(self.shared.parts.mutex.get().cast()) };
        // A lock that could not be released is still in the thread's list.
        if released == 0 {
            self.shared.held.fetch_sub(1, Relaxed);
        }
    }
}

fn succeeded(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(result)) }
}
