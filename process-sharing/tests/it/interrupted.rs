//! A signal that is handled interrupts a system call that blocks; that is no error, and no end.
#![expect(
    unsafe_code,
    reason = "a handler for a signal, and a signal for one thread, are a C interface"
)]

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use process_sharing::file_lock::lock;
use process_sharing::manager::Client;
use process_sharing::names::Names;
use process_sharing::pipe::{Error, Pipe};
use process_sharing::queue::bounded;
use process_sharing::shared_memory::Shared;
use process_sharing::shared_memory::word::Word;
use process_sharing::socket::{receive_descriptor, send_descriptor};
use rustix::io::retry_on_intr;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use crate::{alone, program, server};

/// How many signals have been handled; one test at a time counts them.
static HANDLED: AtomicU32 = AtomicU32::new(0);
static TURN: Mutex<()> = Mutex::new(());

extern "C" fn handle(_: libc::c_int) {
    HANDLED.fetch_add(1, Relaxed);
}

/// Lets a thread wait for something, which `then` brings about when that thread has been
/// interrupted some times. It is interrupted until it has come back.
fn interrupted<T: Send>(wait: impl FnOnce() -> T + Send, then: impl FnOnce()) -> T {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    HANDLED.store(0, Relaxed);
    // SAFETY: 0 is a value of it: no flags, and no signal blocked. Without SA_RESTART, a system call
    // that the signal interrupts fails with EINTR.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handle as *const () as libc::sighandler_t;
    // SAFETY: the action is initialised and outlives the call. The handler does one atomic store,
    // which is async-signal-safe, and nothing else in this process has one for this signal.
    let set = unsafe { libc::sigaction(libc::SIGUSR2, &raw const action, std::ptr::null_mut()) };
    assert_eq!(set, 0);
    let (sender, who) = mpsc::channel();
    thread::scope(|scope| {
        let waits = scope.spawn(move || {
            // SAFETY: it takes nothing, and returns a number.
            sender.send(unsafe { libc::pthread_self() }).expect("it is asked for");
            wait()
        });
        let thread = who.recv().expect("it says who it is");
        let mut then = Some(then);
        while !waits.is_finished() {
            // SAFETY: it may have ended, but it has not been joined.
            unsafe { libc::pthread_kill(thread, libc::SIGUSR2) };
            if let Some(then) = then.take_if(|_| HANDLED.load(Relaxed) >= 10) {
                then();
            }
            thread::sleep(Duration::from_millis(1));
        }
        waits.join().expect("it does not panic")
    })
}

/// Sends a signal to a process that this one has started; tells whether it was there.
fn send(pid: u32, signal: libc::c_int) -> bool {
    // SAFETY: it takes two numbers.
    unsafe { libc::kill(pid.cast_signed(), signal) == 0 }
}

