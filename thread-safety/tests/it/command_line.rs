//! The command line: what is asked for wrongly gets one clear line and exit code 2; a lesson fits
//! its width and a screen, and ends well.

fn thread_safety(arguments: &[&str]) -> std::process::Output {
    checks::run(env!("CARGO_BIN_EXE_thread-safety"), arguments)
}

#[test]
fn a_request_that_is_wrong_is_refused_with_what_would_be_right() {
    for (arguments, wanted) in [
        (&["lost-updat"][..], "lost-update"),
        (&["lost-update", "--variant", "wishful"], "racy-hammered, mutex, atomic"),
        (&["operations", "--explore"], "there is no model of operations"),
    ] {
        checks::refused(&thread_safety(arguments), wanted);
    }
}

#[test]
fn every_lesson_shows_what_it_has_to_on_one_screen_and_marks_what_only_a_model_checker_shows() {
    let lessons: [(&[&str], &str); 13] = [
        (&["lost-update"], "both read 0, wrote 1 and -1: "),
        (&["check-then-act"], "both saw 100: paid 2 of 2, left -60"),
        (&["mutex"], "as it must: t2 → the lock: nobody can move"),
        (&["optimistic"], "one had to begin again: 2 of 2, retries: 1"),
        (&["torn-read"], "read 1, 0: a pair that was never written"),
        (&["publication"], "early: Loom 0 of 6, here 0 of 20 000"),
        (&["litmus"], "lb-relaxed cannot be shown here 11 allowed, "),
        (&["false-sharing"], "one-line measured 8 bytes apart"),
        (&["aba"], "lost: C; there twice: B"),
        (&["operations"], "none lost, in order"),
        (&["compiler"], "rc holds E0277"),
        (&["check-then-act", "--explore"], "paid 1 of 2, left 20: 2 ways (right)"),
        (&["aba", "--explore"], "68 schedules 66 finish 2 break it"),
    ];
    let mut modelled = Vec::new();
    for (arguments, wanted) in lessons {
        let said = checks::fits(&thread_safety(arguments), "80");
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(wanted), "{wanted}: {said}");
        // The table of `litmus` has a row for each test and ordering.
        let long = arguments.len() > 1 || arguments == ["litmus"];
        assert!(long || said.lines().count() <= 24, "more than a screen: {said}");
        modelled.push((arguments[0], words.matches("shown by the model checker only").count()));
    }
    if cfg!(any(target_arch = "x86", target_arch = "x86_64")) {
        modelled.retain(|&(_, marked)| marked > 0);
        assert_eq!(modelled, [("publication", 2), ("litmus", 5)]);
    }
}

#[test]
fn on_one_core_litmus_says_that_nothing_can_be_shown() {
    if let Some(output) = checks::run_on_one_core(env!("CARGO_BIN_EXE_thread-safety"), &["litmus"])
    {
        let said = checks::fits(&output, "80");
        assert_eq!(said.matches("cannot be shown here").count(), 19, "{said}");
    }
}
