//! Signals, and what becomes of five of them that are sent while they are blocked.
//!
//! A standard signal, `SIGUSR1` for one, is a flag: while one is pending, a second one is
//! coalesced with it. Real-time signals are queued, in the order in which they were sent. A signal
//! of either kind that `sigqueue` sends carries a value; but of a standard one that is sent again
//! while it is pending, only the first value arrives. The default action of most signals ends the
//! process.
//!
//! The child blocks the signals before it starts a thread, and then takes them one at a time
//! (`sigtimedwait`): no handler is needed, and so none of the rules for what is async-signal-safe.
//! In production, see the crate `signal-hook`. Linux has real-time signals, macOS has none.
#![expect(unsafe_code, reason = "real-time signals, and their values, are a C interface")]

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::ptr;

use kit::child::Entry;
use kit::process_lane::PARENT;
use rustix::process::{Pid, Signal, kill_process};

use crate::child::TalkingChild;
use crate::parent::{Parent, words};

/// How many signals are sent.
const SENT: i32 = 5;

/// Returns the set of the signals that a child of these lessons blocks.
fn set() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: `sigemptyset` writes a whole set to the memory that it is given, which is valid and
    // exclusive. After it, the set is initialised, as `assume_init` and `sigaddset` ask for; the
    // numbers are those of signals.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        let mut set = set.assume_init();
        for signal in [libc::SIGUSR1, libc::SIGUSR2, libc::SIGRTMIN()] {
            libc::sigaddset(&raw mut set, signal);
        }
        set
    }
}

/// Sends a signal with a value to a process (`sigqueue`).
///
/// # Errors
/// There is no such process, or its user has as many signals pending as the system allows.
pub fn queue(pid: u32, signal: i32, value: i32) -> io::Result<()> {
    let pid = libc::pid_t::try_from(pid).map_err(io::Error::other)?;
    // The C union has an int and a pointer; this type has the pointer alone.
    let mut union = libc::sigval { sival_ptr: ptr::null_mut() };
    // SAFETY: the write needs memory that is valid, large enough and aligned for an int. The union
    // is as large as a pointer, which is no smaller and no less aligned; its int is at its start.
    unsafe { (&raw mut union).cast::<i32>().write(value) };
    // SAFETY: it takes three numbers, and reads no memory of this process.
    if unsafe { libc::sigqueue(pid, signal, union) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Takes a pending signal; `None` if there is none. Returns it and, if it is the real-time one, its
/// value.
fn take(set: &libc::sigset_t) -> Option<(i32, i32)> {
    let mut info = MaybeUninit::<libc::siginfo_t>::uninit();
    let at_once = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the set and the time are initialised, the information is writable, and all three
    // outlive the call.
    let signal = unsafe { libc::sigtimedwait(set, info.as_mut_ptr(), &raw const at_once) };
    if signal <= 0 {
        return None;
    }
    if signal != libc::SIGRTMIN() {
        return Some((signal, 0));
    }
    // SAFETY: the call has returned a signal, and has filled in the information. That signal is
    // sent by `sigqueue` alone, so its value is set; the int is read where `queue` has written it.
    let value = unsafe {
        let value = info.assume_init().si_value();
        (&raw const value).cast::<i32>().read()
    };
    Some((signal, value))
}

/// Starts a child, which then has blocked the signals, or has not.
fn start(program: &Path, does: &str) -> io::Result<TalkingChild> {
    TalkingChild::start(program, &CHILD, "child", &[], &[does])?.after("ready")
}

fn send(child: &TalkingChild, signal: Signal) -> io::Result<()> {
    let pid = i32::try_from(child.pid()).ok().and_then(Pid::from_raw);
    Ok(kill_process(pid.ok_or(io::ErrorKind::InvalidInput)?, signal)?)
}

/// Starts a child that has blocked the signals, sends it some, and returns what it finds pending.
fn pending(
    program: &Path,
    send: impl FnOnce(&TalkingChild) -> io::Result<()>,
) -> io::Result<String> {
    let mut child = start(program, "block")?;
    let _holds = child.lane().holds("the signals blocked");
    let _runs = PARENT.runs("sends");
    send(&child)?;
    child.send_line("take them")?;
    child.answer()
}

/// Sends `SIGUSR1` five times, and `SIGUSR2` once, to a child that has blocked both. Returns what
/// the child finds pending.
pub fn standard(program: &Path) -> io::Result<String> {
    pending(program, |child| {
        (0..SENT).try_for_each(|_| send(child, Signal::USR1))?;
        send(child, Signal::USR2)
    })
}

/// Sends a real-time signal five times, with the values 1 to 5. Returns what the child finds
/// pending.
pub fn real_time(program: &Path) -> io::Result<String> {
    pending(program, |child| {
        (1..=SENT).try_for_each(|value| queue(child.pid(), libc::SIGRTMIN(), value))
    })
}

/// Sends `SIGUSR1` to a child that neither blocks nor handles it. Returns the signal that has ended
/// the child, if one has.
pub fn unprepared(program: &Path) -> io::Result<Option<i32>> {
    let mut child = start(program, "stay")?;
    send(&child, Signal::USR1)?;
    // Its output ends with it; if it lives on, it sends nothing, and the timeout tells.
    match child.recv_line() {
        Err(ended) if ended.kind() == io::ErrorKind::UnexpectedEof => Ok(child.join()?.signal()),
        lives => lives.map(|_| None),
    }
}

/// The child: blocks the signals, if it is to, and says which are pending when it is told to.
pub const CHILD: Entry = Entry { name: "signal", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [does] = words(arguments)?;
    // An ignored signal stays ignored over exec: after `trap '' USR1` in a shell, say. This unblocks
    // all signals as well, so it comes first.
    kit::signals::restore(&[libc::SIGUSR1]);
    let set = set();
    if does == "block" {
        // Before a thread is started: a thread begins with the mask of the one that starts it, and
        // one that has the signal unblocked would be given it.
        // SAFETY: the set is initialised and outlives the call, which may be told not to return the
        // old mask by a null pointer.
        let error =
            unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, ptr::null_mut()) };
        if error != 0 {
            return Err(io::Error::from_raw_os_error(error));
        }
    }
    let parent = Parent::listen()?;
    parent.send_line("ready")?;
    parent.recv_line()?;
    let mut found = Vec::new();
    while let Some((signal, value)) = take(&set) {
        found.push(match signal {
            libc::SIGUSR1 => "USR1".to_owned(),
            libc::SIGUSR2 => "USR2".to_owned(),
            _ => value.to_string(),
        });
    }
    parent.send_line(found.join(" "))
}
