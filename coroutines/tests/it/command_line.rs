//! The command line: a wrong request gets one clear line and exit code 2.

use std::process::Output;

fn coroutines(arguments: &[&str]) -> Output {
    checks::run(env!("CARGO_BIN_EXE_coroutines"), arguments)
}

#[test]
fn a_wrong_request_is_refused_with_what_would_be_right() {
    let descriptors = "for which there are descriptors";
    for (arguments, right) in [
        (&["generater"][..], "generator"),
        (
            &["generator", "--variant", "wishful"],
            "state-machine, async-fn, stackful, send, delegate",
        ),
        (&["channels", "--messages", "7"], "8..=1000"),
        (&["channels", "--room", "0"], "1..=100"),
        (&["semaphore", "--jobs", "-1"], "2..=1000"),
        (&["semaphore", "--permits", "0"], "1..=1000"),
        (&["echo", "--connections", "0"], descriptors),
        (&["echo", "--connections", "-1"], descriptors),
        (&["echo", "--connections", "many"], descriptors),
        (&["echo", "--connections", "10000000"], descriptors),
        (&["echo", "--messages", "0"], "1..=1000"),
        (&["reactor", "--sockets", "0"], descriptors),
        (&["reactor", "--sockets", "few"], descriptors),
        (&["reactor", "--sockets", "10000000"], descriptors),
        (&["pin", "--python"], "--python works with"),
    ] {
        checks::refused(&coroutines(arguments), right);
    }
}

#[test]
fn what_a_variant_says_follows_from_what_came_out() {
    for (arguments, wanted) in [
        (&["channels", "--variant", "bounded"][..], "the producer waited for room 20 times"),
        (&["channels", "--variant", "bounded", "--room", "100"], "producer never had to wait"),
        (&["semaphore", "--variant", "limited"], "9 jobs, 3 permits: at most 3 requests at once"),
        (&["semaphore", "--variant", "limited", "--permits", "9"], "9 permits: no job had to wait"),
        (&["guard", "--variant", "lock-across"], "t1 → t2 to yield → t2 → A → t1"),
    ] {
        let output = coroutines(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(wanted), "no {wanted:?} in: {said}");
    }
}

#[test]
fn each_variant_draws_the_producer_and_the_consumer_as_two_lanes() {
    for variant in ["state-machine", "async-fn", "stackful"] {
        let output = coroutines(&["generator", "--variant", variant]);
        let said = String::from_utf8_lossy(&output.stdout);
        let lanes = said.lines().filter_map(|line| line.split_once(" │"));
        let names: Vec<_> = lanes.map(|(name, _)| name.trim()).collect();
        assert_eq!((output.status.code(), &names[..]), (Some(0), &["consumer", "producer"][..]));
    }
}

#[test]
fn every_line_of_the_list_and_of_an_exploration_fits_the_width() {
    // Its model has more schedules than are counted.
    for shown in [&["--list"][..], &["shutdown", "--explore", "--variant", "dropped"]] {
        for width in ["40", "80"] {
            let arguments = [shown, &["--width", width]].concat();
            checks::fits(&coroutines(&arguments), width);
        }
    }
}

#[test]
fn a_player_knows_a_task_by_its_name_and_its_place_before_it_begins() {
    let output = coroutines(&["channels", "--play", "--schedule", "0"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("  1  producer begins  channels.rs:"), "{said}");
    assert!(!said.contains("thread "), "{said}");
}

#[test]
fn a_task_that_has_ended_is_not_called_blocked() {
    for (lesson, variant, schedule, wanted) in [
        // t3 has set the flag; t2, or t1, has been told.
        ("notify", "one-permit", "000012321", ["t2 has ended", "t3 has ended"]),
        ("notify", "one-permit", "000012312", ["t1 has ended", "t3 has ended"]),
    ] {
        let asked = [lesson, "--play", "--variant", variant, "--width", "40"];
        let output = coroutines(&[&asked[..], &["--schedule", schedule]].concat());
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(wanted.iter().all(|state| said.contains(state)), "{said}");
    }
}

#[test]
fn a_task_that_is_about_to_abort_another_one_stands_at_the_abort() {
    let output = coroutines(&["cancel", "--play", "--variant", "send", "--schedule", "000"]);
    let said = String::from_utf8_lossy(&output.stdout);
    let place = said.lines().find(|line| line.contains("task.abort();")).unwrap_or_default();
    assert!(place.trim_start().starts_with('>'), "{said}");
}
