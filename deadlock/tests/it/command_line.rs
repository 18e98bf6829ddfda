//! The command line: a wrong request gets one clear line and exit status 2, a right one its effect.

use std::process::{Command, Output, Stdio};

fn deadlock(line: &str) -> Output {
    checks::run(env!("CARGO_BIN_EXE_deadlock"), &line.split(' ').collect::<Vec<_>>())
}

fn said(line: &str) -> String {
    let output = deadlock(line);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_wrong_request_is_refused_in_one_line_that_says_what_is_right() {
    let opposite = "lock-order --variant opposite --schedule";
    for (line, wanted) in [
        ("lock-oder", "lock-order"),
        // Words that would be right in another place.
        ("quiz lock-order", "a quiz about one is cargo run -p deadlock -- lock-order --quiz"),
        ("explore", "explore is an option: cargo run -p deadlock -- --explore"),
        ("play", "play is an option: cargo run -p deadlock -- LESSON --play"),
        ("lock-order weaken", "no line of lock-order is weakened; --weaken works with no lesson"),
        ("async-guard quiz", "--quiz: there is no model of async-guard"),
        ("quiz --variant opposite", "a quiz about one is LESSON --quiz --variant NAME"),
        ("quiz --python", "--python does not go with a quiz"),
        ("help wishful", "there is no lesson 'wishful'"),
        ("--help --width 3", "40..=160"),
        ("--help --color purple", "always"),
        ("lock-order quiz", "an option: cargo run -p deadlock -- lock-order --quiz"),
        ("lock-order page", "cargo run -p deadlock -- lock-order --page <FILE>"),
        ("lock-order ordered", "cargo run -p deadlock -- lock-order --variant ordered"),
        ("lock-order upgrade", "one is run at a time: cargo run -p deadlock -- upgrade"),
        ("lock-order wishful", "unexpected argument 'wishful'"),
        // Numbers that make no sense, and what is no number.
        ("philosophers --philosophers 1", "2..=1000"),
        ("philosophers --philosophers 1000000", "2..=1000"),
        ("philosophers --philosophers -3", "--philosophers"),
        ("philosophers --philosophers five", "2 to 1000"),
        ("philosophers --meals 0", "1..=1000"),
        ("lock-order --width 3", "40..=160"),
        ("lock-order --width abc", "it is no whole number (The width of the screen"),
        ("lock-order --explore --schedules 0", "1..=10000000"),
        ("lock-order --schedules 0", "see cargo run -p deadlock -- lock-order --help"),
        ("--width 0", "see cargo run -p deadlock -- --help"),
        ("lock-order --explore --seed ", "it is empty"),
        ("lock-order --explore --seed 99999999999999999999", "too large"),
        // Variants.
        ("lock-order --variant wishful", "opposite, ordered, try-back-off, both-at-once"),
        ("--variant ordered", "name the lesson first"),
        ("lock-order --variant self-lock", "lock-order has no"),
        ("--variant self-lock lock-order", "lock-order has no"),
        // Options that would do nothing.
        ("lock-order --seed 3", "--explore"),
        ("lock-order --explore --trace trace.json", "--trace"),
        ("philosophers --philosophers 7 --explore", "--philosophers is of the real run"),
        ("philosophers --meals 5 --variant naive --schedule 0", "--meals is of the"),
        // Schedules.
        ("lock-order --schedule 0011", "name it with --variant"),
        (&format!("{opposite} 0!1"), "schedule"),
        (&format!("{opposite} 00999"), "schedule"),
        (&format!("{opposite} 00011221 --seed 2"), "--schedule runs one schedule again"),
        (&format!("{opposite} 00011221 --schedules 5"), "--schedule runs one schedule again"),
        // Traces.
        ("lock-order --trace /no/such/folder/trace.json", "/no/such/folder/trace.json"),
        ("lock-order --trace -", "name one"),
        // Lessons without a model.
        ("async-guard --explore", "--explore: there is no model of async-guard; --explore, --play"),
        (
            "async-guard --quiz",
            "--quiz: there is no model of async-guard; --explore, --play, --page",
        ),
        ("async-guard --page -", "and --quiz work with self-lock, lock-order"),
        (
            "async-guard --python",
            "there is no Python script beside async-guard; --python works with",
        ),
        (
            "async-guard --weaken",
            "no line of async-guard is weakened; --weaken works with no lesson",
        ),
        ("lock-order --explore --variant timed", "no model of timed; lock-order --list tells"),
    ] {
        checks::refused(&deadlock(line), wanted);
    }
    // That nothing was recorded is known only after the run.
    let output = deadlock("lock-graph --variant ours --trace /tmp/deadlock-no-trace.json");
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("nothing is recorded of lock-graph"), "{errors}");
    assert!(!std::path::Path::new("/tmp/deadlock-no-trace.json").exists());
}

