//! The lessons on memory, as they are run: they end well, say what they have to, and fit.

fn thread_safety(arguments: &[&str]) -> std::process::Output {
    checks::run(env!("CARGO_BIN_EXE_thread-safety"), arguments)
}

/// Runs a lesson at each width, and looks for each of these on every screen, however its lines are
/// broken.
fn shows(arguments: &[&str], wanted: &[&str]) {
    for width in ["60", "80", "140"] {
        let output = thread_safety(&[arguments, &["--width", width]].concat());
        let said = checks::fits(&output, width);
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for wanted in wanted {
            assert!(words.contains(wanted), "{width}, {wanted}: {said}");
        }
        assert!(width != "80" || said.lines().count() <= 24, "more than a screen: {said}");
    }
}

#[test]
fn torn_read_shows_a_torn_pair_and_three_ways_to_read() {
    shows(
        &["torn-read"],
        &[
            "breaks, as it must read 1, 0: a pair that was never written",
            "a reader was sent away; torn: 0 of 300 000 reads",
            "a reader waited: 1, 1; torn: 0 of 300 000 reads",
        ],
    );
    shows(&["torn-read", "--explore"], &["22 tear it", "more than 4000 schedules", "104 finish"]);
}

#[test]
fn publication_shows_what_loom_finds() {
    let (broken, fixed) =
        ("no order; early: Loom 2 of 8, here", "early: Loom 0 of 6, here 0 of 20 000");
    shows(&["publication"], &[broken, fixed, "once-lock holds one type; early: here 0 of 20 000"]);
}

#[test]
fn what_only_loom_shows_is_said_to_be_shown_by_the_model_checker_only() {
    if cfg!(any(target_arch = "x86", target_arch = "x86_64")) {
        let only = "shown by the model checker only";
        shows(
            &["publication"],
            &[&format!("relaxed {only} no order"), &format!("release-alone {only}")],
        );
        shows(
            &["litmus"],
            &[
                &format!("mp-relaxed {only} 10: x86 0/"),
                &format!("iriw-acq-rel {only} 1010: x86 0/200, Loom"),
            ],
        );
    }
}

#[test]
fn litmus_shows_a_table_and_every_order_of_whole_steps() {
    shows(
        &["litmus"],
        &[
            "sb-relaxed breaks, as it must 00 allowed, ",
            "sb-seq-cst holds 00 forbidden: 0 of ",
            "Loom 3/24",
            "Loom 0/21",
            "iriw-seq-cst holds 1010 forbidden: 0 of 200",
            "lb-relaxed cannot be shown here 11 allowed, ",
            "corr-seq-cst holds 10 forbidden: 0 of ",
        ],
    );
    shows(&["litmus", "--explore"], &["sb-seq-cst, 2 threads 10 schedules 10 finish"]);
}

#[test]
fn false_sharing_says_where_the_counters_lie() {
    let two_lines = format!(
        "two-lines measured {} bytes apart",
        align_of::<crossbeam_utils::CachePadded<u8>>()
    );
    shows(
        &["false-sharing"],
        &["one-line measured 8 bytes apart", &two_lines, "own-variable measured 8 bytes apart"],
    );
}

#[test]
fn aba_says_what_was_lost_and_what_is_there_twice() {
    shows(
        &["aba"],
        &[
            "lost: C; there twice: B",
            "tagged holds another count: t1 has A, t2 B",
            "epoch holds another address: t1 has A, t2 B",
        ],
    );
    shows(&["aba", "--explore", "--schedules", "500"], &["5 break it"]);
}

#[test]
fn what_has_no_model_says_so() {
    let output = thread_safety(&["publication", "--explore"]);
    checks::refused(&output, "there is no model of it to explore");
}

#[test]
fn on_one_core_litmus_says_that_nothing_can_be_shown() {
    if let Some(output) = checks::run_on_one_core(env!("CARGO_BIN_EXE_thread-safety"), &["litmus"])
    {
        let said = checks::fits(&output, "80");
        assert_eq!(said.matches("cannot be shown here").count(), 12, "{said}");
    }
}
