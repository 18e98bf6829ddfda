//! What stands on a screen: whether it fits, whether a refusal and a help say what they have to.

use std::process::{Command, Output};

use super::{list, run};

/// The lines of a screen: of a topic's help, which names its lessons, and of a lesson's.
const SCREENS: [usize; 2] = [50, 40];
/// The options of the lenses, each with a value where it takes one.
const LENSES: [&str; 12] = [
    "--explore",
    "--schedules 5",
    "--seed 5",
    "--schedule 0",
    "--source",
    "--play",
    "--page -",
    "--quiz",
    "--answer a",
    "--progress /no/such/file",
    "--weaken",
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

/// Runs the tour of a topic at the narrowest width, and returns what it printed. Each process of it has
/// the variable `TOUR_OF` with the tests' process ID, whatever its parent is by then.
///
/// # Panics
/// If the tour fails, or a line of it is longer than the width.
pub fn the_narrow_tour(binary: &str) -> String {
    let mut tour = Command::new(binary);
    tour.args(["--width", "40"]).env("TOUR_OF", std::process::id().to_string());
    fits(&tour.output().expect("the tests have built it"), "40")
}

/// Asserts that the help of a topic, of each of its lessons and of the quiz is as wide as it is
/// told to be and can be read on a screen, and that a lesson's help offers the options that the
/// lesson has something to show for: each other one is refused, in a line that names it.
///
/// # Panics
/// If one does not.
pub fn every_help_reads_on_a_screen(binary: &str) {
    let help = |name: &str, width: &str| {
        let given: Vec<_> = name.split_whitespace().chain(["--help", "--width", width]).collect();
        fits(&run(binary, &given), width)
    };
    let list = format!("\n{}", list(binary));
    let lessons: Vec<_> = list.lines().filter_map(|line| line.split_once(" · ")).collect();
    assert!(!lessons.is_empty(), "{list}");
    for (lesson, screen) in [("", SCREENS[0]), ("quiz", SCREENS[1])]
        .into_iter()
        .chain(lessons.iter().map(|(lesson, _)| (*lesson, SCREENS[1])))
    {
        for width in ["40", "80", "140"] {
            let lines = help(lesson, width).lines().count();
            assert!(
                width == "40" || lines <= screen,
                "{lesson} --help has {lines} lines at {width}"
            );
        }
    }
    for (lesson, _) in lessons {
        let help = help(lesson, "80");
        let (_, of_it) = list.split_once(&format!("\n{lesson} · ")).expect("it is listed");
        let of_it = of_it.split("\n\n").next().unwrap_or_default();
        let (modelled, scripted) =
            (of_it.contains(", --explore"), of_it.contains("\n  in Python  "));
        for lens in LENSES {
            let option = lens.split(' ').next().unwrap_or_default();
            let offered = help.lines().any(|line| line.trim().split(' ').next() == Some(option));
            match option {
                "--weaken" => {}
                "--python" => assert_eq!(offered, scripted, "{lesson} {option}"),
                _ => assert_eq!(offered, modelled, "{lesson} {option}"),
            }
            if !offered {
                let given: Vec<_> = std::iter::once(lesson).chain(lens.split(' ')).collect();
                refused(&run(binary, &given), option);
            }
        }
    }
}
