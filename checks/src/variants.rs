//! A test for each variant of each lesson.

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// The narrowest screen.
const WIDTH: &str = "40";

/// A variant, as `--list` names it.
pub(crate) struct Listed {
    pub(crate) lesson: String,
    pub(crate) variant: String,
    pub(crate) story: String,
}

/// Returns the arguments of a test program that has a main of its own. How many tests run at once is
/// said by `RUST_TEST_THREADS` as well, as it is where std has the main.
pub fn arguments() -> Arguments {
    let mut arguments = Arguments::from_args();
    let told = std::env::var("RUST_TEST_THREADS").ok();
    arguments.test_threads =
        arguments.test_threads.or_else(|| told.and_then(|number| number.parse().ok()));
    arguments
}

/// Runs each variant of a topic as a test of its own, by the arguments that any test takes: a
/// variant that is shown as broken has to break, one that is shown as fixed has to hold, and what
/// either prints has to fit the narrowest screen. The Python scripts in the topic's folder `python`
/// are tests as well: each prints what it says.
///
/// # Panics
/// If the binary cannot be run.
pub fn variants(topic: &str, binary: &'static str) -> ExitCode {
    let arguments = arguments();
    let list = crate::list(binary);
    let variants = listed(&list).into_iter().map(|Listed { lesson, variant, story }| {
        // A name of the test runner is one line, and not a long one.
        let claim = story.split_once(". ").map_or(story.as_str(), |(first, _)| first);
        let name = format!("{lesson}/{variant}: {}", claim.trim_end_matches('.'));
        Trial::test(name, move || {
            let output = crate::run(binary, &[&lesson, "--variant", &variant, "--width", WIDTH]);
            if output.status.success() {
                crate::fits(&output, WIDTH);
                return Ok(());
            }
            let (screen, errors) = (output.stdout, output.stderr);
            let said = [screen, errors].map(|text| String::from_utf8_lossy(&text).into_owned());
            Err(format!("{}\n{}", output.status, said.concat()).into())
        })
    });
    let mut trials = crate::scripts::trials(Path::new(topic));
    trials.extend(variants);
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Returns the variants that a list names, as `--list` prints it.
pub(crate) fn listed(list: &str) -> Vec<Listed> {
    let mut lesson = String::new();
    let mut listed = Vec::<Listed>::new();
    let is_variant =
        |line: &&str| !line.starts_with("  read  ") && !line.starts_with("  in Python  ");
    for line in list.lines().filter(is_variant) {
        if let Some(story) = line.strip_prefix("      ") {
            let Some(last) = listed.last_mut() else { continue };
            let space = if last.story.is_empty() { "" } else { " " };
            last.story += &format!("{space}{story}");
        } else if let Some(name) = line.strip_prefix("  ") {
            let variant = name.split("  ").next().unwrap_or(name).to_owned();
            listed.push(Listed { lesson: lesson.clone(), variant, story: String::new() });
        } else if let Some((name, _)) = line.split_once(" · ") {
            name.clone_into(&mut lesson);
        }
    }
    listed
}
