//! Signals: a number for another process, and what becomes of five of them that come while they are
//! blocked.
//!
//! The standard signals, `SIGUSR1` among them, are flags: while one is pending, a second is the
//! same. The real-time signals are queued, in the order in which they were sent. A signal of either
//! kind that `sigqueue` sends carries a value; but of a standard one that is sent again while it is
//! pending, only the first value arrives. A signal that nobody has prepared for ends the process.
//!
//! The child blocks the signals before it starts a thread, and then asks for them one at a time
//! (`sigtimedwait`): no handler is needed, and so none of the rules for what a handler may do. In
//! earnest, see the crate `signal-hook`. Linux has real-time signals, macOS has none.
#![expect(
    unsafe_code,
    reason = "real-time signals, and the numbers that they carry, are a C interface"
)]

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::ptr;

use rustix::process::{Pid, Signal, kill_process};
use tracing::info_span;

use crate::part::Part;
use crate::peer::{Parent, Peer, parent};

/// How many are sent.
const SENT: i32 = 5;

/// The signals that a child of these lessons has blocked.
fn ours() -> [i32; 3] {
    [libc::SIGUSR1, libc::SIGUSR2, libc::SIGRTMIN()]
}

/// A set of them, as the kernel wants it.
fn set() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: it is written to, and after that it is a set.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: it was written to.
    let mut set = unsafe { set.assume_init() };
    for signal in ours() {
        // SAFETY: it is a set, and these are signals.
        unsafe { libc::sigaddset(&raw mut set, signal) };
    }
    set
}

/// Sends a signal with a number to a process; each one arrives.
///
/// # Errors
/// There is no such process, or its user has as many signals pending as the system allows.
pub fn queue(pid: u32, signal: i32, number: i32) -> io::Result<()> {
    let pid = libc::pid_t::try_from(pid).map_err(io::Error::other)?;
    // The number is in the union's first bytes, as an int.
    let mut value = libc::sigval { sival_ptr: ptr::null_mut() };
    // SAFETY: the union begins with an int, and is at least as large.
    unsafe { (&raw mut value).cast::<i32>().write(number) };
    // SAFETY: it takes three numbers, and looks at no memory of this process.
    if unsafe { libc::sigqueue(pid, signal, value) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Takes a pending signal; `None` if there is none. Returns it and, if it is the real-time one, the
/// number that it carries.
fn take(set: &libc::sigset_t) -> Option<(i32, i32)> {
    let mut info = MaybeUninit::<libc::siginfo_t>::uninit();
    let at_once = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: all three are there for as long as the call lasts.
    let signal = unsafe { libc::sigtimedwait(set, info.as_mut_ptr(), &raw const at_once) };
    if signal <= 0 {
        return None;
    }
    if signal != libc::SIGRTMIN() {
        return Some((signal, 0));
    }
    // SAFETY: the call came back with a signal, and has written what is known of it.
    let info = unsafe { info.assume_init() };
    // SAFETY: of a signal that was sent by `sigqueue`, that is its value.
    let value = unsafe { info.si_value() };
    // SAFETY: as in `queue`.
    Some((signal, unsafe { (&raw const value).cast::<i32>().read() }))
}

/// Starts a child that has blocked them.
fn blocked(program: &Path) -> io::Result<Peer> {
    let mut child = Peer::start(program, Part::Signalled, "child")?;
    child.tell("block")?;
    child.expect("blocked")?;
    Ok(child)
}

fn pid(child: &Peer) -> io::Result<Pid> {
    i32::try_from(child.pid())
        .ok()
        .and_then(Pid::from_raw)
        .ok_or(io::ErrorKind::InvalidInput.into())
}

/// What the child has found pending.
fn pending(mut child: Peer) -> io::Result<Vec<String>> {
    child.tell("look")?;
    let said = child.heard()?;
    child.ended()?;
    Ok(said.split_whitespace().map(str::to_owned).collect())
}

/// Sends `SIGUSR1` five times, and `SIGUSR2` once, to a child that has blocked both. Returns what
/// it finds when it looks.
///
/// # Errors
/// The child cannot be started, or fails.
pub fn standard(program: &Path) -> io::Result<Vec<String>> {
    let child = blocked(program)?;
    let _holds = child.lane(|| info_span!("holds", what = "SIGUSR1, SIGUSR2 blocked"));
    let _runs = parent(|| info_span!("runs", what = "sends"));
    for _ in 0..SENT {
        kill_process(pid(&child)?, Signal::USR1)?;
    }
    kill_process(pid(&child)?, Signal::USR2)?;
    pending(child)
}

/// Sends a real-time signal five times, with the numbers 1 to 5. Returns what the child finds when
/// it looks.
///
/// # Errors
/// The child cannot be started, or fails.
pub fn real_time(program: &Path) -> io::Result<Vec<String>> {
    let child = blocked(program)?;
    let _holds = child.lane(|| info_span!("holds", what = "SIGRTMIN blocked"));
    let _runs = parent(|| info_span!("runs", what = "sends"));
    for number in 1..=SENT {
        queue(child.pid(), libc::SIGRTMIN(), number)?;
    }
    pending(child)
}

/// Sends `SIGUSR1` to a child that has prepared nothing. Returns the signal that has ended it, if
/// one has.
///
/// # Errors
/// The child cannot be started.
pub fn unprepared(program: &Path) -> io::Result<Option<i32>> {
    let mut child = Peer::start(program, Part::Signalled, "child")?;
    child.tell("stay")?;
    child.expect("here")?;
    kill_process(pid(&child)?, Signal::USR1)?;
    // What it says ends with it; if it lives on, it says nothing, which is found out in time.
    match child.heard() {
        Err(ended) if ended.kind() == io::ErrorKind::UnexpectedEof => Ok(child.join()?.signal()),
        lives => lives.map(|_| None),
    }
}

/// The child: blocks the signals, if it is told to, and says what is pending when it is told to
/// look.
pub(crate) fn peer() -> io::Result<()> {
    // Told by a line on its input, not by a thread that listens: a thread begins with the mask of
    // the one that starts it, and one that has a signal unblocked would be given it.
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let set = set();
    if line.trim() == "block" {
        // SAFETY: the set is there for as long as the call lasts.
        let error =
            unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, ptr::null_mut()) };
        if error != 0 {
            return Err(io::Error::from_raw_os_error(error));
        }
    }
    // Who starts a program that ignores a signal has it ignored there, too: a shell after `trap ''
    // USR1`, say. SAFETY: the default is no function of this program's, and nothing here has
    // another for this signal.
    unsafe { libc::signal(libc::SIGUSR1, libc::SIG_DFL) };
    let parent = Parent::listen()?;
    parent.tell(if line.trim() == "block" { "blocked" } else { "here" })?;
    parent.told()?;
    let mut found = Vec::new();
    while let Some((signal, value)) = take(&set) {
        found.push(match signal {
            libc::SIGUSR1 => "USR1".to_owned(),
            libc::SIGUSR2 => "USR2".to_owned(),
            _ => value.to_string(),
        });
    }
    parent.tell(found.join(" "))
}
