//! Pools in a hostile environment: no folder for temporary files, few descriptors, no exit status
//! of a child, workers that are stopped. Each test starts this program once more, so that its
//! limits and signals are its own; so it has a main of its own.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use process_pool::job::Job;

macro_rules! named {
    ($($name:ident),* $(,)?) => { [$((stringify!($name), $name as _)),*] };
}

mod roles;

/// Names, in the environment of the program, what it is to do.
const ROLE: &str = "PROCESS_POOL_HOSTILE";
/// More than any role needs, also on a machine that is busy.
const DEADLINE: Duration = Duration::from_secs(50);

fn command(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("there is a /proc"));
    command.env(ROLE, role);
    command
}

/// Waits for the program's end, and that of all that write where it does.
fn ended(command: &mut Command) -> Output {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("this is the program");
    let begun = Instant::now();
    while child.try_wait().expect("it is a child").is_none() {
        if begun.elapsed() > DEADLINE {
            kill_all(&mut child);
            panic!("it hangs: {command:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().expect("it was started")
}

fn kill_all(child: &mut Child) {
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    for pid in fs::read_to_string(children).unwrap_or_default().split_whitespace() {
        let _ = Command::new("kill").args(["-9", pid]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn said(output: &Output) -> String {
    format!("{} {}", output.status, String::from_utf8_lossy(&output.stderr))
}

fn is_well(role: &str) {
    let output = ended(&mut command(role));
    assert!(output.status.success(), "{role}: {}", said(&output));
}

/// It is done, or there is one line that says why not, and exit code 2.
fn is_well_or_refused(output: &Output) {
    let errors = String::from_utf8_lossy(&output.stderr);
    let refused = output.status.code() == Some(2)
        && errors.lines().filter(|line| line.starts_with("hostile: ")).count() == 1;
    assert!(output.status.success() || refused && !errors.contains("panicked"), "{}", said(output));
}

fn folder(name: impl AsRef<Path>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("there is room");
    folder
}

fn a_pool_works_whatever_folder_there_is_for_temporary_files_and_leaves_nothing_in_it() {
    let base = folder(format!("hostile-{}", std::process::id()));
    let mut folders =
        vec![PathBuf::from("/nonexistent"), PathBuf::from("/proc"), PathBuf::from("")];
    folders.push(folder(base.join(OsStr::from_bytes(b"not \xff UTF-8"))));
    for length in [60, 89, 90, 107, 108, 140] {
        let missing = usize::saturating_sub(length, base.as_os_str().len() + 1);
        folders.push(folder(base.join("x".repeat(missing.max(1)))));
    }
    for folder in folders {
        let output = ended(command("works").env("TMPDIR", &folder));
        assert!(output.status.success(), "{folder:?}: {}", said(&output));
        if folder.starts_with(&base) {
            assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 0, "{folder:?}");
        }
    }
    let _ = fs::remove_dir_all(base);
}

fn a_pool_of_a_program_that_ignores_the_end_of_its_children_settles_their_tasks() {
    is_well("with_ignored_children");
}

fn a_pool_of_a_program_that_reaps_all_its_children_settles_their_tasks() {
    is_well("with_a_reaper");
}

fn with_few_descriptors_a_pool_works_or_is_an_error_and_never_hangs() {
    for descriptors in (5..=24).chain([32, 64]) {
        is_well_or_refused(&ended(command("with_few_descriptors").arg(descriptors.to_string())));
    }
    let enough = ended(command("with_few_descriptors").arg("64"));
    assert!(enough.status.success(), "{}", said(&enough));
}

fn a_worker_that_cannot_be_replaced_for_want_of_descriptors_is_an_error_of_the_tasks() {
    for left in 0..=12 {
        is_well_or_refused(&ended(command("with_few_left").arg(left.to_string())));
    }
}

fn with_few_threads_a_pool_works_or_is_an_error_and_never_hangs() {
    for threads in (1..=16).chain([24, 48]) {
        is_well_or_refused(&ended(command("with_few_threads").arg(threads.to_string())));
    }
}

fn a_worker_is_replaced_as_soon_as_there_are_descriptors_again() {
    is_well("with_some_again");
}

fn a_lock_that_was_never_given_back_outlives_its_pool() {
    is_well("with_a_lock_that_was_forgotten");
}

fn a_task_with_a_time_limit_that_a_stopped_worker_does_not_begin_is_run_by_another() {
    is_well("with_a_stopped_worker_and_a_time_limit");
}

fn a_pool_that_is_dropped_kills_a_worker_that_is_stopped() {
    is_well("with_an_idle_worker_that_is_stopped");
    is_well("with_a_busy_worker_that_is_stopped");
}

fn a_worker_that_fails_before_the_first_is_ready_is_followed_by_another() {
    is_well("with_a_first_worker_that_fails");
}

fn a_duration_that_no_clock_reaches_is_no_limit_and_none_at_all_is_one() {
    is_well("with_longest_durations");
}

fn main() {
    process_pool::enter::<Job>();
    if let Some(role) = std::env::var_os(ROLE) {
        let role = roles::roles()
            .into_iter()
            .find(|(name, _)| role == *name)
            .expect("the test knows its roles")
            .1;
        if let Err(error) = role() {
            eprintln!("hostile: {}", error.to_string().lines().next().unwrap_or_default());
            std::process::exit(2);
        }
        return;
    }
    let tests: [(&str, fn()); 12] = named![
        a_pool_works_whatever_folder_there_is_for_temporary_files_and_leaves_nothing_in_it,
        a_pool_of_a_program_that_ignores_the_end_of_its_children_settles_their_tasks,
        a_pool_of_a_program_that_reaps_all_its_children_settles_their_tasks,
        with_few_descriptors_a_pool_works_or_is_an_error_and_never_hangs,
        a_worker_that_cannot_be_replaced_for_want_of_descriptors_is_an_error_of_the_tasks,
        with_few_threads_a_pool_works_or_is_an_error_and_never_hangs,
        a_worker_is_replaced_as_soon_as_there_are_descriptors_again,
        a_lock_that_was_never_given_back_outlives_its_pool,
        a_task_with_a_time_limit_that_a_stopped_worker_does_not_begin_is_run_by_another,
        a_pool_that_is_dropped_kills_a_worker_that_is_stopped,
        a_worker_that_fails_before_the_first_is_ready_is_followed_by_another,
        a_duration_that_no_clock_reaches_is_no_limit_and_none_at_all_is_one,
    ];
    let filter =
        std::env::args().nth(1).filter(|argument| !argument.starts_with('-')).unwrap_or_default();
    let mut failed = false;
    for (name, test) in tests.into_iter().filter(|(name, _)| name.contains(&filter)) {
        let passed = catch_unwind(AssertUnwindSafe(test)).is_ok();
        failed |= !passed;
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
    }
    std::process::exit(i32::from(failed));
}
