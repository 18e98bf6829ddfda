//! What a parent has ignored, blocked or masked: a child of this test's own program restores it.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Output};

/// Runs the test `name` of this binary in a child that starts with every signal ignored and
/// blocked, and with a umask that takes all rights.
#[expect(
    unsafe_code,
    reason = "a disposition is changed between fork and exec, where std has no call for it"
)]
fn in_a_hostile_child(name: &str) -> Output {
    let mut child = Command::new(std::env::current_exe().expect("a test knows its program"));
    child.args(["--exact", name, "--nocapture"]).env("KIT_HOSTILE", "1");
    // SAFETY: between fork and exec the closure calls signal, umask, sigfillset and pthread_sigmask
    // alone, which POSIX lists as async-signal-safe, and allocates nothing.
    unsafe {
        child.pre_exec(|| {
            // Some are no signals, and some cannot be ignored.
            for signal in 1..=64 {
                libc::signal(signal, libc::SIG_IGN);
            }
            libc::umask(0o777);
            let mut all = std::mem::MaybeUninit::uninit();
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), std::ptr::null_mut());
            Ok(())
        });
    }
    child.output().expect("the test's own program can be started")
}

fn is_the_child() -> bool {
    std::env::var_os("KIT_HOSTILE").is_some()
}

#[test]
fn a_child_can_be_waited_for_where_sigchld_was_inherited_as_ignored() {
    if !is_the_child() {
        let output = in_a_hostile_child(
            "signals::a_child_can_be_waited_for_where_sigchld_was_inherited_as_ignored",
        );
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    kit::signals::restore_inherited();
    let status = Command::new("true").status().expect("its status is kept until it is waited for");
    assert!(status.success());
}

#[test]
fn a_child_can_be_interrupted_where_its_parent_ignores_and_blocks_it() {
    if !is_the_child() {
        let output = in_a_hostile_child(
            "signals::a_child_can_be_interrupted_where_its_parent_ignores_and_blocks_it",
        );
        assert_eq!(output.status.signal(), Some(libc::SIGINT));
        return;
    }
    kit::signals::restore(&[libc::SIGINT]);
    let me = std::process::id().to_string();
    Command::new("kill").args(["-INT", &me]).status().expect("kill can be started");
    // The signal may be delivered to another thread of the test's program; it ends this one as
    // well.
    std::thread::park_timeout(std::time::Duration::from_secs(30));
}

/// Returns the signals that are ignored.
#[expect(unsafe_code, reason = "a disposition is asked for, which std has no call for")]
fn ignored() -> Vec<i32> {
    let is_ignored = |signal: &i32| {
        let mut action = std::mem::MaybeUninit::<libc::sigaction>::uninit();
        // SAFETY: nothing is changed by a null pointer, and the old action, which is written to
        // valid memory, is read only after the call has written it.
        unsafe {
            libc::sigaction(*signal, std::ptr::null(), action.as_mut_ptr()) == 0
                && action.assume_init().sa_sigaction == libc::SIG_IGN
        }
    };
    (1..=64).filter(is_ignored).collect()
}

#[test]
fn what_was_ignored_or_masked_is_restored_but_what_a_shell_or_std_means() {
    if !is_the_child() {
        let output = in_a_hostile_child(
            "signals::what_was_ignored_or_masked_is_restored_but_what_a_shell_or_std_means",
        );
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    assert!(ignored().len() > 20, "it has inherited them");
    kit::inherited::restore();
    let mut kept = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGPIPE]
        .into_iter()
        .chain([libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU])
        .collect::<Vec<_>>();
    kept.sort_unstable();
    assert_eq!(ignored(), kept);
    let folder = std::env::temp_dir().join(format!("kit-umask-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("the folder is new");
    let mode = folder.metadata().expect("it is there").permissions().mode();
    std::fs::remove_dir(&folder).expect("it was made here");
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_run_that_is_undisturbed_is_ended_by_no_signal_and_the_next_one_is() {
    if !is_the_child() {
        let output = in_a_hostile_child(
            "signals::a_run_that_is_undisturbed_is_ended_by_no_signal_and_the_next_one_is",
        );
        assert_eq!(output.status.signal(), Some(libc::SIGTERM), "{output:?}");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("it goes on"), "the first one has ended it: {said}");
        return;
    }
    kit::inherited::restore();
    let me = std::process::id().to_string();
    let term = || Command::new("kill").args(["-TERM", &me]).status().expect("kill can be started");
    assert!(kit::signals::undisturbed(term).success());
    println!("it goes on");
    term();
    std::thread::park_timeout(std::time::Duration::from_secs(30));
}
