//! The command line: a wrong request gets one clear line and exit code 2, a right one has its effect.

fn said(arguments: &[&str], width: &str) -> String {
    checks::fits(&checks::run(env!("CARGO_BIN_EXE_thread-pool"), arguments), width)
}

#[test]
fn what_makes_no_sense_is_refused_with_what_does() {
    for (arguments, wanted) in [
        ("unbound", "unbounded"),
        ("unbounded --variant wishful", "per-task, pool"),
        ("unbounded --tasks 0", "1..=10000"),
        ("unbounded --tasks 10001", "1..=10000"),
        ("unbounded --tasks -1", "1..=10000"),
        ("unbounded --tasks many", "many"),
        ("back-pressure --bound 0", "1..=100"),
        ("back-pressure --bound 101", "1..=100"),
        ("nested --workers 0", "1..=64"),
        ("nested --workers 65", "1..=64"),
        ("stealing --tasks 1", "2..=10000"),
        ("stealing --workers 17", "2..=16"),
        ("sizing --workers 0", "1..=256"),
        ("sizing --workers 257", "1..=256"),
        ("--child-entry usher", "left, left-to-rayon, shut-down, rayon-panic"),
    ] {
        let arguments: Vec<_> = arguments.split(' ').collect();
        checks::refused(&checks::run(env!("CARGO_BIN_EXE_thread-pool"), &arguments), wanted);
    }
}

#[test]
fn what_a_lesson_says_follows_from_what_came_out() {
    let runs: [(&str, &[(&str, usize)]); 6] = [
        (
            "unbounded --tasks 1",
            &[("threads alive at once: 1, one for each task", 1), ("more than 4, for 1 task\n", 1)],
        ),
        ("unbounded --tasks 7", &[("threads alive at once: 7, one for each task", 1)]),
        (
            "stealing --tasks 2 --workers 2",
            &[("0 tasks waited behind the long one", 2), ("; 1 steal\n", 1)],
        ),
        ("stealing", &[("9 tasks waited behind the long one", 1)]),
        // A curve promises nothing: it is measured.
        ("sizing --workers 1", &[("  measured  ", 3), ("quickest with 1; by the rule ", 3)]),
        ("back-pressure", &[("998 tasks", 1), (" seen; Little's law: ", 6), ("/s × ", 6)]),
    ];
    for (arguments, wanted) in runs {
        let said = said(&arguments.split(' ').collect::<Vec<_>>(), "80");
        for (wanted, times) in wanted {
            assert_eq!(said.matches(wanted).count(), *times, "{arguments}, {wanted:?}: {said}");
        }
    }
}
