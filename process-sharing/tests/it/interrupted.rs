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
    use std::thread::{self, JoinHandle};
    use std::{fs, io};

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

    /// Tells whether a process has been started at the entry whose forked processes add.
    fn adds(pid: u32) -> bool {
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        command.split(|byte| *byte == 0).nth(2) == Some(b"process-lock")
    }

    /// Returns a process's state, a letter, and whether it handles signal 11: std has a handler for
    /// it in each program, which finds no fault, and removes itself. `None` if the process has exited.
    fn state(pid: u32) -> Option<(char, bool)> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let field = |name| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let handled = u64::from_str_radix(field("SigCgt:")?, 16).ok()?;
        let letter = field("State:")?.chars().next()?;
        (letter != 'Z').then_some((letter, handled & 1 << (libc::SIGSEGV - 1) != 0))
    }

    /// Reads the state of a process until it is the one that is looked for, or the process has ended.
    fn comes_to(pid: u32, looked_for: impl Fn((char, bool)) -> bool) -> bool {
        loop {
            match state(pid) {
                None => return false,
                Some(state) if looked_for(state) => return true,
                Some(_) => thread::yield_now(),
            }
        }
    }

    fn stop(pid: u32) -> bool {
        send(pid, libc::SIGSTOP) && comes_to(pid, |(letter, _)| letter == 'T')
    }

    /// Lets processes add, and stops one that was forked; returns it and the one that forked it.
    /// Without a lock, none of the others waits for it.
    fn one_stopped() -> (JoinHandle<io::Result<u64>>, u32, u32) {
        loop {
            let sum = thread::spawn(|| run(program(), "fetch-added"));
            while !sum.is_finished() {
                for parent in children("self").into_iter().filter(|pid| adds(*pid)) {
                    let forked = children(&parent.to_string()).into_iter().rev();
                    if let Some(forked) = forked.take(4).find(|pid| stop(*pid)) {
                        return (sum, parent, forked);
                    }
                }
            }
        }
    }

    checks::within_a_minute! {
        #[test]
        fn a_process_that_is_interrupted_while_it_waits_for_those_that_it_has_forked_waits_on() {
            let (sum, parent, forked) = one_stopped();
            let sleeps = |(letter, _)| letter == 'S';
            // All others have been waited for: if it sleeps, then in the wait for this one.
            while children(&parent.to_string()) != [forked] {
                thread::yield_now();
            }
            assert!(comes_to(parent, sleeps) && send(parent, libc::SIGSEGV));
            let is_handled = comes_to(parent, |(_, handles)| !handles);
            assert!(is_handled && comes_to(parent, sleeps), "it does not wait on");
            assert!(send(forked, libc::SIGCONT));
            let sum = sum.join().expect("it does not panic").expect("they run");
            assert_eq!(sum, u64::from(CHILDREN * FORKED));
        }
    }
}
