//! The aims: the file itself, and what becomes of them.

use std::path::Path;

use bench::aims::{Aim, Aims};

use super::fixture::{Fixture, run};

/// Writes results by which every aim holds with room to spare, `but` one.
fn results(but: Option<&str>) -> Fixture {
    let fixture = Fixture::new();
    // One workload after the other: an id may be in several aims, and its time has to suit all of
    // them.
    for aim in Aims::all().aim {
        fixture.run(aim.bench(), &run("abc1234567", 1000));
    }
    let mut all = Aims::all().aim;
    all.retain(|aim| but.is_none_or(|but| aim.of != but));
    let ours = |id: &str| id.contains("ours") && !id.contains("one worker");
    let write = |id: &str| {
        let (workload, contender) = id.rsplit_once('/').expect("an id has three parts");
        let limit = id.contains("limit");
        let ns = if limit || ours(id) { 10.0 } else { 1e6 };
        fixture.result(workload, contender, ns);
    };
    for aim in &all {
        write(&aim.of);
        aim.to.iter().for_each(|to| write(to));
    }
    fixture
}

fn name_of(aim: &Aim) -> (&str, &str) {
    aim.of.rsplit_once('/').expect("an id has three parts")
}

#[test]
fn every_aim_has_one_bound_and_names_a_topic_and_what_is_measured() {
    let aims = Aims::all();
    assert!(aims.aim.len() > 20);
    for aim in &aims.aim {
        assert_eq!(
            usize::from(aim.at_most.is_some()) + usize::from(aim.at_least.is_some()),
            1,
            "{aim:?}"
        );
        assert!(aim.of.split('/').count() >= 3, "{aim:?}");
        // Of two benches no run tells.
        assert!(
            aim.to.as_ref().is_none_or(|to| to.split('/').next() == aim.of.split('/').next()),
            "{aim:?}"
        );
    }
    let topics =
        aims.aim.iter().map(|aim| &aim.topic).chain(aims.tested.iter().map(|tested| &tested.topic));
    for topic in topics {
        let package =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(topic).join("Cargo.toml");
        assert!(package.exists(), "{topic} is no topic");
    }
}

#[test]
fn if_all_aims_hold_it_says_so_and_ends_well() {
    let said = results(None).said(&["--check"]);
    let all = Aims::all().aim.len();
    assert!(
        said.contains(&format!("{all} of {all} aims hold, 0 are missed, 0 are not measured")),
        "{said}"
    );
    assert_eq!(said.matches("  holds   ").count(), all, "{said}");
}

#[test]
fn an_aim_that_is_missed_is_shown_with_the_ratio_and_the_reason() {
    let fixture = results(None);
    let aims = Aims::all().aim;
    let (workload, contender) = name_of(&aims[0]);
    let (to_workload, to) =
        aims[0].to.as_ref().and_then(|to| to.rsplit_once('/')).expect("the first is a ratio");
    fixture.result(workload, contender, 500.0);
    fixture.result(to_workload, to, 1000.0);
    let output = fixture.bench(&["--check", "--width", "160"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("  MISSED  an empty task"), "{said}");
    assert!(said.contains("0.50 (± 14 %), at most 0.40"), "{said}");
    assert!(said.contains("why: "), "{said}");
}

#[test]
fn an_aim_in_nanoseconds_is_compared_with_them() {
    let fixture = results(None);
    fixture.result("pools/result", "stealing (ours)", 151.0);
    let output = fixture.bench(&["--check"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("151 ns (± 10 %), at most 150 ns"), "{said}");
}

#[test]
fn an_aim_that_nothing_tells_of_is_not_missed_and_names_the_command_that_would_tell() {
    let fixture = results(Some("pools/20us/stealing (ours)"));
    let output = fixture.bench(&["--check", "thread-pool"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("not measured: run cargo bench --bench pools"), "{said}");
    assert!(said.contains("0 are missed, 1 are not measured"), "{said}");
    assert!(!said.contains("coroutines"), "{said}");
}

#[test]
fn a_ratio_of_two_runs_is_none() {
    let fixture = results(None);
    fixture.run("pools", &run("abc1234567", 2000));
    fixture.result_in(2001, "pools/20us", "stealing (ours)", 10.0);
    let output = fixture.bench(&["--check"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert_eq!(said.matches("not measured in one recorded run").count(), 1, "{said}");
}

#[test]
fn with_no_result_at_all_every_aim_is_unknown() {
    let output = Fixture::new().bench(&["--check"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains(&format!("{} are not measured", Aims::all().aim.len())), "{said}");
}
