//! A counting semaphore with a name in the system, for any process that knows the name.
#![expect(unsafe_code, reason = "std has no semaphore, and POSIX's is a C interface")]

use std::ffi::CString;
use std::io;
use std::ptr::NonNull;

/// A named semaphore that is open in this process. Dropping it closes it; the semaphore stays until
/// it is unlinked.
///
/// ```
/// use process_sharing::named_semaphore::{Semaphore, unlink};
///
/// let name = format!("/example-{}", std::process::id());
/// let semaphore = Semaphore::create(&name, 1)?;
/// // Another process would open it by its name.
/// let elsewhere = Semaphore::open(&name)?;
/// unlink(&name)?;
/// semaphore.wait()?;
/// assert!(!elsewhere.try_wait()?);
/// elsewhere.post()?;
/// assert!(elsewhere.try_wait()?);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Relationship with std
/// Between the threads of one process, a `Mutex` and a `Condvar` do; this is for processes.
#[derive(Debug)]
pub struct Semaphore(NonNull<libc::sem_t>);

// SAFETY: POSIX lets any thread wait for and post an open semaphore, which has no owner; it is closed
// once, by the drop.
unsafe impl Send for Semaphore {}
// SAFETY: `sem_wait`, `sem_trywait` and `sem_post` may be called by several threads at once.
unsafe impl Sync for Semaphore {}

fn name_of(name: &str) -> io::Result<CString> {
    CString::new(name).map_err(|_| io::ErrorKind::InvalidInput.into())
}

fn opened(semaphore: *mut libc::sem_t) -> io::Result<Semaphore> {
    match NonNull::new(semaphore) {
        Some(semaphore) if semaphore.as_ptr() != libc::SEM_FAILED => Ok(Semaphore(semaphore)),
        _ => Err(io::Error::last_os_error()),
    }
}

impl Semaphore {
    /// Makes a semaphore of that name, a slash and a word, with this number of permits.
    pub fn create(name: &str, permits: u32) -> io::Result<Self> {
        let name = name_of(name)?;
        let (flags, mode) = (libc::O_CREAT | libc::O_EXCL, libc::S_IRUSR | libc::S_IWUSR);
        // SAFETY: the name is a C string that lives for the call. With O_CREAT, `sem_open` reads two
        // more arguments, a mode and a count, which are passed with their promoted types.
        opened(unsafe { libc::sem_open(name.as_ptr(), flags, libc::c_uint::from(mode), permits) })
    }

    /// Opens the semaphore of that name, and makes none: one that is made after its name was to be
    /// removed would stay for ever.
    pub fn open(name: &str) -> io::Result<Self> {
        let name = name_of(name)?;
        // SAFETY: the name is a C string; without O_CREAT no further argument is read.
        opened(unsafe { libc::sem_open(name.as_ptr(), 0) })
    }

    /// Acquires a permit.
    ///
    /// # Blocking
    /// Until there is one.
    pub fn wait(&self) -> io::Result<()> {
        loop {
            // SAFETY: the pointer was returned by `sem_open`, and is closed only by the drop.
            if unsafe { libc::sem_wait(self.0.as_ptr()) } == 0 {
                return Ok(());
            }
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
    }

    /// Acquires a permit, if there is one.
    pub fn try_wait(&self) -> io::Result<bool> {
        // SAFETY: as in `wait`.
        if unsafe { libc::sem_trywait(self.0.as_ptr()) } == 0 {
            return Ok(true);
        }
        let error = io::Error::last_os_error();
        if error.kind() == io::ErrorKind::WouldBlock { Ok(false) } else { Err(error) }
    }

    /// Releases a permit, be it acquired by another process: a semaphore has no owner.
    pub fn post(&self) -> io::Result<()> {
        // SAFETY: as in `wait`.
        succeeded(unsafe { libc::sem_post(self.0.as_ptr()) })
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: the pointer was returned by `sem_open`, and this drop is its last use. The call
        // fails only for what is no open semaphore.
        unsafe { libc::sem_close(self.0.as_ptr()) };
    }
}

/// Removes the name of a semaphore. The semaphore itself goes when no process has it open any more.
pub fn unlink(name: &str) -> io::Result<()> {
    let name = name_of(name)?;
    // SAFETY: the name is a C string that lives for the call.
    succeeded(unsafe { libc::sem_unlink(name.as_ptr()) })
}

fn succeeded(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
