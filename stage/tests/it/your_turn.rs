//! The template for code of one's own, in each lens: run, explored, replayed, played.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Returns the file of the example, which `cargo test -p stage` builds.
pub(crate) fn example() -> PathBuf {
    let test = std::env::current_exe().expect("this test has a file");
    let target =
        test.parent().and_then(|deps| deps.parent()).expect("it lies in target/debug/deps");
    target.join("examples/your_turn")
}

fn your_turn(arguments: &[&str], typed: &str) -> Output {
    let mut command = Command::new(example());
    command.arg("overdraft").args(arguments).env("LC_ALL", "C.UTF-8");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = command.spawn().expect("cargo test -p stage builds the example");
    let mut stdin = run.stdin.take().expect("it is piped");
    stdin.write_all(typed.as_bytes()).expect("the pipe has room");
    drop(stdin);
    run.wait_with_output().expect("it ends")
}

fn shown(arguments: &[&str], typed: &str) -> String {
    let output = your_turn(arguments, typed);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    assert!(errors.is_empty(), "{errors}");
    assert!(
        said.lines().all(|line| line.chars().count() <= 80 || line.contains("cargo run")),
        "{said}"
    );
    said
}

#[test]
fn the_template_breaks_and_holds_for_real() {
    let said = shown(&[], "");
    assert!(said.contains("check-then-act  breaks, as it must  both found enough: -60"), "{said}");
    assert!(said.contains("in-one-step     holds"), "{said}");
}

#[test]
fn its_schedules_are_counted_with_what_comes_out_of_each() {
    let said = shown(&["--explore"], "");
    assert!(said.contains("-60: "), "{said}");
    assert!(said.contains("20: ") && said.contains("(right)"), "{said}");
    assert!(said.contains("account.rs:"), "each step has its place: {said}");
    let again = "cargo run -p stage --example your_turn -- overdraft --variant check-then-act";
    assert!(said.contains(again), "what is to be typed works: {said}");
}

#[test]
fn a_step_is_shown_with_the_line_of_the_source() {
    let said = shown(&["--explore", "--variant", "check-then-act", "--source"], "");
    assert!(said.contains("account.fetch_sub(80, SeqCst);"), "{said}");
}

#[test]
fn a_player_overdraws_undoes_it_and_comes_back_to_where_it_was() {
    // Both look, both withdraw; the last move is undone and made again.
    let said = shown(&["--play"], "1\n2\n1\n1\nu\n1\nq\n");
    assert!(said.contains("make it fail, in 4 moves if you can"), "{said}");
    assert_eq!(
        said.matches("it fails, in 4 moves: the balance came out as -60, not 20").count(),
        2,
        "{said}"
    );
    let position =
        said.lines().last().and_then(|line| line.rsplit(' ').next()).expect("it is told");
    let again = shown(&["--variant", "check-then-act", "--schedule", position], "");
    assert!(again.contains("the balance came out as -60, not 20"), "{again}");
}

#[test]
fn what_is_counted_are_the_moves_that_were_made_each_as_it_was_offered() {
    let said = shown(&["--play"], "1\n2\ns\nq\n");
    let offered = |number: usize| {
        let line = said.lines().find(|line| line.starts_with(&format!("    {number}  t{number} ")));
        let words = line.and_then(|line| line[7..].split("  ").next());
        words.expect("it is offered").to_owned()
    };
    let made = format!("  2 moves:  {} · {}", offered(1), offered(2));
    assert!(said.contains("  no move yet\n") && said.contains(&made), "{made} in {said}");
    let (_, all) = said.rsplit_once("show all, q: quit > s\n").expect("all are shown");
    let numbers = all.lines().filter_map(|line| line.get(4..7)?.trim().parse::<u32>().ok());
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2], "{all}");
}

#[test]
fn every_beginning_of_a_schedule_is_a_position() {
    let said = shown(&["--play"], "1\n2\n1\n1\nq\n");
    let whole = said.lines().last().and_then(|line| line.rsplit(' ').next()).expect("it is told");
    for length in 0..whole.len() {
        let said = shown(&["--variant", "check-then-act", "--schedule", &whole[..length]], "");
        // Behind the last choice there is only one way, which is gone to its end.
        let ends = ["the beginning of a schedule; next: ", "the balance came out as -60, not 20"];
        assert!(ends.iter().any(|end| said.contains(end)), "{length}: {said}");
        let said = shown(&["--play", "--schedule", &whole[..length]], "q\n");
        assert!(said.contains("this position:"), "{said}");
    }
}

#[test]
fn a_hint_leads_to_the_failure_and_says_where_there_is_none() {
    let said = shown(&["--play"], "h\nq\n");
    assert!(said.contains(", leads to a failure, 4 moves away"), "{said}");
    let said = shown(&["--play", "--variant", "in-one-step"], "h\nq\n");
    assert!(said.contains("nobody can make it fail: all "), "{said}");
}

#[test]
fn a_wrong_word_is_one_line_and_the_end_of_input_leaves_the_game() {
    let said = shown(&["--play"], "x\n0\n99\nu\n\n");
    for wanted in [
        "'x' is no move",
        "there is no move 0",
        "there is no move 99",
        "this is the beginning",
        "'' is no move",
    ] {
        assert!(said.contains(wanted), "no {wanted:?} in: {said}");
    }
    assert!(
        said.trim_end().lines().last().is_some_and(|line| line.contains("--play --schedule ")),
        "{said}"
    );
}

#[test]
fn what_cannot_be_played_is_refused_in_a_line() {
    for (arguments, wanted) in [
        (&["--play", "--schedule", "0x!"][..], "a schedule is what --explore prints"),
        (&["--play", "--schedule", "0999"], "not one of this variant's"),
        (
            &["--variant", "check-then-act", "--schedule", "000112212120000000"],
            "not one of this variant's",
        ),
        (&["--play", "--explore"], "cannot be used with"),
        (&["--source"], "--source goes with"),
    ] {
        checks::refused(&your_turn(arguments, ""), wanted);
    }
}
