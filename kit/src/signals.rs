//! Signal dispositions and the signal mask, which a process inherits over `exec`.
//!
//! A parent may have ignored `SIGCHLD` (then the kernel reaps each child by itself, and `waitpid`
//! fails with `ECHILD`) or blocked any signal (then a handler never runs). A program that waits for
//! children or listens to signals sets both back before it starts its first thread.

#![expect(
    unsafe_code,
    reason = "libc's calls for signals have no safe wrapper without a further crate"
)]

use std::mem::MaybeUninit;
use std::ptr;

/// Sets `SIGCHLD` to its default disposition and unblocks every signal, for this thread and those
/// that it starts.
///
/// `SIGHUP`, `SIGINT` and `SIGQUIT` stay ignored where they are: `nohup` and a script's background
/// job mean it. Call it first in `main`, before any other thread exists.
///
/// # Examples
/// ```
/// kit::signals::restore_inherited();
/// ```
pub fn restore_inherited() {
    restore(&[libc::SIGCHLD]);
}

/// Sets `signals` to their default dispositions and unblocks every signal, for this thread and
/// those that it starts.
///
/// A child that has to be interruptible calls it with [`libc::SIGINT`], whatever its parent
/// ignores.
///
/// # Panics
/// If one of `signals` is no signal, or one whose disposition cannot be changed.
pub fn restore(signals: &[libc::c_int]) {
    for signal in signals {
        // SAFETY: `signal` may be called with any number; SIG_DFL installs no handler, so no code
        // of ours can run in a signal's context. A number that is not valid is answered with
        // SIG_ERR.
        let before = unsafe { libc::signal(*signal, libc::SIG_DFL) };
        assert!(before != libc::SIG_ERR, "{signal} is no signal whose disposition can be changed");
    }
    let mut none = MaybeUninit::uninit();
    // SAFETY: `sigemptyset` writes a whole set to the valid, exclusive memory that it is given;
    // `pthread_sigmask` then reads that set, and a null pointer tells it not to return the old
    // mask.
    let failed = unsafe {
        libc::sigemptyset(none.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut())
    };
    assert_eq!(failed, 0, "SIG_SETMASK is one of the three ways to change a mask");
}
