//! Memory that processes share: the status word of a worker, and the pool's lock and counter.
#![expect(
    unsafe_code,
    reason = "shared memory is reached by a pointer, and libc's lock by another"
)]

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::{fmt, io};

use rustix::fs::{fstat, ftruncate};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use super::status_word;

/// A mapping of shared memory, with a value at its start.
pub(crate) struct Mapping<T>(NonNull<T>);

// SAFETY: the mapping gives out shared references to a `T` and nothing else, as an `Arc<T>` does,
// so `T: Sync` is enough; it does not depend on the thread that made it.
unsafe impl<T: Sync> Send for Mapping<T> {}
// SAFETY: all that a shared `Mapping` gives out is `&T`, which may be shared, for `T: Sync`.
unsafe impl<T: Sync> Sync for Mapping<T> {}

impl<T> Mapping<T> {
    /// # Safety
    /// All zeros are a valid `T`; all that is written in it is atomic or in an `UnsafeCell`; every
    /// process that maps the memory maps it as a `T`; and no process makes the memory smaller.
    unsafe fn new(memory: &OwnedFd) -> io::Result<Self> {
        if fstat(memory)?.st_size < size_of::<T>() as i64 {
            return Err(io::Error::other("the shared memory is too small"));
        }
        let (both, shared) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        // SAFETY: the address is null, so the system chooses one where nothing is mapped; the
        // length is not 0, and the memory is at least as long, as was just checked.
        let start = unsafe { mmap(ptr::null_mut(), size_of::<T>(), both, shared, memory, 0) }?;
        Ok(Self(NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?))
    }
}

impl<T> Deref for Mapping<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the pointer is not null, is page-aligned and so aligned for a `T`, and stays
        // mapped while `self` lives. The bytes are a valid `T`, as `new` requires, and no code
        // makes a mutable reference to it: writes go through atomics or cells.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Drop for Mapping<T> {
    fn drop(&mut self) {
        // SAFETY: `new` mapped this address with this length, and it is unmapped here alone; every
        // reference to it borrows `self`, so none is left.
        let _ = unsafe { munmap(self.0.as_ptr().cast(), size_of::<T>()) };
    }
}

