//! Pages of memory, asked of the kernel and given back: of this process alone, or of a file that
//! another process has mapped as well.
#![expect(unsafe_code, reason = "rustc does not know who maps and unmaps memory")]

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ptr;

use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};
use rustix::param::page_size;

use crate::baton::Baton;

/// Pages of memory, all zeros at first.
#[derive(Debug)]
pub struct Pages {
    at: *mut c_void,
    bytes: usize,
}

// SAFETY: the pointer is that of a mapping, which any thread may use and unmap.
unsafe impl Send for Pages {}
// SAFETY: by a shared reference there is nothing but a baton, which is an atomic.
unsafe impl Sync for Pages {}

impl Pages {
    /// Asks for `pages` pages that no other process sees, and of which none is there yet.
    ///
    /// # Errors
    /// The system has no room for them.
    pub fn own(pages: usize) -> io::Result<Self> {
        let (access, bytes) = (ProtFlags::READ | ProtFlags::WRITE, pages * page_size());
        // SAFETY: no address is asked for, so nothing that is mapped already is replaced.
        let at = unsafe { mmap_anonymous(ptr::null_mut(), bytes, access, MapFlags::PRIVATE)? };
        #[cfg(target_os = "linux")]
        // SAFETY: these bytes were just mapped. Where huge pages are not known, there are none.
        let _ = unsafe { rustix::mm::madvise(at, bytes, rustix::mm::Advice::LinuxNoHugepage) };
        Ok(Self { at, bytes })
    }

    /// Maps the first page of a file that has one, for all processes that do the same.
    ///
    /// # Errors
    /// The system does not map it.
    pub fn shared(file: &File) -> io::Result<Self> {
        let (access, bytes) = (ProtFlags::READ | ProtFlags::WRITE, page_size());
        // SAFETY: as above; the file has been given that size, and nobody takes it away.
        let at = unsafe { mmap(ptr::null_mut(), bytes, access, MapFlags::SHARED, file, 0)? };
        Ok(Self { at, bytes })
    }

    /// Writes a byte into each page: the first write to a page is a page fault.
    pub fn touch(&mut self) {
        for page in 0..self.bytes / page_size() {
            // SAFETY: it is a byte of these pages, which are borrowed exclusively. It is volatile so
            // that it is really written.
            unsafe { self.at.cast::<u8>().add(page * page_size()).write_volatile(1) };
        }
    }

    /// Returns the baton at the beginning of a page of zeros.
    pub fn baton(&self) -> &Baton {
        // SAFETY: a page is aligned, larger than a baton, and there as long as `self`; its zeros are
        // a baton, of which every process changes nothing but the atomic word.
        unsafe { &*self.at.cast::<Baton>() }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, and no reference into it is left.
        let _ = unsafe { munmap(self.at, self.bytes) };
    }
}
