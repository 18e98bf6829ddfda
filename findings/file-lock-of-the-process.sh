#!/usr/bin/env bash
# file-lock 2.1.11, file-guard 0.2.0: two threads of a process hold the exclusive lock of one file at once; and when the second guard is dropped another
# process gets the lock, beside the first guard. fs4 1.1.0, fd-lock 4.0.4, fslock 0.2.1, named-lock 0.4.1 and advisory-lock 0.3.0 refuse the second.
# Guess: all seven make one system call, flock, so that each handle is a holder of its own, whatever its process; a guard that lives holds the lock.
# Why: two of them call fcntl, whose record locks belong to the process: it cannot be in its own way, and gives all up with one of them. A test in
#   one process, with two threads or two handles, sees no exclusion; a pool of threads has none. Such a lock needs a mutex before it.
# Source: file-guard's front page (fcntl), file-lock's README (POSIX.1); fcntl(2), "Advisory record locking". Of threads neither crate speaks.
. "$(dirname "$0")/run.bash"
rust 'file-lock = "=2.1.11"' 'file-guard = "=0.2.0"' 'fs4 = "=1.1.0"' 'fd-lock = "=4.0.4"' 'fslock = "=0.2.1"' 'named-lock = "=0.4.1"' \
    'advisory-lock = "=0.3.0"' <<'RUST'
use std::any::Any;
use std::fs::File;
use std::process::Command;

/// A guard of the exclusive lock of the file `path` by the crate `name`, if it is free.
fn hold(name: &str, path: &str) -> Option<Box<dyn Any>> {
    let open = || File::options().read(true).write(true).create(true).truncate(false).open(path).unwrap();
    match name {
        "file-lock" => {
            let options = file_lock::FileOptions::new().write(true).create(true);
            Some(Box::new(file_lock::FileLock::lock(path, false, options).ok()?))
        }
        "file-guard" => Some(Box::new(file_guard::try_lock(Box::new(open()), file_guard::Lock::Exclusive, 0, 1).ok()?)),
        "fs4" => {
            let file = open();
            fs4::FileExt::try_lock(&file).ok().map(|()| Box::new(file) as _)
        }
        "fd-lock" => {
            let lock = Box::leak(Box::new(fd_lock::RwLock::new(open())));
            Some(Box::new(lock.try_write().ok()?))
        }
        "fslock" => {
            let mut lock = fslock::LockFile::open(path).unwrap();
            lock.try_lock().unwrap().then(|| Box::new(lock) as _)
        }
        "named-lock" => Some(Box::new(named_lock::NamedLock::with_path(path).unwrap().try_lock().ok()?)),
        "advisory-lock" => {
            use advisory_lock::{AdvisoryFileLock, FileLockMode::Exclusive};
            let file = open();
            AdvisoryFileLock::try_lock(&file, Exclusive).ok().map(|()| Box::new(file) as _)
        }
        _ => unreachable!(),
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, name, path] = &arguments[..] {
        std::process::exit(hold(name, path).is_none().into());
    }
    for name in ["file-lock", "file-guard", "fs4", "fd-lock", "fslock", "named-lock", "advisory-lock"] {
        let path = format!("{}.{name}", arguments[0]);
        let another_process = || Command::new(&arguments[0]).args([name, &path]).status().unwrap().success();
        let first = hold(name, &path);
        let at_first = another_process();
        let thread = path.clone();
        let second = std::thread::spawn(move || hold(name, &thread).is_some()).join().unwrap();
        let after = another_process();
        println!("{name}: {}; another process {at_first}, another thread {second}, then another process {after}", first.is_some());
    }
}
RUST
holds <<'END'
file-lock: true; another process false, another thread true, then another process true
file-guard: true; another process false, another thread true, then another process true
fs4: true; another process false, another thread false, then another process false
fd-lock: true; another process false, another thread false, then another process false
fslock: true; another process false, another thread false, then another process false
named-lock: true; another process false, another thread false, then another process false
advisory-lock: true; another process false, another thread false, then another process false
END
