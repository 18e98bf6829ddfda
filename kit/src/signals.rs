//! Signal dispositions and the signal mask, which a process inherits over `exec`.
//!
//! A parent may have ignored `SIGCHLD` (then the kernel reaps each child by itself, and `waitpid`
//! fails with `ECHILD`), `SIGTERM` (then a child of its child does not end by it either), or
//! blocked any signal (then a handler never runs). A program that waits for children, sends signals
//! or listens to them sets all of it back before it starts its first thread.

#![expect(
    unsafe_code,
    reason = "libc's calls for signals have no safe wrapper without a further crate"
)]

use std::mem::MaybeUninit;
use std::ptr;

/// The signals that stay ignored where they are: `nohup` and a script's background job mean the
/// first three, job control the next three, and std itself ignores the last one.
const KEPT: [libc::c_int; 7] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTSTP,
    libc::SIGTTIN,
    libc::SIGTTOU,
    libc::SIGPIPE,
];

/// The greatest number that a signal has on any system.
const LAST: libc::c_int = 64;

/// Sets each signal that is ignored to its default disposition, and unblocks every signal, for this
/// thread and those that it starts.
///
/// `SIGHUP`, `SIGINT` and `SIGQUIT` stay ignored where they are: `nohup` and a script's background
/// job mean it; so do the signals of job control, and `SIGPIPE`, which std ignores. A handler
/// stays. Call it first in `main`, before any other thread exists.
///
/// # Examples
/// ```
/// kit::signals::restore_inherited();
/// ```
pub fn restore_inherited() {
    let is_ignored = |signal: &libc::c_int| disposition(*signal) == Some(libc::SIG_IGN);
    let ignored = (1..=LAST).filter(|signal| !KEPT.contains(signal)).filter(is_ignored);
    restore(&ignored.collect::<Vec<_>>());
}

/// Runs a function while the signals that end a run from outside are ignored: those of a terminal,
/// and `SIGTERM`. One that comes meanwhile is lost; where there is a handler, it stays.
pub fn undisturbed<R>(run: impl FnOnce() -> R) -> R {
    let ending = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];
    let ending =
        ending.map(|signal| (disposition(signal) == Some(libc::SIG_DFL)).then_some(signal));
    let set = |disposition| {
        for signal in ending.into_iter().flatten() {
            // SAFETY: neither SIG_IGN nor SIG_DFL installs a handler, so no code of ours can run in
            // a signal's context.
            unsafe { libc::signal(signal, disposition) };
        }
    };
    set(libc::SIG_IGN);
    let result = run();
    set(libc::SIG_DFL);
    result
}

/// Returns what happens at a signal; `None` for a number that is no signal's, or that of one that
/// libc keeps for itself.
fn disposition(signal: libc::c_int) -> Option<libc::sighandler_t> {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: a null pointer in place of a new action changes nothing; the old one is written to
    // memory that is valid and exclusive, and is read only if the call has succeeded, and so has
    // written it.
    unsafe {
        let known = libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) == 0;
        known.then(|| action.assume_init().sa_sigaction)
    }
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
