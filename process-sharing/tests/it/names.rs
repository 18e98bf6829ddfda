//! The names of a run are gone when it is, whatever its end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use process_sharing::names::Names;
use process_sharing::semaphore::{self, Semaphore};

use crate::program;

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Waits until the condition holds; a minute without it is a failure.
fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} did not happen");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// A folder for temporary files, which is empty and the test's own.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("process-sharing-test-{}-{name}", std::process::id()));
        fs::create_dir(&folder).expect("the folder is new");
        Self(folder)
    }

    /// Starts a lesson that has its temporary files here, and kills it as soon as it has some; returns the name of its folder.
    fn killed(&self, lesson: &str) -> PathBuf {
        let mut command = Command::new(program());
        let command = command.arg(lesson).env("TMPDIR", &self.0).stdout(Stdio::null());
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) {
            let mut run = command.spawn().expect("the binary was built");
            let mut found = entries(&self.0).pop();
            while found.is_none() && run.try_wait().expect("it was started").is_none() {
                found = entries(&self.0).pop();
            }
            run.kill().expect("it is ours");
            run.wait().expect("it was started");
            if let Some(found) = found {
                return found;
            }
        }
        panic!("{lesson} was never seen with a folder")
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_lesson_that_ends_leaves_no_name() {
    let temporary = Temporary::new("ends");
    for lesson in ["manager", "fifo", "message-queue", "socket", "semaphore", "file-lock"] {
        let mut command = Command::new(program());
        let output = command.arg(lesson).env("TMPDIR", &temporary.0).output().expect("the binary was built");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        // A form that hangs is killed with its group; its names go a moment later.
        eventually("the end of the names", || entries(&temporary.0).is_empty());
    }
}

#[test]
fn a_lesson_that_is_killed_leaves_no_name() {
    let temporary = Temporary::new("killed");
    for lesson in ["manager", "fifo", "message-queue", "socket", "semaphore", "file-lock"] {
        let found = temporary.killed(lesson);
        eventually("the end of the names", || entries(&temporary.0).is_empty());
        let word = format!("/{}", found.file_name().expect("it has a name").to_string_lossy());
        assert!(semaphore::unlink(&word).is_err(), "{word} stays");
        #[cfg(target_os = "linux")]
        assert!(process_sharing::message_queue::unlink(&word).is_err(), "{word} stays");
    }
}

#[test]
fn a_semaphore_and_a_queue_are_removed_with_the_names() {
    let mut names = Names::new(program()).expect("the sweeper starts");
    let (folder, word) = (names.folder().to_owned(), names.word());
    fs::write(names.path("file"), "").expect("the folder is ours");
    let semaphore = names.semaphore(2).expect("it is new");
    for there in [true, true, false] {
        assert_eq!(semaphore.try_wait().expect("it is open"), there);
    }
    assert!(names.semaphore(2).is_err());
    assert!(Semaphore::open(&word).is_ok());
    #[cfg(target_os = "linux")]
    let _queue = process_sharing::message_queue::Mailbox::create(&word).expect("it is new");
    drop(names);
    assert!(!folder.exists());
    assert!(semaphore::unlink(&word).is_err(), "{word} stays");
    #[cfg(target_os = "linux")]
    assert!(process_sharing::message_queue::unlink(&word).is_err(), "{word} stays");
}

#[test]
fn two_runs_have_names_of_their_own() {
    let (one, other) = (Names::new(program()), Names::new(program()));
    let (one, other) = (one.expect("the sweeper starts"), other.expect("the sweeper starts"));
    assert_ne!(one.folder(), other.folder());
    assert_ne!(one.word(), other.word());
}