#[test]
fn a_right_request_has_its_effect() {
    for (line, wanted) in [
        ("lock-order --variant opposite --schedule 00011221", "nobody can move"),
        ("--help", "--explore works with self-lock, lock-order"),
        ("philosophers --help", "left fork"),
        ("philosophers --help", "[default: 5]"),
        ("philosophers --help", "2 to 1000"),
        ("coffman --help", "  deadlocks  all-four"),
        ("lock-order --help", "  no model   timed"),
        ("help lock-order --width 60", "lock-order · two threads"),
        ("coffman --list", "  holds, --explore"),
        ("--list", "self-lock · "),
        ("--list", "starvation · "),
        ("self-lock --color always", "\x1b"),
    ] {
        let said = said(line);
        assert!(said.contains(wanted), "{line}: no {wanted:?} in {said}");
    }
    assert!(!said("--list").contains("as it must"), "a list runs nothing");
    assert!(said("lock-order --list").starts_with("lock-order · "), "it begins with the lesson");
    assert!(!said("self-lock").contains('\x1b'), "a pipe gets no colour unless it asks for it");
}

#[test]
fn a_screen_fits_every_width_and_a_command_is_in_one_line() {
    let schedule = "cargo run -p deadlock -- lock-order --variant opposite --schedule 00011221";
    for width in ["40", "60", "80", "140"] {
        let screen = checks::fits(&deadlock(&format!("lock-order --width {width}")), width);
        let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(width == "40" || flat.contains("waits for B, held by t2"), "{width}: {screen}");
        let explore = "cargo run -p deadlock -- lock-order --explore";
        assert!(screen.lines().any(|line| line.ends_with(explore)), "{screen}");
        let screen = said(&format!("lock-order --variant opposite --explore --width {width}"));
        assert!(screen.lines().any(|line| line.ends_with(schedule)), "{screen}");
        let few = "philosophers --variant naive --explore --schedules 4";
        let screen = said(&format!("{few} --width {width}"));
        for line in screen.lines().filter(|line| line.trim_start().starts_with(char::is_numeric)) {
            assert!(line.starts_with("    "), "the columns stand below each other: {screen}");
        }
    }
}

#[test]
fn a_search_that_is_bounded_does_not_say_every_and_says_first_what_it_found() {
    let screen = said("philosophers --variant naive --explore --schedules 4");
    assert!(!screen.contains("every") && !screen.contains("2 000"), "{screen}");
    let (found, first) = (screen.find("tried deadlock"), screen.find("3 finish"));
    assert!(found.is_some() && found < first, "{screen}");
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_run_quietly() {
    let mut tour = Command::new(env!("CARGO_BIN_EXE_deadlock"));
    let mut tour =
        tour.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary was built");
    drop(tour.stdout.take());
    let output = tour.wait_with_output().expect("it was started");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn every_step_of_every_model_stands_in_the_lesson() {
    let explored = said("--explore --schedules 50 --width 140");
    assert!(explored.contains("  channels.rs:") && !explored.contains("kit/src/"), "{explored}");
}
