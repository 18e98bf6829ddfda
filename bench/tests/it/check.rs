//! The aims: the file itself, and what becomes of them when contenders take turns.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use bench::aims::{Aim, Aims, Ratios, filter};

use super::fixture::Fixture;

fn aims() -> Vec<Aim> {
    Aims::all().expect("it can be read").aim
}

/// Benches by which every aim of some topics holds with room to spare.
fn hold(topics: &[&str]) -> Fixture {
    let mut aims = aims();
    aims.retain(|aim| topics.contains(&aim.topic.as_str()));
    let mut times: BTreeMap<&str, f64> = BTreeMap::new();
    // An id is in several aims: what is too fast for one is slowed down, until all hold.
    for _ in 0..aims.len() {
        for aim in &aims {
            let [of, to] = [&aim.of, &aim.to].map(|id| *times.entry(id).or_insert(10.0));
            let least_of = aim.at_least.map_or(0.0, |least| least * to * 2.0);
            let least_to = aim.at_most.map_or(0.0, |most| of / most * 2.0);
            times.insert(&aim.of, of.max(least_of));
            times.insert(&aim.to, to.max(least_to));
        }
    }
    let fixture = Fixture::new();
    times.into_iter().for_each(|(id, ns)| time(&fixture, id, ns));
    fixture
}

fn time(fixture: &Fixture, id: &str, ns: f64) {
    let (workload, contender) = id.rsplit_once('/').expect("an id has three parts");
    fixture.result(workload, contender, ns);
}

/// Checks these aims, with exit code `code`; returns what is printed on both streams.
fn check(fixture: &Fixture, arguments: &[&str], code: i32) -> String {
    let mut command = fixture.check(arguments);
    let output = command.args(["--width", "160"]).output().expect("the tests have built it");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = said + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(fixture.left_behind(), [""; 0], "{said}");
    said
}

const AIM: &str = "pools/20us/stealing (ours)";
const PEER: &str = "pools/20us/rayon par_iter";

#[test]
fn every_aim_has_one_bound_and_each_topic_has_aims_of_one_bench_each() {
    let aims = aims();
    for aim in &aims {
        let bounds = [aim.at_most, aim.at_least].into_iter().flatten().count();
        assert_eq!(bounds, 1, "{aim:?}");
        assert!(aim.of.split('/').count() >= 3, "{aim:?}");
        // The contenders of two benches take no turns.
        assert_eq!(aim.to.split('/').next(), Some(aim.bench()), "{aim:?}");
    }
    let members = include_str!("../../../Cargo.toml");
    let topics =
        members.lines().filter_map(|line| line.strip_prefix("    \"")?.strip_suffix("\","));
    for topic in topics.take(10) {
        assert!(aims.iter().any(|aim| aim.topic == topic), "{topic} has no aim");
    }
    assert!(aims.iter().all(|aim| members.contains(&format!("    \"{}\",", aim.topic))));
}

#[test]
fn what_was_found_of_an_aim_names_its_machine() {
    for aim in aims() {
        let named = |found: String| found.contains("Xeon") || found.contains("EPYC");
        assert!(aim.found.is_none_or(named), "{}", aim.aim);
    }
}

#[test]
fn each_workload_of_the_aims_has_words_for_what_its_figures_are_of() {
    let words = include_str!("../../workloads.toml");
    let words: BTreeMap<String, String> = toml_edit::de::from_str(words).expect("it can be read");
    for Aim { of, .. } in aims() {
        let told = words.keys().any(|name| of.starts_with(&format!("{name}/")));
        assert!(told, "{of} has no words in bench/workloads.toml");
    }
}

#[test]
fn if_all_aims_hold_it_says_so_and_ends_well() {
    let aims = aims();
    let topics: Vec<_> = aims.iter().map(|aim| aim.topic.as_str()).collect();
    let (said, all) = (check(&hold(&topics), &[], 0), aims.len());
    assert!(
        said.contains(&format!(
            "{all} of {all} aims hold; missed 0, within the spread 0, not measured 0; 15 rounds"
        )),
        "{said}"
    );
    assert!(said.ends_with("round 15 of 15\n"), "{said}");
    assert_eq!(said.matches("\n  holds  ").count(), all, "{said}");
}

#[test]
fn an_aim_that_is_missed_is_shown_with_median_quarters_bound_and_reason() {
    let missed = aims().into_iter().find(|aim| aim.at_most.is_some() && aim.found.is_some());
    let missed = missed.expect("there is one");
    let fixture = hold(&[&missed.topic]);
    time(&fixture, &missed.of, 1230.0);
    time(&fixture, &missed.to, 100.0);
    let said = check(&fixture, &[&missed.of], 1);
    assert!(said.contains("  MISSED     12.3  12.3–12.3      max "), "{said}");
    assert!(said.contains("why: "), "{said}");
}

