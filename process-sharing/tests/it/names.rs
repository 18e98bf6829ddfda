//! The names of a run are gone when it is, however it ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use checks::eventually;
use process_sharing::named_memory;
use process_sharing::named_semaphore::{self, Semaphore};
use process_sharing::names::Names;
use rustix::fs::Mode;

use crate::{alone, program};

/// The lessons that have names, but for the slow one.
const NAMED: [&str; 7] =
    ["named-memory", "manager", "fifo", "message-queue", "socket", "semaphore", "file-lock"];

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Makes memory, and a message queue where there are some, of this name.
fn make(word: &str) {
    use rustix::shm::OFlags;
    rustix::shm::open(word, OFlags::CREATE | OFlags::EXCL, Mode::RUSR).expect("it is new");
    #[cfg(target_os = "linux")]
    process_sharing::message_queue::MessageQueue::create(word, 4, 64).expect("it is new");
}

/// Checks that neither a semaphore nor memory nor a message queue has this name.
fn are_gone(word: &str) {
    assert!(named_semaphore::unlink(word).is_err(), "{word} stays");
    assert!(rustix::shm::unlink(word).is_err(), "{word} stays");
    #[cfg(target_os = "linux")]
    assert!(process_sharing::message_queue::unlink(word).is_err(), "{word} stays");
}

/// A folder for temporary files, which is empty and the test's own.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir()
            .join(format!("process-sharing-test-{}-{name}", std::process::id()));
        fs::create_dir(&folder).expect("the folder is new");
        Self(folder)
    }

    /// Starts a lesson that has its temporary files here, and kills it as soon as it has some;
    /// returns the name of its folder.
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
    for lesson in NAMED {
        let mut command = Command::new(program());
        let output =
            command.arg(lesson).env("TMPDIR", &temporary.0).output().expect("the binary was built");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        // A variant that hangs is killed with its group; its names go a moment later.
        eventually("the end of the names", || entries(&temporary.0).is_empty());
    }
}

#[test]
fn a_child_that_comes_after_the_end_of_its_run_makes_no_name() {
    let name = format!("/process-sharing-{}-late", std::process::id());
    let late = named_memory::CHILD.command(program()).args([&name, "shared"]).output();
    assert_eq!(late.expect("the binary was built").status.code(), Some(1));
    are_gone(&name);
}

#[test]
fn a_lesson_that_is_killed_leaves_no_name() {
    let temporary = Temporary::new("killed");
    for lesson in NAMED {
        let found = temporary.killed(lesson);
        eventually("the end of the names", || entries(&temporary.0).is_empty());
        let word = format!("/{}", found.file_name().expect("it has a name").to_string_lossy());
        are_gone(&word);
    }
}

/// Kills the process that removes the names of a run; returns whether there was one.
fn kill_the_sweeper_of(run: u32) -> bool {
    let all = fs::read_dir(format!("/proc/{run}/task")).into_iter().flatten().flatten();
    let of_threads =
        all.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    let is_the_sweeper = |pid: &str| {
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        command.split(|byte| *byte == 0).any(|word| word == b"sweeper")
    };
    let pids: Vec<_> = of_threads.collect();
    let sweeper =
        pids.iter().flat_map(|pids| pids.split_whitespace()).find(|pid| is_the_sweeper(pid));
    sweeper.is_some_and(|pid| {
        Command::new("kill").args(["-KILL", pid]).status().is_ok_and(|kill| kill.success())
    })
}

#[test]
fn a_semaphore_memory_and_a_queue_go_with_the_names_even_if_the_sweeper_was_killed() {
    if !alone(
        "names::a_semaphore_memory_and_a_queue_go_with_the_names_even_if_the_sweeper_was_killed",
    ) {
        return;
    }
    for killed in [false, cfg!(target_os = "linux")] {
        let mut names = Names::new(program()).expect("the sweeper starts");
        let (folder, word) = (names.folder().to_owned(), names.word());
        fs::write(names.path("file"), "").expect("the folder is ours");
        let semaphore = names.semaphore(2).expect("it is new");
        for there in [true, true, false] {
            assert_eq!(semaphore.try_wait().expect("it is open"), there);
        }
        assert!(names.semaphore(2).is_err());
        assert!(Semaphore::open(&word).is_ok());
        make(&word);
        assert!(!killed || kill_the_sweeper_of(std::process::id()));
        assert!(folder.exists());
        drop(names);
        assert!(!folder.exists());
        are_gone(&word);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_lesson_whose_sweepers_are_killed_leaves_no_name() {
    let temporary = Temporary::new("sweepers");
    for lesson in NAMED {
        let mut command = Command::new(program());
        let command = command
            .arg(lesson)
            .env("TMPDIR", &temporary.0)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut run = command.spawn().expect("the binary was built");
        let mut killed = 0;
        while run.try_wait().expect("it was started").is_none() {
            killed += u32::from(kill_the_sweeper_of(run.id()));
        }
        assert!(killed > 0, "{lesson} was never seen with a sweeper");
        // A variant that hangs is killed with its group; the sweeper of that one lives.
        eventually("the end of the names", || entries(&temporary.0).is_empty());
    }
}

#[test]
fn names_are_made_whatever_the_folder_for_temporary_files_is() {
    use std::os::unix::ffi::OsStringExt;
    let temporary = Temporary::new("odd");
    let in_it = |name: Vec<u8>| temporary.0.join(std::ffi::OsString::from_vec(name));
    let (not_text, two_lines) = (in_it(b"not-utf-8-\xff".into()), in_it(b"two\nlines".into()));
    let mut folders =
        vec![PathBuf::from("/no/such/folder"), "/proc".into(), PathBuf::new(), not_text, two_lines];
    for length in 60..=140 {
        folders.push(in_it(vec![b'x'; length - temporary.0.as_os_str().len() - 1]));
    }
    for folder in folders {
        if folder.starts_with(&temporary.0) {
            fs::create_dir(&folder).expect("it is new");
        }
        let mut command = Command::new(program());
        let command = command.args(["socket", "--variant", "taken-over"]).env("TMPDIR", &folder);
        let output = command.output().expect("the binary was built");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: {said}", folder.display());
        assert!(
            entries(&folder)
                .iter()
                .all(|entry| !entry.to_string_lossy().contains("process-sharing-"))
                || folder == Path::new("/proc")
        );
    }
}
