//! The command line: every lesson ends well; what is asked for wrongly gets one clear
//! line and exit code 2; and what hangs is reported with the cycle that it waits in.

fn singleton(arguments: &[&str]) -> std::process::Output {
    checks::run(env!("CARGO_BIN_EXE_singleton"), arguments)
}

#[test]
fn a_request_that_is_wrong_is_refused_with_what_would_be_right() {
    for (arguments, wanted) in [
        (&["plian"][..], "plain"),
        (&["plain", "--variant", "wishful"], "two-at-once, two-in-turn, one-moved"),
        (&["naive", "--threads", "1"], "2..=100"),
        (&["once-lock", "--explore"], "no model"),
    ] {
        checks::refused(&singleton(arguments), wanted);
    }
    for threads in ["0", "101", "-1", "many", "99999999999999999999"] {
        checks::refused(&singleton(&["naive", "--threads", threads]), "--threads");
    }
}

#[test]
fn every_lesson_says_what_it_has_to() {
    let asked = [
        (&[][..], &["config 2 │ ", "built 2"][..]),
        (&["naive", "--threads", "7"], &["7 threads, 7 built"]),
        (&["naive", "--explore"], &["343 use two", "1 in use: 2 ways (right)"]),
        (&["recursive", "--variant", "lazy-lock"], &["t1 → the config → t1"]),
        (&["recursive", "--variant", "config-and-log"], &["t1 → the log → t2 → the config → t1"]),
    ];
    // The tour is mostly waits: the others are beside it.
    std::thread::scope(|scope| {
        for (arguments, wanted) in asked {
            scope.spawn(move || {
                let said = checks::fits(&singleton(arguments), "80");
                let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
                for wanted in wanted {
                    assert!(words.contains(wanted), "{wanted}: {said}");
                }
            });
        }
    });
}
