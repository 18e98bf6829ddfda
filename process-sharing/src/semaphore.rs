//! A semaphore with a name in the system: any process that knows it can come in, while there is a
//! permit.
#![expect(unsafe_code, reason = "std has no semaphore, and POSIX's is a C interface")]

use std::ffi::CString;
use std::io;
use std::ptr::NonNull;

mod lessons;

pub(crate) use lessons::peer;
pub use lessons::{Crowd, free_for_all, killed_inside, limited};

/// A named semaphore that is open in this process. Dropping it closes it; the semaphore stays until
/// it is unlinked.
///
/// # Relationship with std
/// Between the threads of one process, a `Mutex` and a `Condvar` do; this is for processes.
#[derive(Debug)]
pub struct Semaphore(NonNull<libc::sem_t>);

// SAFETY: a `sem_t` is there to be waited for and posted by any thread at any time; it has no
// owner.
unsafe impl Send for Semaphore {}
// SAFETY: as above.
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
    /// Makes a semaphore of that name, a slash and a word, with so many permits.
    ///
    /// # Errors
    /// There is one of that name, or the name is none.
    pub fn create(name: &str, permits: u32) -> io::Result<Self> {
        let name = name_of(name)?;
        let (flags, mode) = (libc::O_CREAT | libc::O_EXCL, libc::S_IRUSR | libc::S_IWUSR);
        // SAFETY: the name ends with a zero byte; with O_CREAT, a mode and a count follow, of these
        // types once promoted.
        opened(unsafe { libc::sem_open(name.as_ptr(), flags, libc::c_uint::from(mode), permits) })
    }

    /// Opens the semaphore of that name, and makes none: one that is made when its remover has come
    /// and gone would stay for ever.
    ///
    /// # Errors
    /// There is none of that name, or it is someone else's.
    pub fn open(name: &str) -> io::Result<Self> {
        let name = name_of(name)?;
        // SAFETY: the name ends with a zero byte; without O_CREAT nothing follows.
        opened(unsafe { libc::sem_open(name.as_ptr(), 0) })
    }

    /// Takes a permit.
    ///
    /// # Errors
    /// None that is known, for a semaphore that is open.
    ///
    /// # Blocking
    /// Until there is one.
    pub fn wait(&self) -> io::Result<()> {
        loop {
            // SAFETY: it was returned by `sem_open`, and is closed only when `self` is dropped.
            if unsafe { libc::sem_wait(self.0.as_ptr()) } == 0 {
                return Ok(());
            }
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
    }

    /// Takes a permit, if there is one.
    ///
    /// # Errors
    /// None that is known, for a semaphore that is open.
    pub fn try_wait(&self) -> io::Result<bool> {
        // SAFETY: as in `wait`.
        if unsafe { libc::sem_trywait(self.0.as_ptr()) } == 0 {
            return Ok(true);
        }
        let error = io::Error::last_os_error();
        if error.kind() == io::ErrorKind::WouldBlock { Ok(false) } else { Err(error) }
    }

    /// Gives a permit, whoever took it: a semaphore does not know.
    ///
    /// # Errors
    /// There are as many as it can count.
    pub fn post(&self) -> io::Result<()> {
        // SAFETY: as in `wait`.
        if unsafe { libc::sem_post(self.0.as_ptr()) } == 0 {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
        }
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: it was returned by `sem_open`, and is not used again. It fails only for what is
        // no open semaphore.
        unsafe { libc::sem_close(self.0.as_ptr()) };
    }
}

/// Removes the name of a semaphore. The semaphore itself goes when nobody has it open any more.
///
/// # Errors
/// There is none of that name.
pub fn unlink(name: &str) -> io::Result<()> {
    let name = name_of(name)?;
    // SAFETY: the name ends with a zero byte.
    if unsafe { libc::sem_unlink(name.as_ptr()) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