/// Returns memory for a `T`, of zeros, that has no name and keeps its size.
#[cfg(target_os = "linux")]
fn memory<T>() -> io::Result<OwnedFd> {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
    let memory = memfd_create("process-pool", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    ftruncate(&memory, size_of::<T>() as u64)?;
    // Each worker has the descriptor: without the seals, one that shrinks the memory would end the
    // others with SIGBUS.
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

/// The status word of a worker, in memory that it shares with its pool.
pub(crate) type StatusWord = status_word::StatusWord<Mapping<AtomicU64>>;

impl StatusWord {
    /// Returns a new status word; the descriptor is for the worker.
    pub(crate) fn new() -> io::Result<(Self, OwnedFd)> {
        let memory = memory::<AtomicU64>()?;
        Ok((Self::of(&memory)?, memory))
    }

    pub(crate) fn of(memory: &OwnedFd) -> io::Result<Self> {
        // SAFETY: a zero is a valid atomic, and all of it is atomic; both sides map it by this
        // function, as the same type; its seals keep its size, and where there are none, no code of
        // this crate changes it.
        unsafe { Mapping::new(memory) }.map(Self::at)
    }
}

#[repr(C)]
struct LockAndCounter {
    counter: AtomicU64,
    mutex: UnsafeCell<MaybeUninit<libc::pthread_mutex_t>>,
}

// SAFETY: the counter is atomic. The mutex is initialized before a second thread or process can
// reach it, and from then on it is touched by pthread functions alone, which are made to be called
// from several threads.
unsafe impl Sync for LockAndCounter {}

/// What all workers of a pool share.
pub(crate) struct Shared {
    /// Unmapped at the end, unless the lock in it is held for ever.
    parts: ManuallyDrop<Mapping<LockAndCounter>>,
    /// The descriptor, for workers to come.
    memory: OwnedFd,
    /// The number of this process's guards that were not dropped.
    held: AtomicUsize,
}

impl Shared {
    pub(crate) fn new() -> io::Result<Self> {
        let shared = Self::of(memory::<LockAndCounter>()?)?;
        let mutex = shared.parts.mutex.get().cast();
        let mut attributes = MaybeUninit::uninit();
        // SAFETY: the attributes are initialized by the first call before any other uses them, and
        // destroyed by the last; both pointers are valid during all calls. The mutex is initialized
        // once, here, where no other thread or process has it.
        unsafe {
            succeeded(libc::pthread_mutexattr_init(attributes.as_mut_ptr()))?;
            let attributes = attributes.as_mut_ptr();
            succeeded(libc::pthread_mutexattr_setpshared(
                attributes,
                libc::PTHREAD_PROCESS_SHARED,
            ))?;
            // A thread that has the lock and asks for it again gets an error, and does not
            // deadlock.
            succeeded(libc::pthread_mutexattr_settype(attributes, libc::PTHREAD_MUTEX_ERRORCHECK))?;
            // Other systems have no robust mutex: there, the lock of a dead owner is lost.
            #[cfg(target_os = "linux")]
            succeeded(libc::pthread_mutexattr_setrobust(attributes, libc::PTHREAD_MUTEX_ROBUST))?;
            succeeded(libc::pthread_mutex_init(mutex, attributes))?;
            succeeded(libc::pthread_mutexattr_destroy(attributes))?;
        }
        Ok(shared)
    }

    pub(crate) fn of(memory: OwnedFd) -> io::Result<Self> {
        // SAFETY: zeros are a valid counter and a mutex that is not initialized yet; both are
        // atomic or in a cell; all processes map it by this function, as the same type; its size is
        // sealed, or changed by no code of this crate.
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
        // SAFETY: the pointer is valid while `self` lives, and `new` initialized the mutex before
        // this memory was handed to another thread or process; it is never destroyed.
        let result = unsafe { libc::pthread_mutex_lock(mutex) };
        #[cfg(target_os = "linux")]
        let owner_died = result == libc::EOWNERDEAD;
        #[cfg(not(target_os = "linux"))]
        let owner_died = false;
        if owner_died {
            #[cfg(target_os = "linux")]
            // SAFETY: EOWNERDEAD means that this thread owns the mutex, in the inconsistent state
            // that the call is for.
            unsafe {
                libc::pthread_mutex_consistent(mutex);
            }
        } else {
            succeeded(result).expect("a lock that this thread does not hold can be acquired");
        }
        // Relaxed: it is read by `drop`, which has exclusive access.
        self.held.fetch_add(1, Relaxed);
        Guard { shared: self, owner_died, on_this_thread: PhantomData }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // A guard may have been forgotten. The C library keeps a list of the robust locks that a
        // thread holds, in the locks themselves: it follows the list when the thread acquires the
        // next one, and the kernel does when the thread ends. Then this memory has to stay.
        if *self.held.get_mut() == 0 {
            // SAFETY: `drop` runs once, and the field is not used after it. No guard borrows it,
            // and none was forgotten, so no thread has this mutex in its list.
            unsafe { ManuallyDrop::drop(&mut self.parts) };
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// A guard of the lock of a pool. Dropping it releases the lock; one that is forgotten holds the
/// lock until its thread ends.
pub struct Guard<'a> {
    shared: &'a Shared,
    owner_died: bool,
    /// A guard stays on the thread that owns the lock.
    on_this_thread: PhantomData<*mut ()>,
}

impl Guard<'_> {
    /// Returns whether the owner before died with the lock: what it guards may be half done.
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
        // SAFETY: a guard is made by the thread that acquired the mutex, is not `Send`, and is
        // dropped once, so this thread owns the mutex; the guard borrows its memory.
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
