//! A child that is forked past glibc is whole: it has its own thread ID, threads and locks. A program
//! of its own, for the process that forks has to have one thread.
#![cfg_attr(
    all(target_os = "linux", target_env = "gnu"),
    expect(unsafe_code, reason = "a robust mutex in shared memory, as C has it")
)]

use std::io;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn main() -> io::Result<()> {
    use std::mem::zeroed;
    use std::ptr::null_mut;
    use std::sync::Mutex;
    use std::thread;

    use nix::libc;
    use processes::exit::Exit;
    use processes::start::{forked, forked_for_parent};
    use rustix::process::{WaitOptions, getpid, getppid, wait};

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

    let this = getpid();
    let started = forked(|| {
        let child = || {
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
        forked_for_parent(child).map(|_| 0)
    });
    assert_eq!(started?.wait()?, Exit::SUCCESS);
    // Its maker has ended and was reaped; the only child that is left is the maker's sibling.
    let (_, status) = wait(WaitOptions::empty())?.expect("it waits");
    assert_eq!(status.exit_status(), Some(3));
    // SAFETY: As above; the other process has ended.
    assert_eq!(unsafe { libc::pthread_mutex_trylock(mutex) }, libc::EOWNERDEAD);
    println!("a child forked for its maker's parent: threads, locks, and a robust mutex");
    Ok(())
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn main() -> io::Result<()> {
    println!("a child is forked for its maker's parent on Linux with glibc only");
    Ok(())
}
