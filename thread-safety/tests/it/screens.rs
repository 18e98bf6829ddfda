//! The lessons on memory, as they are run: they end well, say what they have to, and fit.

fn thread_safety(arguments: &[&str]) -> std::process::Output {
    stage::testing::run(env!("CARGO_BIN_EXE_thread-safety"), arguments)
}

/// Runs a lesson at each width, and looks for each of these on every screen, however its lines are broken.
fn shows(arguments: &[&str], wanted: &[&str]) {
    for width in ["60", "80", "140"] {
        let output = thread_safety(&[arguments, &["--width", width]].concat());
        let said = stage::testing::fits(&output, width);
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
            "sent away; then torn: 0 of 300 000",
            "read 1, 1; then torn: 0",
        ],
    );
    shows(&["torn-read", "--explore"], &["22 tear it", "11023 finish", "104 finish"]);
}

#[test]
fn publication_shows_what_loom_finds() {
    let (broken, mended) =
        ("breaks, as it must too early: Loom 2 of 8, here", "holds too early: Loom 0 of 6, here 0 of 20 000");
    shows(&["publication"], &[broken, mended, "once-lock holds too early: here 0 of 20 000"]);
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
            "lb-relaxed cannot be shown here 11 allowed, ",
            "corr-seq-cst holds 10 forbidden: 0 of ",
        ],
    );
    shows(&["litmus", "--explore"], &["sb-seq-cst, 2 threads 10 schedules 10 finish"]);
}

#[test]
fn false_sharing_says_where_the_counters_lie() {
    let two_lines = format!("two-lines holds {} bytes apart", align_of::<crossbeam_utils::CachePadded<u8>>());
    shows(
        &["false-sharing"],
        &["one-line holds 8 bytes apart", &two_lines, "own-variable holds 8 bytes apart"],
    );
}

#[test]
fn aba_says_what_was_lost_and_what_is_there_twice() {
    shows(
        &["aba"],
        &["lost: C; there twice: B", "tagged holds t1 has A, t2 B", "epoch holds t1 has A, t2 B"],
    );
    shows(&["aba", "--explore", "--schedules", "500"], &["5 break it"]);
}

#[test]
fn what_has_no_model_says_so() {
    let output = thread_safety(&["publication", "--explore"]);
    stage::testing::refused(&output, "there is no model of it to explore");
}

#[test]
fn on_one_core_litmus_says_that_nothing_can_be_shown() {
    if let Some(output) = stage::testing::run_on_one_core(env!("CARGO_BIN_EXE_thread-safety"), &["litmus"]) {
        let said = stage::testing::fits(&output, "80");
        assert_eq!(said.matches("cannot be shown here").count(), 12, "{said}");
    }
}
