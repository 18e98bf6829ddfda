//! Pools in a hostile environment: no folder for temporary files, few descriptors, no exit status
//! of a child, workers that are stopped, a killer. Each test starts this program once more, in a
//! role, so that its limits and signals are its own; so it has a main of its own. One runs at a time.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};

#[path = "../pool/fork.rs"]
mod fork;
#[path = "../pool/job.rs"]
#[allow(dead_code, reason = "the other program uses the rest of it")]
mod job;

macro_rules! named {
    ($($name:ident),* $(,)?) => { [$((stringify!($name), $name as _)),*] };
}

mod chaos;
mod roles;
mod signals;

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
fn ended(command: &mut Command, deadline: Duration) -> Output {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("this is the program");
    let begun = Instant::now();
    while child.try_wait().expect("it is a child").is_none() {
        if begun.elapsed() > deadline {
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

fn is_well(role: &str, deadline: Duration) {
    let output = ended(&mut command(role), deadline);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{role}: {} {errors}", output.status);
}

/// It is done, or there is one line that says why not, and exit code 2.
fn is_well_or_refused(role: &str, argument: u32) {
    let output = ended(command(role).arg(argument.to_string()), DEADLINE);
    let errors = String::from_utf8_lossy(&output.stderr);
    let refused = output.status.code() == Some(2)
        && errors.lines().filter(|line| line.starts_with("hostile: ")).count() == 1
        && !errors.contains("panicked");
    assert!(output.status.success() || refused, "{role} {argument}: {} {errors}", output.status);
}

fn folder(name: impl AsRef<Path>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("there is room");
    folder
}

fn a_pool_works_whatever_folder_there_is_for_temporary_files_and_leaves_nothing_in_it() {
    let base = folder(format!("hostile-{}", std::process::id()));
    let mut folders = ["/nonexistent", "/proc", ""].map(PathBuf::from).to_vec();
    folders.push(folder(base.join(OsStr::from_bytes(b"not \xff UTF-8"))));
    for length in [60, 89, 90, 107, 108, 140] {
        let missing = usize::saturating_sub(length, base.as_os_str().len() + 1);
        folders.push(folder(base.join("x".repeat(missing.max(1)))));
    }
    for folder in folders {
        let output = ended(command("works").env("TMPDIR", &folder), DEADLINE);
        assert!(output.status.success(), "{folder:?}: {output:?}");
        if folder.starts_with(&base) {
            assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 0, "{folder:?}");
        }
    }
    let _ = fs::remove_dir_all(base);
}

fn with_few_descriptors_a_pool_works_or_is_an_error_and_never_hangs() {
    (5..=24).chain([32, 64]).for_each(|count| is_well_or_refused("with_few_descriptors", count));
    let enough = ended(command("with_few_descriptors").arg("64"), DEADLINE);
    assert!(enough.status.success(), "{enough:?}");
}

fn a_worker_that_cannot_be_replaced_for_want_of_descriptors_is_an_error_of_the_tasks() {
    (0..=12).for_each(|left| is_well_or_refused("with_few_left", left));
}

fn with_few_threads_a_pool_works_or_is_an_error_and_never_hangs() {
    (1..=16).chain([24, 48]).for_each(|count| is_well_or_refused("with_few_threads", count));
}

/// The tests that consist in one role that has to end well.
const ROLES: [(&str, &str); 11] = [
    (
        "a_pool_of_a_program_that_ignores_the_end_of_its_children_settles_their_tasks",
        "with_ignored_children",
    ),
    ("a_pool_of_a_program_that_reaps_all_its_children_settles_their_tasks", "with_a_reaper"),
    ("a_worker_is_replaced_as_soon_as_there_are_descriptors_again", "with_some_again"),
    (
        "without_a_descriptor_left_large_tasks_are_done_as_well_as_small_ones",
        "with_large_tasks_and_no_descriptor",
    ),
    ("a_lock_that_was_never_released_outlives_its_pool", "with_a_lock_that_was_forgotten"),
    (
        "a_task_with_a_time_limit_that_a_stopped_worker_does_not_begin_is_run_by_another",
        "with_a_stopped_worker_and_a_time_limit",
    ),
    (
        "a_pool_that_is_dropped_kills_an_idle_worker_that_is_stopped",
        "with_an_idle_worker_that_is_stopped",
    ),
    (
        "a_pool_that_is_dropped_kills_a_busy_worker_that_is_stopped",
        "with_a_busy_worker_that_is_stopped",
    ),
    (
        "a_worker_that_fails_before_the_first_is_ready_is_followed_by_another",
        "with_a_first_worker_that_fails",
    ),
    (
        "signals_that_interrupt_the_pools_threads_cost_no_task_and_no_worker",
        "with_interrupted_threads",
    ),
    ("under_a_killer_every_task_has_exactly_one_outcome_and_nothing_is_left_over", "with_a_killer"),
];

fn main() {
    process_pool::enter::<job::Job>();
    if let Some(role) = std::env::var_os(ROLE) {
        let roles = roles::roles();
        let role =
            roles.into_iter().find(|(name, _)| role == *name).expect("the tests know them").1;
        if let Err(error) = role() {
            eprintln!("hostile: {}", error.to_string().lines().next().unwrap_or_default());
            std::process::exit(2);
        }
        return;
    }
    let tests: [(&str, fn()); 4] = named![
        a_pool_works_whatever_folder_there_is_for_temporary_files_and_leaves_nothing_in_it,
        with_few_descriptors_a_pool_works_or_is_an_error_and_never_hangs,
        a_worker_that_cannot_be_replaced_for_want_of_descriptors_is_an_error_of_the_tasks,
        with_few_threads_a_pool_works_or_is_an_error_and_never_hangs,
    ];
    let trial = |(name, test): (&str, fn())| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let mut trials: Vec<_> = tests.into_iter().map(trial).collect();
    trials.extend(ROLES.map(|(name, role)| {
        let deadline = if role == "with_a_killer" { chaos::DEADLINE } else { DEADLINE };
        Trial::test(name, move || {
            is_well(role, deadline);
            Ok(())
        })
    }));
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    libtest_mimic::run(&arguments, trials).exit();
}
