//! What the topics' tests share: [`variants`] makes a test of each variant, [`the_readme_is_run`]
//! runs a page, [`every_name_exists`] looks up what it names, [`refused`] and [`fits`] judge a
//! screen, [`Program`] is a script to be run.

use std::path::Path;
use std::process::{Command, Output};

pub use circles::no_circle_of_modules;
pub use cited::alternatives;
pub use mutants::{Weakened, who_notices};
pub use program::Program;
pub use quiz::every_question_has_one_true_choice;
pub use screens::{every_help_reads_on_a_screen, fits, offers, refused, the_narrow_tour};
#[doc(hidden)]
pub use trycmd;
pub use variants::{arguments, variants};
pub use waits::eventually;

use variants::Listed;

mod circles;
mod cited;
mod mutants;
mod program;
mod quiz;
mod screens;
mod scripts;
mod variants;
mod waits;

/// Asserts that everything that a page names is there: lessons, variants, commands, benches, tests
/// and files. With a topic and its binary, the variants' stories are held to the same, and the
/// sources that its lessons name are looked up.
///
/// # Panics
/// If something is not there: with all that is not.
pub fn every_name_exists(text: &str, folder: &Path, topic: Option<(&str, &str)>) {
    let list = topic.map(|(_, binary)| list(binary)).unwrap_or_default();
    let (all, variants) = (format!("{text}\n{list}"), variants::listed(&list));
    let mut missing = cited::Page { text: &all, folder, topic, variants: &variants }.dangling();
    for source in list.lines().filter_map(|line| line.strip_prefix("  read  ")) {
        for path in cited::alternatives(source) {
            if !folder.join("..").join(&path).exists() {
                missing.push(format!("read  {path}: no such file"));
            }
        }
    }
    assert!(missing.is_empty(), "these are named, and are not there:\n  {}", missing.join("\n  "));
}

