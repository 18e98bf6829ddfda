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
    // The page's shell blocks show `lost-update`, `torn-read`, `optimistic` and all of `litmus`.
    let lessons: [(&[&str], &str); 9] = [
        (&["check-then-act"], "both saw 100: paid 2 of 2, left -60"),
        (&["mutex"], "as it must: t2 → the lock: nobody can move"),
        (&["publication"], "early: Loom 0 of 6, here 0 of 20 000"),
        (&["false-sharing"], "one-line measured 8 bytes apart"),
        (&["aba"], "lost: C; there twice: B"),
        (&["operations"], "none lost, in order"),
        (&["compiler"], "rc holds E0277"),
        (&["check-then-act", "--explore"], "paid 1 of 2, left 20: 2 ways (right)"),
        (&["aba", "--explore"], "68 schedules 66 finish 2 break it"),
    ];
    let marked = |said: &str| said.matches("shown by the model checker only").count();
    let x86 = cfg!(any(target_arch = "x86", target_arch = "x86_64"));
    for (arguments, wanted) in lessons {
        let said = checks::fits(&thread_safety(arguments), "80");
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(wanted), "{wanted}: {said}");
        assert!(arguments.len() > 1 || said.lines().count() <= 24, "more than a screen: {said}");
        let only_there = if arguments == ["publication"] { 2 } else { 0 };
        assert!(!x86 || marked(&words) == only_there, "{said}");
    }
    // The page leaves open what these rows show, for that depends on the processor.
    for row in ["sb-exchange", "mp-relaxed", "iriw-relaxed", "iriw-acq-rel"] {
        let said = checks::fits(&thread_safety(&["litmus", "--variant", row]), "80");
        assert!(!x86 || marked(&said) == 1, "{said}");
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
