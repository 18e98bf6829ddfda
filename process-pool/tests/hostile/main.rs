//! Pools in a hostile environment: no folder for temporary files, few descriptors, no exit status
//! of a child, workers that are stopped, a killer. Each test starts this program once more, in a
//! role, so that its limits and signals are its own; so it has a main of its own.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

#[path = "../pool/asker.rs"]
mod asker;
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
/// More than any role needs, also on a machine that is busy: under the killer, where a worker takes
/// longer to start than the killer to come again, all takes longer.
const DEADLINE: Duration = Duration::from_secs(300);

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

fn is_well(role: &str) {
    let output = ended(&mut command(role));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{role}: {} {errors}", output.status);
}

/// It is done, or there is one line that says why not, and exit code 2.
fn is_well_or_refused(role: &str, argument: u32) {
    let output = ended(command(role).arg(argument.to_string()));
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
        let output = ended(command("works").env("TMPDIR", &folder));
        assert!(output.status.success(), "{folder:?}: {output:?}");
        if folder.starts_with(&base) {
            assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 0, "{folder:?}");
        }
    }
    let _ = fs::remove_dir_all(base);
}

fn with_few_descriptors_a_pool_works_or_is_an_error_and_never_hangs() {
    (5..=24).chain([32, 64]).for_each(|count| is_well_or_refused("with_few_descriptors", count));
    let enough = ended(command("with_few_descriptors").arg("64"));
    assert!(enough.status.success(), "{enough:?}");
}

fn a_worker_that_cannot_be_replaced_for_want_of_descriptors_is_an_error_of_the_tasks() {
    // At once: a pool waits longer each time before it tries to start a worker again.
    thread::scope(|scope| {
        for left in 0..=12 {
            scope.spawn(move || is_well_or_refused("with_few_left", left));
        }
    });
}

fn with_few_threads_a_pool_works_or_is_an_error_and_never_hangs() {
    (1..=16).chain([24, 48]).for_each(|count| is_well_or_refused("with_few_threads", count));
}

fn main() {
    process_pool::enter::<job::Job>();
    if let Some(role) = std::env::var_os(ROLE) {
        let mut roles = roles::tests().into_iter().chain(roles::helpers());
        let role = roles.find(|(name, _)| role == *name).expect("the tests know their roles").1;
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
    let trial = |name: &str, test: Box<dyn Fn() + Send>| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    // First those that wait long: the others run beside them.
    let roles = roles::tests().map(|(name, _)| trial(name, Box::new(move || is_well(name))));
    let mut trials: Vec<_> = roles.into();
    trials.extend(tests.map(|(name, test)| trial(name, Box::new(test))));
    libtest_mimic::run(&checks::arguments(), trials).exit();
}
