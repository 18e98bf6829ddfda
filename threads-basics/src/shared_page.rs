//! A page of memory that two processes have mapped, with a [`Baton`] at its beginning.
#![expect(unsafe_code, reason = "rustc does not know who else maps memory")]

use std::fs::File;
use std::io;
use std::ptr;

use rustix::mm::{MapFlags, ProtFlags, mmap};
use rustix::param::page_size;

use crate::baton::Baton;

/// Makes a file of one page of zeros, which is in memory alone.
pub fn create() -> io::Result<File> {
    #[cfg(target_os = "linux")]
    {
        let flags = rustix::fs::MemfdFlags::CLOEXEC;
        let memory = File::from(rustix::fs::memfd_create("baton", flags)?);
        memory.set_len(page_size() as u64)?;
        Ok(memory)
    }
    #[cfg(not(target_os = "linux"))]
    Err(io::ErrorKind::Unsupported.into())
}

/// Maps the page for good, and returns the baton in it.
pub fn map(file: &File) -> io::Result<&'static Baton> {
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: no address is asked for, so nothing that is mapped already is replaced.
    let at = unsafe { mmap(ptr::null_mut(), page_size(), access, MapFlags::SHARED, file, 0)? };
    // SAFETY: a page is aligned, larger than a baton, and never unmapped; its zeros are a baton, of
    // which every process changes nothing but the atomic word.
    Ok(unsafe { &*at.cast::<Baton>() })
}
