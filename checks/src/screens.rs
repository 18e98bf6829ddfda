//! What stands on a screen: whether it fits, whether a refusal and a help say what they have to.

use std::process::{Command, Output};

use super::{list, run};

/// The lines of a screen: of a topic's help, which names its lessons, and of a lesson's.
const SCREENS: [usize; 2] = [50, 40];
/// The options that a lesson's help offers where there is something to show, `--weaken` aside.
const LENSES: [&str; 11] = [
    "--explore",
    "--schedules",
    "--seed",
    "--schedule",
    "--source",
    "--play",
    "--page",
    "--quiz",
    "--answer",
    "--progress",
    "--python",
];

/// Asserts that a request was refused as it should be: exit code 2, and one line, which holds what
/// would be right.
///
/// # Panics
/// If it was not.
pub fn refused(output: &Output, wanted: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains(wanted), "no {wanted:?} in: {said}");
    assert!(output.stdout.is_empty(), "something was printed before the request was refused");
}

/// Asserts that a run went well and that none of its lines is longer than the width, but for
/// commands, which are never broken; returns what it printed.
///
/// # Panics
/// If it did not, or one is.
pub fn fits(output: &Output, width: &str) -> String {
    let width: usize = width.parse().expect("a width is a number");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(!said.is_empty(), "nothing was printed");
    for line in said
        .lines()
        .filter(|line| !line.contains(": cargo run ") && !line.contains(":  cargo run "))
    {
        assert!(line.chars().count() <= width, "longer than {width}: {line}");
    }
    said
}

/// Runs the tour of a topic at the narrowest width, and returns what it printed. Each process of it
/// has the variable `TOUR_OF` with the tests' process ID, whatever its parent is by then.
///
/// # Panics
/// If the tour fails, or a line of it is longer than the width.
pub fn the_narrow_tour(binary: &str) -> String {
    let mut tour = Command::new(binary);
    tour.args(["--width", "40"]).env("TOUR_OF", std::process::id().to_string());
    fits(&tour.output().expect("the tests have built it"), "40")
}

/// Asserts that the help of a topic, of each of its lessons and of the quiz fits the narrowest
/// screen and can be read on one of 80 columns, and that a lesson's help offers the options for
/// which the lesson has something to show. (Stage's tests assert for all topics that a wider help
/// has no more lines, and that an option that is not offered is refused.)
///
/// # Panics
/// If one does not.
pub fn every_help_reads_on_a_screen(binary: &str) {
    let list = list(binary);
    let lessons: Vec<_> = list.split("\n\n").filter_map(|of_it| of_it.split_once(" · ")).collect();
    assert!(!lessons.is_empty(), "{list}");
    for (name, screen) in [("", SCREENS[0]), ("quiz", SCREENS[1])] {
        help(binary, name, screen);
    }
    for (lesson, of_it) in lessons {
        let help = help(binary, lesson, SCREENS[1]);
        for option in LENSES {
            let shows = if option == "--python" { "\n  in Python  " } else { ", --explore" };
            assert_eq!(offers(&help, option), of_it.contains(shows), "{lesson} {option}");
        }
    }
}

/// Returns a help as it is on the narrowest screen. If it has more lines than a screen there, it
/// has to have no more on one of 80 columns.
fn help(binary: &str, name: &str, screen: usize) -> String {
    let at = |width| {
        let given: Vec<_> = name.split_whitespace().chain(["--help", "--width", width]).collect();
        fits(&run(binary, &given), width)
    };
    let (narrow, reads) = (at("40"), |help: &str| help.lines().count() <= screen);
    assert!(reads(&narrow) || reads(&at("80")), "{name} --help has more than {screen} lines");
    narrow
}

/// Returns whether a help offers an option: a line begins with it, not deeper than options do.
pub fn offers(help: &str, option: &str) -> bool {
    let begins = |line: &str| line.split(' ').next() == Some(option);
    help.lines().any(|line| line.strip_prefix("      ").is_some_and(begins))
}
