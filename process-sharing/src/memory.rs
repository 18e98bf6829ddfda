//! Memory that several processes have in common: what one writes there, the others read.
//!
//! It has no name in the system that could be left behind, only a descriptor (Linux: a memfd;
//! elsewhere: a `shm_open` whose name is taken away at once). A process gets at it by inheriting
//! the descriptor ([`start`](crate::child::start) hands it over). When the last process that has it
//! is gone, killed or not, the memory is gone as well.
//!
//! | | who sees a change |
//! | --- | --- |
//! | [`Mapping::new`], [`Mapping::open`] | all that have the memory |
//! | [`Mapping::open_private`] | nobody else: a page is copied when it is first written to |
//!
//! [`Shared`] is the typed handle: one value, of a type that says by [`Share`] that it can be
//! there.
#![expect(
    unsafe_code,
    reason = "what the kernel maps is a pointer, and its type has to be vouched for"
)]

use std::any::type_name;
use std::io::{self, ErrorKind};
use std::marker::PhantomData;
use std::ops::Deref;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};

use rustix::fs::{fstat, ftruncate};
use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

/// What begins on such a boundary shares no page with what lies before it.
pub const PAGE: usize = 4096;

/// Maps shared memory into this process, until it is dropped.
#[derive(Debug)]
pub struct Mapping {
    memory: OwnedFd,
    address: NonNull<u8>,
    /// What is mapped, the mirrored part twice.
    bytes: usize,
}

// SAFETY: it is an address range that stays mapped until the drop; what is done to it is up to
// `unsafe` code elsewhere.
unsafe impl Send for Mapping {}
// SAFETY: as above; nothing of the handle changes behind a `&`.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Makes memory of so many bytes, all of them 0.
    ///
    /// # Errors
    /// The system has no memory, or no descriptor, to spare.
    pub fn new(bytes: usize) -> io::Result<Self> {
        Self::map(anonymous(bytes)?, bytes, MapFlags::SHARED)
    }

    /// Maps memory that another process has made, or this one.
    ///
    /// # Errors
    /// The descriptor is not one of memory, or of memory without any bytes, or (Linux) of memory
    /// that is not sealed against being made smaller: a file on a disk, for one.
    pub fn open(memory: OwnedFd) -> io::Result<Self> {
        let bytes = size(&memory)?;
        Self::map(memory, bytes, MapFlags::SHARED)
    }

    /// Maps it as it is now, for this process alone: what it writes, it writes to a copy of its
    /// own.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_private(memory: OwnedFd) -> io::Result<Self> {
        let bytes = size(&memory)?;
        Self::map(memory, bytes, MapFlags::PRIVATE)
    }

    /// Maps memory, and behind it once more all of it but its first `kept` bytes. So what begins
    /// before its end may go on beyond it in one piece: it is at the memory's beginning.
    ///
    /// # Errors
    /// As [`open`](Self::open); or `kept`, or the memory's size, is not a number of whole
    /// [pages](PAGE).
    pub fn open_mirrored(memory: OwnedFd, kept: usize) -> io::Result<Self> {
        let bytes = size(&memory)?;
        if bytes <= kept || !kept.is_multiple_of(PAGE) || !bytes.is_multiple_of(PAGE) {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "memory of another size was expected",
            ));
        }
        let all = 2 * bytes - kept;
        // SAFETY: the kernel chooses addresses that are free. Nothing may be read or written there
        // yet.
        let whole = unsafe {
            mmap_anonymous(std::ptr::null_mut(), all, ProtFlags::empty(), MapFlags::PRIVATE)
        }?;
        let address = NonNull::new(whole.cast()).ok_or(ErrorKind::OutOfMemory)?;
        let mapping = Self { memory, address, bytes: all };
        let (access, flags) =
            (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED | MapFlags::FIXED);
        // SAFETY: both ranges lie within the one above, which is this mapping's own, and which
        // nobody has been told of.
        unsafe {
            mmap(whole, bytes, access, flags, &mapping.memory, 0)?;
            mmap(whole.byte_add(bytes), bytes - kept, access, flags, &mapping.memory, kept as u64)?;
        }
        Ok(mapping)
    }

    fn map(memory: OwnedFd, bytes: usize, flags: MapFlags) -> io::Result<Self> {
        // SAFETY: the kernel chooses addresses that are free.
        let address = unsafe {
            mmap(std::ptr::null_mut(), bytes, ProtFlags::READ | ProtFlags::WRITE, flags, &memory, 0)
        }?;
        Ok(Self {
            memory,
            address: NonNull::new(address.cast()).ok_or(ErrorKind::OutOfMemory)?,
            bytes,
        })
    }

    /// Returns where it begins in this process, on a page's boundary; in another process it is
    /// elsewhere.
    pub fn address(&self) -> NonNull<u8> {
        self.address
    }

    /// Returns how many bytes are mapped, those of a mirror too.
    #[expect(clippy::len_without_is_empty, reason = "no mapping is empty")]
    pub fn len(&self) -> usize {
        self.bytes
    }
}

