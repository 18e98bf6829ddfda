//! The options that all topics share: each has its effect, or is refused in one line that says why.

use std::process::Output;

use checks::{refused, run};

fn deadlock(arguments: &[&str]) -> Output {
    run(env!("CARGO_BIN_EXE_deadlock"), arguments)
}

fn said(arguments: &[&str]) -> String {
    let output = deadlock(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_schedule_takes_neither_a_seed_nor_a_number_of_schedules() {
    let one = ["lock-order", "--variant", "opposite", "--schedule", "00011221"];
    refused(
        &deadlock(&[&one[..], &["--seed", "2"]].concat()),
        "--schedule runs one schedule again",
    );
    refused(
        &deadlock(&[&one[..], &["--schedules", "5"]].concat()),
        "--schedule runs one schedule again",
    );
}

#[test]
fn a_lessons_own_size_is_refused_where_its_model_has_another() {
    refused(
        &deadlock(&["philosophers", "--philosophers", "7", "--explore"]),
        "--philosophers is of the real run",
    );
    refused(
        &deadlock(&["philosophers", "--meals", "5", "--variant", "naive", "--schedule", "0"]),
        "--meals is of the",
    );
}

#[test]
fn what_is_no_number_is_told_which_numbers_are_right() {
    refused(
        &deadlock(&["lock-order", "--width", "abc"]),
        "it is no whole number (The width of the screen",
    );
    refused(&deadlock(&["philosophers", "--philosophers", "five"]), "2 to 1000");
    refused(&deadlock(&["lock-order", "--explore", "--seed", ""]), "it is empty");
    refused(&deadlock(&["lock-order", "--explore", "--seed", "99999999999999999999"]), "too large");
}

#[test]
fn a_trace_is_refused_on_standard_output_and_of_what_records_nothing() {
    refused(&deadlock(&["lock-order", "--trace", "-"]), "name one");
    let file = std::env::temp_dir().join(format!("deadlock-no-trace-{}", std::process::id()));
    let output = deadlock(&[
        "lock-graph",
        "--variant",
        "ours",
        "--trace",
        file.to_str().expect("it is text"),
    ]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("nothing is recorded of lock-graph") && told.lines().count() == 1,
        "{told}"
    );
    assert!(!file.exists());
}

#[test]
fn where_explore_does_not_work_it_says_where_it_does() {
    refused(&deadlock(&["async-guard", "--explore"]), "--explore works with self-lock, lock-order");
    assert!(said(&["--help"]).contains("--explore works with self-lock, lock-order"));
}

#[test]
fn a_lessons_help_names_its_variants_and_those_that_can_be_explored() {
    let help = said(&["coffman", "--help"]);
    let list = said(&["coffman", "--list"]);
    for shown in [help, list] {
        for wanted in ["  deadlocks, --explore", "  holds, --explore"] {
            assert!(shown.contains(wanted), "{wanted}: {shown}");
        }
    }
}

#[test]
fn the_list_names_every_lesson_and_runs_none() {
    let list = said(&["--list"]);
    assert!(list.contains("self-lock · ") && list.contains("starvation · "), "{list}");
    assert!(!list.contains("as it must"), "{list}");
}

#[test]
fn a_command_is_in_one_line_at_every_width() {
    let wanted = "cargo run -p deadlock -- lock-order --variant opposite --schedule 00011221";
    for width in ["40", "80"] {
        let screen = said(&["lock-order", "--explore", "--width", width]);
        assert!(screen.lines().any(|line| line.ends_with(wanted)), "{screen}");
        let screen = said(&["lock-order", "--width", width]);
        assert!(
            screen
                .lines()
                .any(|line| line.ends_with("cargo run -p deadlock -- lock-order --explore")),
            "{screen}"
        );
    }
}

#[test]
fn a_search_that_is_bounded_does_not_say_every_and_says_first_what_it_found() {
    let screen = said(&["philosophers", "--variant", "naive", "--explore", "--schedules", "3"]);
    assert!(!screen.contains("every"), "{screen}");
    let (found, first) = (screen.find("tried deadlock"), screen.find("3 finish"));
    assert!(found.is_some() && found < first, "{screen}");
}

#[test]
fn the_columns_of_a_search_stand_below_each_other_at_every_width() {
    for width in ["40", "80"] {
        let screen = said(&["philosophers", "--variant", "naive", "--explore", "--width", width]);
        for line in screen
            .lines()
            .filter(|line| line.trim_start().starts_with(|first: char| first.is_ascii_digit()))
        {
            assert!(line.starts_with("    "), "{width}: {screen}");
        }
        assert!(
            screen.lines().filter(|line| !line.contains("cargo run")).all(|line| line.len() <= 90),
            "{screen}"
        );
    }
}