#[test]
fn an_aim_whose_bound_lies_between_the_quarters_is_neither_held_nor_missed() {
    let fixture = hold(&["thread-pool"]);
    let second = fixture.of_every_second_round();
    for (fixture, ns) in [(&fixture, 90.0), (&second, 150.0)] {
        time(fixture, PEER, 100.0);
        time(fixture, AIM, ns);
    }
    let said = check(&fixture, &[AIM], 0);
    assert!(said.contains("  within     0.90  0.90–1.50      max 1.05"), "{said}");
    assert!(said.contains("0 of 1 aims hold; missed 0, within the spread 1"), "{said}");
}

#[test]
fn a_contender_that_no_round_has_timed_is_no_failure() {
    let fixture = hold(&["thread-pool"]);
    fixture.remove(AIM);
    let said = check(&fixture, &["thread-pool"], 3);
    assert!(said.contains(&format!("not measured: no round has timed {AIM}")), "{said}");
    assert!(said.contains("missed 0") && said.contains("not measured 1;"), "{said}");
    assert!(!said.contains("coroutines"), "{said}");
}

#[test]
fn a_bench_that_fails_leaves_the_others_their_rounds() {
    let fixture = hold(&["thread-pool", "locks"]);
    fixture.bench_does("pools", "echo 'there is no room' >&2; exit 101");
    let said = check(&fixture, &["thread-pool", "locks"], 3);
    assert!(
        said.contains("the bench pools failed:") && said.contains("there is no room"),
        "{said}"
    );
    assert!(said.contains("\nlocks\n") && said.contains("\n  holds  "), "{said}");
}

#[test]
fn rounds_that_take_longer_than_the_limit_are_not_begun() {
    let fixture = hold(&["thread-pool"]);
    // A round takes more than half of the limit: there is one.
    fixture.bench_does("pools", "sleep 0.6");
    let said = check(&fixture, &[AIM, "--limit", "1"], 3);
    assert!(said.contains("not measured: 1 of at least 5 rounds"), "{said}");
    assert!(said.contains("; 1 of 15 rounds"), "{said}");
}

#[test]
fn without_cargo_or_with_code_that_does_not_build_nothing_is_measured() {
    let fixture = hold(&["thread-pool"]);
    for (cargo, wanted) in [("/no/such/cargo", "is not there"), ("/bin/false", "says why above")] {
        let output = fixture.check(&[AIM]).env("CARGO", cargo).output();
        let output = output.expect("the tests have built it");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(wanted) && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn what_is_interrupted_ends_quietly_and_leaves_nothing() {
    let fixture = hold(&["thread-pool"]);
    let fifo = fixture.home().join("started");
    let made = Command::new("mkfifo").arg(&fifo).status().expect("it is there");
    assert!(made.success());
    fixture.bench_does("pools", &format!("echo > '{}'; exec sleep 3600", fifo.display()));
    let mut command = fixture.check(&[AIM]);
    // As a terminal does: all of its processes are told.
    command.process_group(0).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().expect("the tests have built it");
    std::fs::read(&fifo).expect("the bench says that it is there");
    let group = format!("-{}", child.id());
    let killed = Command::new("kill").args(["-s", "TERM", "--", &group]).status();
    assert!(killed.expect("it is there").success());
    let output = child.wait_with_output().expect("it was started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert_eq!((said.as_ref(), fixture.left_behind()), ("round 1 of 15\n", vec![]));
}

#[test]
fn the_table_fits_its_width() {
    let fixture = hold(&["thread-pool", "deadlock"]);
    for width in ["40", "80", "140"] {
        let mut command = fixture.check(&["thread-pool", "deadlock", "--width", width]);
        let output = command.output().expect("the tests have built it");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let longest = said.lines().map(|line| line.chars().count()).max();
        assert!(longest <= width.parse().ok(), "{said}");
    }
}

#[test]
fn quarters_are_those_of_the_rounds_and_few_rounds_have_none() {
    let ratios = |rounds: &[f64]| {
        Ratios::of(rounds.to_vec()).map(|Ratios { low, median, high }| [low, median, high])
    };
    assert_eq!(ratios(&[1.0, 2.0, 3.0, 4.0]), None);
    assert_eq!(ratios(&[5.0, 1.0, 4.0, 2.0, 3.0]), Some([2.0, 3.0, 4.0]));
}

#[test]
fn the_filter_takes_signs_literally_that_mean_something_to_it() {
    let aims = aims();
    let aim = aims.iter().find(|aim| aim.of == AIM).expect("it is there");
    assert_eq!(filter([aim, aim]), "^(pools/20us/rayon par_iter|pools/20us/stealing .ours.)$");
}
