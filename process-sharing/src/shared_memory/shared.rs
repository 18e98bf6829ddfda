//! One typed value in shared memory.
#![expect(unsafe_code, reason = "rustc does not know which types processes may share")]

use std::any::type_name;
use std::io::{self, ErrorKind};
use std::marker::PhantomData;
use std::ops::Deref;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};

use super::memory::{MapMode, Mapping};

/// A promise that processes can share a value of this type.
///
/// # Safety
/// All of this is true of the type:
/// - It is a value when all of its bytes are 0: that is how memory begins.
/// - It holds no address, nor anything that one process has and another does not: a descriptor, a
///   thread's number, a box.
/// - Several processes may use it at once by `&`: std's `Mutex` wakes only threads of its own
///   process.
/// - It needs no drop: there is none.
/// - It is still a value when a process was killed in the middle of anything that safe code does to
///   it.
pub unsafe trait Share: Sync + Sized + 'static {}

macro_rules! atomics {
    ($($atomic:ty),*) => {$(
        // SAFETY: 0 is a value; it holds no address and needs no drop; it is reached by single
        // instructions of the processor, which know no processes, and leave a value.
        unsafe impl Share for $atomic {}
    )*};
}
atomics!(AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicI64);

// SAFETY: an array is its elements in a row, and what is asked for is true of each of them.
unsafe impl<T: Share, const N: usize> Share for [T; N] {}

// SAFETY: so it is of a pair, whose parts all processes find in the same places: they are one program.
unsafe impl<A: Share, B: Share> Share for (A, B) {}

/// A value in shared memory, reached by `&` as if it were in an `Arc`.
///
/// ```
/// use std::os::fd::AsFd;
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
///
/// use process_sharing::shared_memory::{MapMode, Shared};
///
/// let value = Shared::<AtomicU32>::new()?;
/// // Another process would have inherited the descriptor.
/// let descriptor = value.as_fd().try_clone_to_owned()?;
/// let elsewhere = Shared::<AtomicU32>::open(descriptor, MapMode::Shared)?;
/// elsewhere.store(7, Relaxed);
/// assert_eq!(value.load(Relaxed), 7);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// rustc refuses a type that holds an address, which would be invalid in another process:
///
/// ```compile_fail,E0277
/// process_sharing::shared_memory::Shared::<std::sync::Mutex<String>>::new();
/// ```
#[derive(Debug)]
pub struct Shared<T: Share> {
    mapping: Mapping,
    value: PhantomData<T>,
}

/// The bytes before the value, which hold its type; the value begins on a cache line of its own.
const BEFORE: usize = 128;

impl<T: Share> Shared<T> {
    /// Makes the value, all of its bytes 0, in memory of its own.
    ///
    /// # Errors
    /// The system is out of memory, or the process out of descriptors.
    pub fn new() -> io::Result<Self> {
        let shared = Self { mapping: Mapping::new(Self::bytes())?, value: PhantomData };
        // Relaxed: a process that opens it gets the descriptor later, from this one.
        shared.kind().store(kind::<T>(), Relaxed);
        Ok(shared)
    }

    /// Finds the value in memory that another process has made.
    ///
    /// It checks that the memory is sealed, has the right size and was made for this type. It cannot
    /// check what the other processes do to the value: they have to be this program, which reaches
    /// it only by the type's own methods.
    ///
    /// # Errors
    /// The memory was not made for a value of this type, by this program, or could be made smaller
    /// by another process: [`InvalidData`](ErrorKind::InvalidData).
    pub fn open(memory: OwnedFd, mode: MapMode) -> io::Result<Self> {
        let shared = Self { mapping: Mapping::open(memory, mode)?, value: PhantomData };
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
        // SAFETY: the address is that of a page, so it is aligned, and at least 8 bytes follow that
        // stay mapped for as long as `self`. Any bytes are a number, and every process reaches this
        // one as an atomic.
        unsafe { self.mapping.address().cast().as_ref() }
    }
}

/// Returns the number that memory for a `T` begins with: a hash of the type's name and size
/// (FNV-1a), which another type is unlikely to have.
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
        // SAFETY: `new` and `open` have seen to it that the memory has `BEFORE + size_of::<T>()`
        // bytes and was made for a `T`; the mapping begins on a page, and no `T` is aligned to more
        // than `BEFORE`. The bytes began as 0, a value by the contract of `Share`, and every process
        // changes them only by safe code of `T`, by `&`, as here. It stays mapped as long as `self`.
        unsafe { self.mapping.address().byte_add(BEFORE).cast().as_ref() }
    }
}
