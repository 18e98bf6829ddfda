//! The command line: a wrong request gets one clear line and exit status 2, and every screen fits.

use std::process::Output;

fn locks(arguments: &[&str]) -> Output {
    checks::run(env!("CARGO_BIN_EXE_locks"), arguments)
}

#[test]
fn a_wrong_request_is_refused_with_what_would_be_right() {
    for (request, right) in [
        ("spinn", "spin"),
        ("spin --variant wishful", "two-steps, one-step"),
        ("spin --increments 0", "1..=10000000"),
        ("spin --increments 10000001", "1..=10000000"),
        ("spin --increments -1", "1..=10000000"),
        ("ticket --waiters 0", "1..=64"),
        ("mcs --waiters 65", "1..=64"),
        ("futex --increments -1", "1..=10000000"),
        ("reentrant --times 1001", "1..=1000"),
        ("nested --depth 0", "1..=1000"),
        ("rwlock --turns 0", "1..=1000"),
        ("condvar --items 1000001", "1..=1000000"),
        ("barrier --rounds many", "--rounds"),
        ("barrier --rounds -1", "1..=100000"),
        ("peterson --rounds -5", "1..=10000000"),
        ("fairness --time 0", "1..=10000"),
        ("priority-inversion --medium 201", "1..=200"),
    ] {
        checks::refused(&locks(&request.split(' ').collect::<Vec<_>>()), right);
    }
}

#[test]
fn every_lesson_is_shown_on_one_screen() {
    let list = checks::fits(&locks(&["--list", "--width", "160"]), "160");
    for (lesson, _) in list.lines().filter_map(|line| line.split_once(" · ")) {
        // What measures for a time, or again and again, fills the same screen in less of it.
        let shown: &[&str] = match lesson {
            "fairness" => &[lesson, "--time", "2"],
            "peterson" => &[lesson, "--rounds", "1000"],
            _ => &[lesson],
        };
        let lines = checks::fits(&locks(shown), "80").lines().count();
        assert!(lines <= 24, "{lesson} takes {lines} lines, more than a screen");
    }
    // Where there are more schedules, there are more rows.
    let few = ["latch", "--variant", "registered-late", "--explore", "--schedules", "3"];
    checks::fits(&locks(&[&few[..], &["--width", "60"]].concat()), "60");
}

#[test]
fn what_deadlocks_shows_which_thread_waits_for_what() {
    for (lesson, variant, wait) in [
        ("mcs", "unlinked", "t2 → its turn"),
        ("futex", "now", "t2 → lock"),
        ("nested", "twice", "t1 → A → t1"),
        ("condvar", "unlocked-flag", "t1 → the flag"),
        ("barrier", "counter-alone", "t1 → round 2 → t2 → round 3 → t1"),
        ("event", "pulse", "t1 → a signal"),
    ] {
        let output = locks(&[lesson, "--variant", variant, "--width", "120"]);
        let said = checks::fits(&output, "120");
        assert!(said.contains("as it must") && said.contains(wait), "{said}");
        if cfg!(target_os = "linux") {
            assert!(said.contains("asleep in futex"), "{said}");
        }
    }
}

#[test]
fn on_one_core_peterson_cannot_be_shown_and_the_screen_says_so() {
    if let Some(output) = checks::run_on_one_core(env!("CARGO_BIN_EXE_locks"), &["peterson"]) {
        let said = checks::fits(&output, "80");
        assert!(said.contains("acquire-release  cannot be shown here"), "{said}");
        assert!(said.contains("seq-cst          holds"), "{said}");
    }
}
