//! Memory that several processes map: what one writes there, the others read.
//!
//! It has no name in the system that could be left behind, only a descriptor (Linux: a memfd;
//! elsewhere: a `shm_open` whose name is unlinked at once). A child inherits the descriptor. When
//! the last process that has it is gone, killed or not, the memory is gone as well.
#![expect(unsafe_code, reason = "what the kernel maps is a raw pointer")]

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::str::FromStr;
#[cfg(not(target_os = "linux"))]
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use rustix::fs::{fstat, ftruncate};
use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

/// The length of a page in bytes.
pub const PAGE: usize = 4096;

/// How a process maps memory that another one has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapMode {
    /// As its maker does (`MAP_SHARED`): each sees what the other writes.
    Shared,
    /// Copy-on-write (`MAP_PRIVATE`): the first write to a page copies it, and no other process sees
    /// the copy.
    Private,
}

impl MapMode {
    /// Returns the word that names it in a child's arguments.
    pub fn word(self) -> &'static str {
        if self == Self::Shared { "shared" } else { "private" }
    }
}

impl FromStr for MapMode {
    type Err = ErrorKind;

    fn from_str(word: &str) -> Result<Self, ErrorKind> {
        let mut all = [Self::Shared, Self::Private].into_iter();
        all.find(|mode| mode.word() == word).ok_or(ErrorKind::InvalidInput)
    }
}

/// Shared memory, mapped into this process until it is dropped.
#[derive(Debug)]
pub struct Mapping {
    memory: OwnedFd,
    address: NonNull<u8>,
    /// The number of bytes that are mapped, those of a mirror too.
    bytes: usize,
}

// SAFETY: a mapping belongs to the process, not to a thread: any thread may use the address, and any
// may unmap it. The handle itself hands out a raw pointer, and no reference.
unsafe impl Send for Mapping {}
// SAFETY: no method changes the handle by `&self`; what is done through the pointer is for the
// `unsafe` code that does it to justify.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Makes memory of `bytes` bytes, all of them 0.
    ///
    /// # Errors
    /// The system is out of memory, or the process out of descriptors.
    pub fn new(bytes: usize) -> io::Result<Self> {
        Self::map(anonymous(bytes)?, bytes, MapFlags::SHARED)
    }

    /// Maps memory that was made before, by this process or another.
    ///
    /// # Errors
    /// The descriptor is not one of memory, or of memory without any bytes, or (Linux) of memory
    /// that is not sealed against being made smaller: a file on a disk, for one.
    pub fn open(memory: OwnedFd, mode: MapMode) -> io::Result<Self> {
        // First of all: without the seal, another process could change the size just now.
        #[cfg(target_os = "linux")]
        keeps_its_size(&memory)?;
        Self::of_a_file(memory, mode)
    }

    /// Maps a file, or memory that has a name. Other processes can make either smaller, and a process
    /// that reads beyond its end is killed by SIGBUS: they have to be trusted.
    pub(crate) fn of_a_file(memory: OwnedFd, mode: MapMode) -> io::Result<Self> {
        let bytes = size(&memory)?;
        let shared = mode == MapMode::Shared;
        Self::map(memory, bytes, if shared { MapFlags::SHARED } else { MapFlags::PRIVATE })
    }

    /// Maps memory, and behind it once more all of it but its first `kept` bytes. So a message that
    /// reaches beyond the memory's end goes on at its beginning, and is in one piece here.
    ///
    /// # Errors
    /// As [`open`](Self::open); or `kept`, or the memory's size, is not a multiple of [`PAGE`].
    pub fn open_mirrored(memory: OwnedFd, kept: usize) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        keeps_its_size(&memory)?;
        let bytes = size(&memory)?;
        if bytes <= kept || !kept.is_multiple_of(PAGE) || !bytes.is_multiple_of(PAGE) {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "memory of another size was expected",
            ));
        }
        let all = 2 * bytes - kept;
        // SAFETY: without MAP_FIXED and with a null address, the kernel chooses a range that nothing
        // else uses. It can be neither read nor written yet.
        let whole = unsafe {
            mmap_anonymous(std::ptr::null_mut(), all, ProtFlags::empty(), MapFlags::PRIVATE)
        }?;
        let address = NonNull::new(whole.cast()).ok_or(ErrorKind::OutOfMemory)?;
        let mapping = Self { memory, address, bytes: all };
        let (access, flags) =
            (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED | MapFlags::FIXED);
        // SAFETY: MAP_FIXED replaces what is mapped in its range. The first range has `bytes` bytes,
        // the second `bytes - kept` behind it: both lie within the range above, which has just been
        // reserved, and to which no other pointer exists.
        unsafe {
            mmap(whole, bytes, access, flags, &mapping.memory, 0)?;
            mmap(whole.byte_add(bytes), bytes - kept, access, flags, &mapping.memory, kept as u64)?;
        }
        Ok(mapping)
    }

    fn map(memory: OwnedFd, bytes: usize, flags: MapFlags) -> io::Result<Self> {
        // SAFETY: without MAP_FIXED and with a null address, the kernel chooses a range that nothing
        // else uses.
        let address = unsafe {
            mmap(std::ptr::null_mut(), bytes, ProtFlags::READ | ProtFlags::WRITE, flags, &memory, 0)
        }?;
        Ok(Self {
            memory,
            address: NonNull::new(address.cast()).ok_or(ErrorKind::OutOfMemory)?,
            bytes,
        })
    }

    /// Returns its address in this process, a page's boundary; in another process it is elsewhere.
    pub fn address(&self) -> NonNull<u8> {
        self.address
    }

    /// Returns the number of bytes that are mapped, those of a mirror too.
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
        // SAFETY: the range was mapped by this handle, as a whole, and is unmapped once. References
        // into it borrow the handle, so none is left. The call fails only for an invalid range.
        let _ = unsafe { munmap(self.address.as_ptr().cast(), self.bytes) };
    }
}

/// Makes memory without a name. It is sealed, so no process can make it smaller: a process that
/// reads beyond a file's end is killed by SIGBUS.
#[cfg(target_os = "linux")]
pub(crate) fn anonymous(bytes: usize) -> io::Result<OwnedFd> {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
    let memory = memfd_create("process-sharing", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    ftruncate(&memory, bytes as u64)?;
    fcntl_add_seals(&memory, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    Ok(memory)
}

/// Makes memory, and unlinks its name at once.
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

fn size(memory: &OwnedFd) -> io::Result<usize> {
    let none = || io::Error::new(ErrorKind::InvalidData, "the descriptor has no memory behind it");
    // A pipe, a terminal or a socket has no size.
    usize::try_from(fstat(memory)?.st_size).ok().filter(|bytes| *bytes > 0).ok_or_else(none)
}

/// Checks that no process can make the memory smaller. Files on disks, pipes and sockets have no
/// seals.
#[cfg(target_os = "linux")]
fn keeps_its_size(memory: &OwnedFd) -> io::Result<()> {
    use rustix::fs::{SealFlags, fcntl_get_seals};
    let sealed = fcntl_get_seals(memory).is_ok_and(|seals| seals.contains(SealFlags::SHRINK));
    let why = "the descriptor is not one of memory that is sealed against being made smaller \
               (F_SEAL_SHRINK)";
    if sealed { Ok(()) } else { Err(io::Error::new(ErrorKind::InvalidData, why)) }
}