impl AsFd for Mapping {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.memory.as_fd()
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range is this mapping's own, and whoever reaches into it borrows the mapping.
        // It fails for an address that is none alone.
        let _ = unsafe { munmap(self.address.as_ptr().cast(), self.bytes) };
    }
}

/// Makes memory without a name. It is sealed, so nobody can make it smaller: a process that reads
/// beyond a file's end is killed.
#[cfg(target_os = "linux")]
pub(crate) fn anonymous(bytes: usize) -> io::Result<OwnedFd> {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
    let memory = memfd_create("process-sharing", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    ftruncate(&memory, bytes as u64)?;
    fcntl_add_seals(&memory, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    Ok(memory)
}

/// Makes memory whose name is gone before anyone knows it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn anonymous(bytes: usize) -> io::Result<OwnedFd> {
    use rustix::shm;
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("/share-{}-{}", std::process::id(), NUMBER.fetch_add(1, Relaxed));
    let how = shm::OFlags::CREATE | shm::OFlags::EXCL | shm::OFlags::RDWR;
    let memory = shm::open(&*name, how, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR)?;
    shm::unlink(&*name)?;
    ftruncate(&memory, bytes as u64)?;
    Ok(memory)
}

/// Returns the size of a memory, which it keeps.
fn size(memory: &OwnedFd) -> io::Result<usize> {
    // First of all: as long as it is not sealed, its size is no more than what it has just been.
    #[cfg(target_os = "linux")]
    keeps_its_size(memory)?;
    let none = || io::Error::new(ErrorKind::InvalidData, "the descriptor has no memory behind it");
    // A pipe, a terminal or a socket has no size.
    usize::try_from(fstat(memory)?.st_size).ok().filter(|bytes| *bytes > 0).ok_or_else(none)
}

/// Checks that no process can make a memory smaller. Files on disks, pipes and sockets know no
/// seals.
#[cfg(target_os = "linux")]
fn keeps_its_size(memory: &OwnedFd) -> io::Result<()> {
    use rustix::fs::{SealFlags, fcntl_get_seals};
    let sealed = fcntl_get_seals(memory).is_ok_and(|seals| seals.contains(SealFlags::SHRINK));
    let why = "the descriptor is not one of memory that is sealed against being made smaller (F_SEAL_SHRINK)";
    if sealed { Ok(()) } else { Err(io::Error::new(ErrorKind::InvalidData, why)) }
}

/// Says that a value of this type can be shared by processes.
///
/// # Safety
/// All of this is true of the type:
/// - It is a value when all of its bytes are 0: that is how memory begins.
/// - There is no address in it, nor anything that one process has and another does not: a
///   descriptor, a thread's number, a box.
/// - It may be reached by several at once by `&`, and they may be processes: std's `Mutex` wakes
///   none but the threads of its own.
/// - It needs no drop: there is none.
/// - It is still a value when a process was killed in the middle of anything that safe code does to
///   it.
pub unsafe trait Share: Sync + Sized + 'static {}

macro_rules! atomics {
    ($($atomic:ty),*) => {$(
        // SAFETY: 0 is a value; it is its own bytes; it is reached by single instructions of the
        // processor, which knows no processes.
        unsafe impl Share for $atomic {}
    )*};
}
atomics!(AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicI64);

// SAFETY: what is true of each is true of all in a row.
unsafe impl<T: Share, const N: usize> Share for [T; N] {}

/// Holds one value in shared memory. It is reached by `&`, as if it were in an `Arc`.
///
/// ```
/// use std::os::fd::AsFd;
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
///
/// use process_sharing::memory::Shared;
///
/// let value = Shared::<AtomicU32>::new()?;
/// // Another process would have inherited the descriptor.
/// let elsewhere = Shared::<AtomicU32>::open(value.as_fd().try_clone_to_owned()?)?;
/// elsewhere.store(7, Relaxed);
/// assert_eq!(value.load(Relaxed), 7);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// What has an address in it is refused, for it would lead nowhere in another process:
///
/// ```compile_fail,E0277
/// process_sharing::memory::Shared::<std::sync::Mutex<String>>::new();
/// ```
#[derive(Debug)]
pub struct Shared<T: Share> {
    mapping: Mapping,
    value: PhantomData<T>,
}

/// Before the value: of which type it is. The value begins on a cache line of its own.
const BEFORE: usize = 128;

impl<T: Share> Shared<T> {
    /// Makes the value, all of its bytes 0, in memory of its own.
    ///
    /// # Errors
    /// The system has no memory, or no descriptor, to spare.
    pub fn new() -> io::Result<Self> {
        let shared = Self { mapping: Mapping::new(Self::bytes())?, value: PhantomData };
        // Relaxed: a process that opens it gets the descriptor later, from this one.
        shared.kind().store(kind::<T>(), Relaxed);
        Ok(shared)
    }

    /// Finds the value in memory that another process has made.
    ///
    /// That the memory is sealed, has the right size and was made for this type is checked. What
    /// the other processes do to the value cannot be: they have to be this program, which reaches
    /// it by the type's own methods alone.
    ///
    /// # Errors
    /// The memory was not made for a value of this type, by this program, or could be made smaller
    /// by another process: [`InvalidData`](ErrorKind::InvalidData).
    pub fn open(memory: OwnedFd) -> io::Result<Self> {
        Self::checked(Mapping::open(memory)?)
    }

    /// Finds it, and keeps what this process does to it from all others.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_private(memory: OwnedFd) -> io::Result<Self> {
        Self::checked(Mapping::open_private(memory)?)
    }

    fn checked(mapping: Mapping) -> io::Result<Self> {
        let shared = Self { mapping, value: PhantomData };
        let right =
            shared.mapping.len() == Self::bytes() && shared.kind().load(Relaxed) == kind::<T>();
        let wrong = || format!("the memory holds no {}", type_name::<T>());
        if right { Ok(shared) } else { Err(io::Error::new(ErrorKind::InvalidData, wrong())) }
    }

    fn bytes() -> usize {
        const { assert!(align_of::<T>() <= BEFORE) };
        BEFORE + size_of::<T>()
    }

    fn kind(&self) -> &AtomicU64 {
        // SAFETY: every mapping has a page at the least, which begins with this number; whoever has
        // it, has it as an atomic.
        unsafe { self.mapping.address.cast().as_ref() }
    }
}

/// Returns what memory for a `T` begins with, a number that another type is unlikely to have: of
/// its name (FNV-1a) and its size.
pub(crate) fn kind<T>() -> u64 {
    let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    type_name::<T>().bytes().fold(0xcbf2_9ce4_8422_2325 ^ size_of::<T>() as u64, hash)
}

impl<T: Share> AsFd for Shared<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.mapping.as_fd()
    }
}

impl<T: Share> Deref for Shared<T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the memory is large enough, and was made for a `T` by this program, which `open`
        // has checked; the mapping begins on a page, so the value is aligned. Its bytes began as 0,
        // which is a value, and only safe code of `T` has changed them since, in whatever process:
        // so says the contract of `Share`. It stays mapped for as long as `self`.
        unsafe { self.mapping.address.byte_add(BEFORE).cast().as_ref() }
    }
}
