//! Memory that processes share: the page on which a worker notes what it is at, and the pool's lock and counter.
#![expect(unsafe_code, reason = "shared memory is reached by a pointer, and libc's lock by another")]

use std::cell::UnsafeCell;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering::AcqRel, Ordering::Acquire, Ordering::Release};

use ipc_channel::ipc::IpcSharedMemory;

/// A value at the start of shared memory.
struct Mapped<T> {
    /// Keeps the memory mapped.
    memory: IpcSharedMemory,
    value: NonNull<T>,
}

// SAFETY: it is a reference to a `T`, in this process as in the others.
unsafe impl<T: Sync> Send for Mapped<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Mapped<T> {}

impl<T> Mapped<T> {
    /// # Safety
    /// All zeros are a `T`, everything in it that is written is atomic or in a cell, and whoever else has the memory says it is a `T` too.
    unsafe fn new(mut memory: IpcSharedMemory) -> io::Result<Self> {
        if memory.len() < size_of::<T>() {
            return Err(io::Error::other("the shared memory is too small"));
        }
        // SAFETY: the reference is gone at once, and nothing was read or written by it.
        let start = unsafe { memory.deref_mut() }.as_mut_ptr();
        let value = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { memory, value })
    }

    fn zeroed() -> IpcSharedMemory {
        IpcSharedMemory::from_byte(0, size_of::<T>())
    }
}

impl<T> Deref for Mapped<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: it is mapped, page-aligned, and a `T`, as `new` was promised. Nobody has it mutably.
        unsafe { self.value.as_ref() }
    }
}

/// Tells what a worker is at, to those who survive it.
///
/// One word: the number of a task, and in its two lowest bits whether it runs, has finished, or is doomed. The worker goes from running
/// to finished, the pool from running to doomed, each by a compare-exchange from running: so one of them wins, and both know who. A
/// worker that finds its task doomed waits for its end, and never hands over what came of it.
pub(crate) struct Page(Mapped<AtomicU64>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Now {
    /// Before the first task.
    Nothing,
    Runs(u64),
    Finished(u64),
    Doomed(u64),
}

const RUNS: u64 = 1;
const FINISHED: u64 = 2;
const DOOMED: u64 = 3;

impl Page {
    pub(crate) fn new() -> io::Result<Self> {
        Self::of(Mapped::<AtomicU64>::zeroed())
    }

    pub(crate) fn of(memory: IpcSharedMemory) -> io::Result<Self> {
        // SAFETY: a zero is an atomic, and both sides make it by this function.
        unsafe { Mapped::new(memory) }.map(Self)
    }

    pub(crate) fn memory(&self) -> IpcSharedMemory {
        self.0.memory.clone()
    }

    pub(crate) fn now(&self) -> Now {
        // Acquire: the partner is the worker's Release, or the kernel that ended it.
        match self.0.load(Acquire) {
            0 => Now::Nothing,
            word => match word & 3 {
                RUNS => Now::Runs(word >> 2),
                FINISHED => Now::Finished(word >> 2),
                _ => Now::Doomed(word >> 2),
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
struct Parts {
    counter: AtomicU64,
    mutex: UnsafeCell<MaybeUninit<libc::pthread_mutex_t>>,
}

// SAFETY: the mutex is made before anybody else has it, and then reached by libc alone, which may be told of it by several at once.
unsafe impl Sync for Parts {}

/// What all workers of a pool share.
pub(crate) struct Shared(Mapped<Parts>);

impl Shared {
    pub(crate) fn new() -> io::Result<Self> {
        let shared = Self::of(Mapped::<Parts>::zeroed())?;
        let mutex = shared.0.mutex.get().cast();
        let mut attributes = MaybeUninit::uninit();
        // SAFETY: the attributes are made by the first call and unmade by the last; the mutex is made once, here, where nobody else has it.
        unsafe {
            succeeded(libc::pthread_mutexattr_init(attributes.as_mut_ptr()))?;
            let attributes = attributes.as_mut_ptr();
            succeeded(libc::pthread_mutexattr_setpshared(attributes, libc::PTHREAD_PROCESS_SHARED))?;
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

    pub(crate) fn of(memory: IpcSharedMemory) -> io::Result<Self> {
        // SAFETY: zeros are a counter and a mutex yet to be made; both sides make it by this function.
        unsafe { Mapped::new(memory) }.map(Self)
    }

    pub(crate) fn memory(&self) -> IpcSharedMemory {
        self.0.memory.clone()
    }

    pub(crate) fn counter(&self) -> &AtomicU64 {
        &self.0.counter
    }

    pub(crate) fn lock(&self) -> Guard<'_> {
        let mutex = self.0.mutex.get().cast();
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
            succeeded(result).expect("a lock that is made and not held by this thread can be waited for");
        }
        Guard { mutex, owner_died, borrowed: PhantomData }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("counter", self.counter()).finish_non_exhaustive()
    }
}

/// Has the lock of a pool. Dropping it gives the lock back.
#[derive(Debug)]
pub struct Guard<'a> {
    /// A pointer, which also keeps the guard on the thread that has the lock.
    mutex: *mut libc::pthread_mutex_t,
    owner_died: bool,
    borrowed: PhantomData<&'a Shared>,
}

impl Guard<'_> {
    /// Says whether the one before died with the lock: what it guards may be half done.
    pub fn owner_died(&self) -> bool {
        self.owner_died
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // SAFETY: this thread has it, and gives it back once; the memory is borrowed until then.
        unsafe { libc::pthread_mutex_unlock(self.mutex) };
    }
}

fn succeeded(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(result)) }
}