/// Asserts that every variant of a topic has a story of its own: there is one, and no other variant
/// of its lesson has the same.
///
/// # Panics
/// If one has none, or two have the same.
pub fn every_variant_tells_its_own_story(binary: &str) {
    let stories = variants::listed(&list(binary));
    let mut wrong = Vec::new();
    assert!(!stories.is_empty(), "{binary} --list names no variant");
    for (index, Listed { lesson, variant, story }) in stories.iter().enumerate() {
        if story == "(no story)" {
            wrong.push(format!("{lesson} {variant}: no story"));
        } else if stories[..index]
            .iter()
            .any(|other| other.lesson == *lesson && other.story == *story)
        {
            wrong.push(format!("{lesson} {variant}: the story of another"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn list(binary: &str) -> String {
    let output = run(binary, &["--list", "--width", "160"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a topic's binary to its end.
///
/// # Panics
/// If it cannot be started.
pub fn run(binary: &str, arguments: &[&str]) -> Output {
    Command::new(binary).args(arguments).output().expect("the tests have built it")
}

/// Runs a topic's binary to its end on one core; `None`, said aloud, where a system has no means
/// for it that is tried here.
///
/// # Panics
/// If it cannot be started, or kept to one core.
pub fn run_on_one_core(binary: &str, arguments: &[&str]) -> Option<Output> {
    #[cfg(target_os = "linux")]
    return std::thread::scope(|scope| {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        // A thread of its own: what it starts is kept to its core, and nothing else is.
        let run = scope.spawn(|| {
            let all = sched_getaffinity(None).expect("a thread may ask for its own cores");
            let mut one = CpuSet::new();
            one.set(
                (0..CpuSet::MAX_CPU).find(|core| all.is_set(*core)).expect("it runs on some core"),
            );
            sched_setaffinity(None, &one).expect("a thread may keep itself to a core of its own");
            self::run(binary, arguments)
        });
        Some(run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    #[cfg(not(target_os = "linux"))]
    {
        eprintln!("{binary} {arguments:?} is not tried on one core: that is done on Linux only");
        None
    }
}

/// Runs a script on the interpreter that `PYTHON` names, `python3` if it names none, and returns
/// what it prints; `None`, said aloud, where there is no Python.
///
/// # Panics
/// If the script fails.
pub fn python(script: &str) -> Option<String> {
    python_with(script, &[])
}

/// As [`python`], with arguments for the script.
///
/// # Panics
/// If the script fails.
pub fn python_with(script: &str, arguments: &[&str]) -> Option<String> {
    match kit::python::command().args(["-c", script]).args(arguments).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        Err(error) => {
            eprintln!(
                "{:?} cannot be started ({error}): no Python is asked",
                kit::python::program()
            );
            None
        }
    }
}

/// Runs `during` on a thread that is ending, after the thread-locals that `before` has used are
/// destroyed; returns what it returned, or the panic that it ended with.
///
/// A destructor of a thread-local that panics aborts the process, so what this returns as an error
/// would be an abort in a program.
///
/// # Panics
/// If `during` was not run.
pub fn while_thread_locals_are_destroyed<R: Send + 'static>(
    before: impl FnOnce() + Send + 'static,
    during: impl FnOnce() -> R + Send + 'static,
) -> std::thread::Result<R> {
    use std::cell::RefCell;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    struct AtTheEnd(Option<Box<dyn FnOnce()>>);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            if let Some(run) = self.0.take() {
                run();
            }
        }
    }
    thread_local!(static LAST: RefCell<AtTheEnd> = const { RefCell::new(AtTheEnd(None)) });

    let (send, receive) = std::sync::mpsc::channel();
    let run = std::thread::spawn(move || {
        // std destroys the newest thread-local first: this one is there before `before` makes any.
        LAST.with_borrow_mut(|last| {
            last.0 = Some(Box::new(move || {
                // The receiver waits for it.
                let _ = send.send(catch_unwind(AssertUnwindSafe(during)));
            }));
        });
        before();
    });
    let ended =
        receive.recv_timeout(std::time::Duration::from_secs(60)).expect("it ended within a minute");
    run.join().expect("`before` does not panic");
    ended
}

/// Makes tests of code that would hang in this very process if it were wrong: each runs on a thread
/// of its own, and has failed if it has not ended after a minute.
#[macro_export]
macro_rules! within_a_minute {
    ($(#[test] fn $name:ident() $body:block)*) => {$(
        #[test]
        fn $name() {
            let (done, ended) = std::sync::mpsc::channel();
            let run = std::thread::Builder::new().name(stringify!($name).to_owned());
            let run = run.spawn(move || { $body; drop::<std::sync::mpsc::Sender<()>>(done); });
            let run = run.expect("there is room for a thread");
            match ended.recv_timeout(std::time::Duration::from_secs(60)) {
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
                Ok(()) | Err(_) => run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            }
        }
    )*};
}

/// Refuses to compile where a type has a trait: there would be two ways to read the last line.
#[macro_export]
macro_rules! is_not {
    ($($type:ty: $trait:path),* $(,)?) => { $(const _: fn() = || {
        trait Reading<Way> {
            fn read() {}
        }
        struct Has;
        impl<T: ?Sized> Reading<()> for T {}
        impl<T: ?Sized + $trait> Reading<Has> for T {}
        <$type as Reading<_>>::read();
    };)* };
}

/// Makes the test that a topic's README shows what really comes out; what varies is elided. It is
/// told the topic and how many shell blocks there are, for a page without any would pass.
#[macro_export]
macro_rules! the_readme_is_run {
    ($topic:literal, $blocks:literal) => {
        #[test]
        fn every_shell_block_shows_what_comes_out() {
            let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
            assert_eq!(page.matches("```console").count(), $blocks);
            let cargo = concat!(env!("CARGO_MANIFEST_DIR"), "/../checks/tests/cargo-run");
            $crate::trycmd::TestCases::new()
                .register_bin("cargo", std::path::PathBuf::from(cargo))
                .env("TOPIC", $topic)
                .env("BINARY", env!(concat!("CARGO_BIN_EXE_", $topic)))
                .env("LC_ALL", "C.UTF-8")
                .case("README.md")
                .run();
        }

        #[test]
        fn every_help_reads_on_a_screen_and_offers_what_the_lesson_can_do() {
            $crate::every_help_reads_on_a_screen(env!(concat!("CARGO_BIN_EXE_", $topic)));
        }

        #[test]
        fn no_two_modules_use_each_other() {
            $crate::no_circle_of_modules(std::path::Path::new(env!("CARGO_MANIFEST_DIR")));
        }

        #[test]
        fn every_name_that_the_page_and_the_stories_cite_exists() {
            let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
            let binary = env!(concat!("CARGO_BIN_EXE_", $topic));
            $crate::every_name_exists(page, folder, Some(($topic, binary)));
        }
    };
}
