//! Signals that a parent has ignored or blocked: a child of this test's own program restores them.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Output};

/// Runs the test `name` of this binary in a child that starts with `SIGCHLD` and `SIGINT` ignored
/// and every signal blocked.
#[expect(
    unsafe_code,
    reason = "a disposition is changed between fork and exec, where std has no call for it"
)]
fn in_a_hostile_child(name: &str) -> Output {
    let mut child = Command::new(std::env::current_exe().expect("a test knows its program"));
    child.args(["--exact", name, "--nocapture"]).env("KIT_HOSTILE", "1");
    // SAFETY: between fork and exec the closure calls signal, sigfillset and pthread_sigmask alone,
    // which POSIX lists as async-signal-safe, and allocates nothing.
    unsafe {
        child.pre_exec(|| {
            libc::signal(libc::SIGCHLD, libc::SIG_IGN);
            libc::signal(libc::SIGINT, libc::SIG_IGN);
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
