//! A child that is forked past glibc is whole: it has its own thread ID, threads and locks. A program
//! of its own, for the process that forks has to have one thread.
#![cfg_attr(
    all(target_os = "linux", target_env = "gnu"),
    expect(unsafe_code, reason = "a robust mutex in shared memory, as C has it")
)]

use std::io;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn main() -> io::Result<()> {
    use std::io::Read;
    use std::mem::zeroed;
    use std::process::Command;
    use std::ptr::null_mut;
    use std::sync::Mutex;
    use std::thread;

    use kit::child::{DEADLINE, output};
    use nix::libc;
    use processes::exit::Exit;
    use processes::start::{ForkServer, check_forks_for_parent, forked, forked_for_parent};
    use rustix::process::{WaitOptions, getpid, getppid, wait};
    use rustix::stdio::dup2_stdout;

    if let Err(why) = check_forks_for_parent() {
        println!("not here: {why}");
        return Ok(());
    }
    let size = size_of::<libc::pthread_mutex_t>();
    let (access, kind) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    // SAFETY: A new mapping at no certain address takes nothing from anybody.
    let mutex = unsafe { libc::mmap(null_mut(), size, access, kind, -1, 0) };
    assert_ne!(mutex, libc::MAP_FAILED);
    let mutex = mutex.cast::<libc::pthread_mutex_t>();
    // SAFETY: An attribute may be all zeros before it is initialized; the mutex has its place in the
    // mapping, which stays until the end of the process, and nobody uses it yet.
    unsafe {
        let mut robust = zeroed::<libc::pthread_mutexattr_t>();
        assert_eq!(libc::pthread_mutexattr_init(&mut robust), 0);
        let (is_robust, is_shared) = (libc::PTHREAD_MUTEX_ROBUST, libc::PTHREAD_PROCESS_SHARED);
        assert_eq!(libc::pthread_mutexattr_setrobust(&mut robust, is_robust), 0);
        assert_eq!(libc::pthread_mutexattr_setpshared(&mut robust, is_shared), 0);
        assert_eq!(libc::pthread_mutex_init(mutex, &robust), 0);
    }

    let (mut written, out) = io::pipe()?;
    let this = getpid();
    let started = forked(|| {
        dup2_stdout(&out)?;
        print!("once ");
        let child = || {
            println!("by the child");
            assert_eq!(getppid(), Some(this));
            // Threads can be started, and exclude each other.
            let count = Mutex::new(0);
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..1000).for_each(|_| *count.lock().unwrap() += 1));
                }
            });
            assert_eq!(count.into_inner().unwrap(), 4000);
            // The kernel releases it at this process's end, if glibc has written down the right
            // thread as its owner, and the kernel knows of the list that it is in.
            // SAFETY: It was initialized before the fork, in memory that both share.
            assert_eq!(unsafe { libc::pthread_mutex_lock(mutex) }, 0);
            Ok(3)
        };
        let child = forked_for_parent(child);
        println!("by its maker");
        child.map(|_| 0)
    });
    drop(out);
    assert_eq!(started?.wait()?, Exit::SUCCESS);
    // Its maker has ended and was reaped; the only child that is left is the maker's sibling.
    let (_, status) = wait(WaitOptions::empty())?.expect("it waits");
    assert_eq!(status.exit_status(), Some(3));
    let mut all = String::new();
    written.read_to_string(&mut all)?;
    assert_eq!(all.matches("once").count(), 1, "the child has no copy of what was not written yet");
    // SAFETY: As above; the other process has ended.
    assert_eq!(unsafe { libc::pthread_mutex_trylock(mutex) }, libc::EOWNERDEAD);
    println!("a child forked for its maker's parent: threads, locks, and a robust mutex");

    refuse(libc::SYS_unshare, libc::CLONE_THREAD);
    assert_eq!(forked(|| Ok(3))?.wait()?, Exit::Code(3));
    thread::scope(|scope| {
        let (end, wait) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || wait.recv());
        let error = forked(|| Ok(3)).expect_err("there is another thread");
        assert!(error.to_string().starts_with("1 other"), "{error}");
        drop(end);
    });
    println!("without unshare: other threads are looked for in /proc");

    refuse(libc::SYS_prctl, libc::PR_GET_TID_ADDRESS);
    let error = ForkServer::new("no program".as_ref(), &[]).expect_err("it cannot fork for us");
    assert_eq!(error.kind(), io::ErrorKind::Unsupported);
    for lesson in [&["fork-server"][..], &["fork-with-threads", "--variant", "fork-server"]] {
        let mut lessons = Command::new(env!("CARGO_BIN_EXE_processes"));
        let said = output(lessons.args(lesson), DEADLINE)?;
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
        assert!(String::from_utf8_lossy(&said.stdout).contains(&error.to_string()));
    }
    println!("without PR_GET_TID_ADDRESS: no fork server, and its lessons say why");
    Ok(())
}

/// Lets the system refuse a call with this first argument, as a kernel that lacks it, to this process
/// and all that it starts (seccomp).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn refuse(call: i64, argument: i32) {
    use nix::libc::{
        BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, EINVAL, PR_SET_NO_NEW_PRIVS,
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, prctl,
        sock_filter, sock_fprog,
    };

    let line = |code: u32, jf, k| sock_filter { code: code as u16, jt: 0, jf, k };
    // The filter reads a `seccomp_data`: the call's number is at 0, the low half of its first
    // argument at 16. What is not equal goes to the last line.
    let mut filter = [
        line(BPF_LD | BPF_W | BPF_ABS, 0, 0),
        line(BPF_JMP | BPF_JEQ | BPF_K, 3, call as u32),
        line(BPF_LD | BPF_W | BPF_ABS, 0, 16),
        line(BPF_JMP | BPF_JEQ | BPF_K, 1, argument as u32),
        line(BPF_RET | BPF_K, 0, SECCOMP_RET_ERRNO | EINVAL as u32),
        line(BPF_RET | BPF_K, 0, SECCOMP_RET_ALLOW),
    ];
    let program = sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: The kernel reads the filter, which is as long as it is told, and keeps a copy.
    unsafe {
        assert_eq!(prctl(PR_SET_NO_NEW_PRIVS, 1_u64, 0_u64, 0_u64, 0_u64), 0);
        assert_eq!(prctl(PR_SET_SECCOMP, u64::from(SECCOMP_MODE_FILTER), &raw const program), 0);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn main() -> io::Result<()> {
    println!("a child is forked for its maker's parent on Linux with glibc only");
    Ok(())
}
