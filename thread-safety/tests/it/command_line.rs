//! The command line: what is asked for wrongly gets one clear line and exit code 2; a lesson fits its
//! width and a screen, and ends well.

fn thread_safety(arguments: &[&str]) -> std::process::Output {
    checks::run(env!("CARGO_BIN_EXE_thread-safety"), arguments)
}

#[test]
fn a_request_that_is_wrong_is_refused_with_what_would_be_right() {
    for (arguments, wanted) in [
        (&["lost-updat"][..], "lost-update"),
        (&["lost-update", "--variant", "wishful"], "racy-hammered, mutex, atomic"),
        (&["operations", "--explore"], "there is no model of it to explore"),
    ] {
        checks::refused(&thread_safety(arguments), wanted);
    }
}

#[test]
fn every_lesson_fits_each_width_and_a_screen_and_says_what_it_has_to() {
    let two_lines = align_of::<crossbeam_utils::CachePadded<u8>>();
    let two_lines = format!("two-lines measured {two_lines} bytes apart");
    let lessons: [(&[&str], &[&str]); 14] = [
        (&["lost-update"], &["both read 0, wrote 1 and -1: "]),
        (
            &["lost-update", "--explore", "--variant", "racy"],
            &[
                "69 schedules 39 finish 30 lose one",
                "1: 2 ways · 2: 2 ways (right)",
                "1 came out, not 2",
            ],
        ),
        (&["check-then-act"], &["breaks, as it must both saw 100: paid 2 of 2, left -60"]),
        (&["check-then-act", "--explore"], &["paid 1 of 2, left 20: 2 ways (right)"]),
        (
            &["torn-read"],
            &[
                "breaks, as it must read 1, 0: a pair that was never written",
                "a reader had to try again; torn: 0 of 300 000 reads",
                "a reader waited: 1, 1; torn: 0 of 300 000 reads",
            ],
        ),
        (&["torn-read", "--explore"], &["22 tear it", "more than 4000 schedules", "104 finish"]),
        (
            &["publication"],
            &[
                "no order; early: Loom 2 of 8, here",
                "early: Loom 0 of 6, here 0 of 20 000",
                "once-lock holds one type; early: here 0 of 20 000",
            ],
        ),
        (
            &["litmus"],
            &[
                "sb-relaxed breaks, as it must 00 allowed, ",
                "sb-seq-cst holds 00 forbidden: 0 of ",
                "Loom 3/24",
                "Loom 0/21",
                "Shuttle 0/15",
                "lb-relaxed cannot be shown here 11 allowed, ",
                "corr-seq-cst holds 10 forbidden: 0 of ",
            ],
        ),
        (&["litmus", "--explore"], &["sb-seq-cst, 2 threads 10 schedules 10 finish"]),
        (&["false-sharing"], &["one-line measured 8 bytes apart", &two_lines]),
        (
            &["aba"],
            &[
                "lost: C; there twice: B",
                "tagged holds another count: t1 has A, t2 B",
                "epoch holds another address: t1 has A, t2 B",
            ],
        ),
        (&["aba", "--explore"], &["68 schedules 66 finish 2 break it"]),
        (&["operations"], &["append holds"]),
        (&["compiler"], &["rc holds E0277"]),
    ];
    for (arguments, wanted) in lessons {
        for width in ["60", "80", "140"] {
            let said =
                checks::fits(&thread_safety(&[arguments, &["--width", width]].concat()), width);
            let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
            for wanted in wanted {
                assert!(words.contains(wanted), "{width}, {wanted}: {said}");
            }
            let screen = width != "80" || arguments.len() > 1 || said.lines().count() <= 24;
            assert!(screen, "more than a screen: {said}");
        }
    }
}

#[test]
fn what_only_a_model_checker_shows_is_marked_as_such() {
    if cfg!(any(target_arch = "x86", target_arch = "x86_64")) {
        let shown = |lesson| {
            let said = checks::fits(&thread_safety(&[lesson, "--width", "140"]), "140");
            said.matches("shown by the model checker only").count()
        };
        assert_eq!((shown("publication"), shown("litmus")), (2, 4));
    }
}

#[test]
fn on_one_core_litmus_says_that_nothing_can_be_shown() {
    if let Some(output) = checks::run_on_one_core(env!("CARGO_BIN_EXE_thread-safety"), &["litmus"])
    {
        let said = checks::fits(&output, "80");
        assert_eq!(said.matches("cannot be shown here").count(), 12, "{said}");
    }
}