checks::within_a_minute! {
    #[test]
    fn a_sleep_that_a_signal_ends_is_not_taken_for_a_wake_so_that_the_sleeper_checks_the_owner() {
        let word = Shared::<Word>::new().expect("there is memory");
        assert!(!interrupted(|| word.wait(0, Some(Duration::from_secs(30))), || ()));
    }

    #[test]
    fn a_signal_does_not_end_a_receive_of_a_descriptor_or_of_a_value_of_a_queue() {
        let (ours, theirs) = UnixStream::pair().expect("there is room");
        let (mut read, write) = std::io::pipe().expect("there is room");
        let got = interrupted(
            || receive_descriptor(&ours),
            || send_descriptor(&theirs, std::os::fd::AsFd::as_fd(&write)).expect("it is open"),
        );
        let mut got = File::from(got.expect("it is no error").expect("one was sent"));
        drop(write);
        got.write_all(b"through it").expect("it is open");
        drop(got);
        let mut text = String::new();
        read.read_to_string(&mut text).expect("it is text");
        assert_eq!(text, "through it");

        let (sender, receiver) = bounded::<u32>(1).expect("there is room");
        let got = interrupted(|| receiver.receive(), || sender.send(&7).expect("there is room"));
        assert_eq!(got.expect("it is no error"), 7);
        sender.send(&8).expect("there is room");
        let receive = || assert_eq!(receiver.receive().expect("it was sent"), 8);
        let sent = interrupted(|| sender.send(&9), receive);
        sent.expect("it is no error");
    }

    #[test]
    fn a_send_whose_other_end_is_closed_is_an_error_where_sigpipe_is_not_ignored() {
        let name = "a_send_whose_other_end_is_closed_is_an_error_where_sigpipe_is_not_ignored";
        if !alone(&format!("interrupted::{name}")) {
            return;
        }
        // SAFETY: it takes two numbers; this process has no other test.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        let (ours, theirs) = UnixStream::pair().expect("there is room");
        drop(theirs);
        assert!(send_descriptor(&ours, std::os::fd::AsFd::as_fd(&ours)).is_err());
        let (sender, receiver) = bounded::<u32>(1).expect("there is room");
        drop(receiver);
        assert!(matches!(sender.send(&7), Err(Error::Closed)));
        let (here, there) = Pipe::<u32, u32>::pair().expect("there is room");
        drop(there);
        assert!(matches!(here.send(&7), Err(Error::Closed)));
    }

    #[test]
    fn the_answer_to_a_request_that_was_interrupted_is_not_taken_for_that_to_the_next() {
        let server = server();
        let client = Client::connect(&server.path).expect("it is there");
        let list = client.list("l");
        list.push(1).expect("it is there");
        assert!(send(server.process.pid(), libc::SIGSTOP));
        // The signal alone is not yet the stop: one of its threads might still answer.
        let pid = Pid::from_raw(server.process.pid().cast_signed()).expect("it has a number");
        let stopped = WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
        retry_on_intr(|| waitid(WaitId::Pid(pid), stopped)).expect("it is ours");
        let items = interrupted(|| list.items(), || assert!(send(server.process.pid(), libc::SIGCONT)));
        assert_eq!(items.expect("it is there"), [1]);
        list.push(2).expect("it is there");
        assert_eq!(list.items().expect("it is there"), [1, 2]);
    }

    #[test]
    fn a_signal_does_not_end_a_wait_for_a_locked_file() {
        let names = Names::new(program()).expect("the sweeper starts");
        let path = names.path("locked");
        let open = || File::create(&path).expect("the folder is ours");
        let (first, second) = (open(), open());
        first.lock().expect("it is free");
        let locked = interrupted(|| lock(&second), || first.unlock().expect("it is ours"));
        locked.expect("it is no error");
    }
}

/// /proc tells which process waits for which.
#[cfg(target_os = "linux")]
mod forked {
    use std::fs;
    use std::thread;

    use process_sharing::process_lock::{CHILDREN, FORKED, run};

    use super::send;
    use crate::program;

    /// Returns the processes that a process has started, with all its threads.
    fn children(of: &str) -> Vec<u32> {
        let threads = fs::read_dir(format!("/proc/{of}/task")).into_iter().flatten().flatten();
        let of = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("children")).ok();
        let all: String = threads.filter_map(of).collect();
        all.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
    }

    /// Tells whether a process is one that has forked others which add, sleeps, and handles signal 11:
    /// std has a handler for it in each program, which finds no fault, and removes itself.
    fn waits_for_those_that_add(pid: u32) -> Option<bool> {
        let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let adds = command.split(|byte| *byte == 0).any(|word| word == b"process-lock");
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let field = |name| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let handles =
            u64::from_str_radix(field("SigCgt:")?, 16).ok()? & 1 << (libc::SIGSEGV - 1) != 0;
        let sleeps = field("State:")?.starts_with('S');
        Some(adds && handles && sleeps && !children(&pid.to_string()).is_empty())
    }

    checks::within_a_minute! {
        #[test]
        fn a_process_that_is_interrupted_while_it_waits_for_those_that_it_has_forked_waits_on() {
            let mut sent = 0;
            while sent < 5 {
                let adds = thread::spawn(|| run(program(), "locked"));
                while !adds.is_finished() {
                    for pid in children("self") {
                        let waits = waits_for_those_that_add(pid) == Some(true);
                        sent += u32::from(waits && send(pid, libc::SIGSEGV));
                    }
                }
                let sum = adds.join().expect("it does not panic").expect("they run");
                assert_eq!(sum, u64::from(CHILDREN * FORKED));
            }
        }
    }
}
