//! What was measured with other sources, or nobody knows with which, is never compared as if it
//! were the same.

use bench::run::Run;

use super::fixture::{Fixture, line, run};

#[test]
fn what_it_was_measured_on_is_said_first() {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.result("locks/short", "std", 100.0);
    let said = fixture.said(&[]);
    assert_eq!(line(&said, "commit"), ["abc1234567"]);
    assert_eq!(
        line(&said, "measured").join(" "),
        "1970-01-01 00:16 UTC, rustc 1.95.0, Python 3.11.7"
    );
    assert_eq!(line(&said, "machine").join(" "), "a processor, 2 cores, Linux 6");
}

#[test]
fn a_result_of_an_older_commit_is_named_and_has_no_place() {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.run("locks", &run("def7654321", 2000));
    fixture.result_in(1001, "locks/short", "old", 10.0);
    fixture.result_in(1002, "locks/short", "older", 20.0);
    fixture.result_in(2001, "locks/short", "std", 100.0);
    fixture.result_in(2002, "locks/short", "other", 200.0);
    let said = fixture.said(&["--width", "160"]);
    assert_eq!(line(&said, "commit"), ["def7654321"]);
    assert!(line(&said, "std").ends_with(&["1.00"]), "{said}");
    assert!(line(&said, "other").ends_with(&["2.00"]), "{said}");
    assert!(!said.contains("  old "), "{said}");
    let told = line(&said, "not compared").join(" ");
    assert!(
        told.contains("old; older (abc1234567, 1970-01-01 00:16 UTC).")
            && told.contains("cargo bench --bench locks"),
        "{said}"
    );
    let tables = fixture.said(&["--markdown"]);
    assert!(
        tables.contains("Not compared, since other sources were timed: old; older.")
            && !tables.contains("| old |"),
        "{tables}"
    );
}

#[test]
fn another_compiler_machine_or_python_is_as_good_as_another_commit() {
    let last = run("abc1234567", 2000);
    let others: [Run; 3] = [
        Run { rustc: "1.96.0".into(), ..last.clone() },
        Run { machine: "another".into(), ..last.clone() },
        Run { python: None, ..last },
    ];
    for other in others {
        let fixture = Fixture::with_runs(&["locks"]);
        fixture.run("locks", &other);
        fixture.result_in(1001, "locks/short", "old", 10.0);
        fixture.result_in(2001, "locks/short", "std", 100.0);
        let said = fixture.said(&[]);
        assert!(said.contains("not compared") && line(&said, "std").ends_with(&["1.00"]), "{said}");
    }
}

#[test]
fn two_runs_of_one_commit_are_compared_and_said_to_be_two() {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.run("locks", &run("abc1234567", 2000));
    fixture.result_in(1001, "locks/short", "std", 100.0);
    fixture.result_in(2001, "locks/short", "other", 200.0);
    let said = fixture.said(&[]);
    assert!(line(&said, "other").ends_with(&["2.00"]), "{said}");
    assert!(said.contains("of 2 runs"), "{said}");
}

#[test]
fn one_run_is_not_said_to_be_several() {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.result_in(1001, "locks/short", "std", 100.0);
    fixture.result_in(1900, "locks/short", "other", 200.0);
    let said = fixture.said(&[]);
    assert!(!said.contains("runs") && !said.contains("not compared"), "{said}");
}

#[test]
fn a_tree_with_changes_is_said_to_be_one_and_two_are_never_compared() {
    let fixture = Fixture::new();
    for second in [1000, 2000] {
        fixture.run("locks", &Run { changed: true, ..run("abc1234567", second) });
    }
    fixture.result_in(1001, "locks/short", "old", 10.0);
    fixture.result_in(2001, "locks/short", "std", 100.0);
    fixture.result_in(2002, "locks/short", "other", 200.0);
    let said = fixture.said(&["--width", "160"]);
    assert_eq!(line(&said, "commit").join(" "), "abc1234567 with changes");
    assert!(line(&said, "other").ends_with(&["2.00"]), "{said}");
    assert!(
        line(&said, "not compared").join(" ").contains("old (abc1234567 with changes"),
        "{said}"
    );
}

#[test]
fn workloads_of_two_commits_stand_apart() {
    let fixture = Fixture::with_runs(&["counter"]);
    fixture.run("locks", &run("def7654321", 2000));
    fixture.run("pools", &run("def7654321", 3000));
    fixture.result_in(1001, "counter/apart", "atomic", 10.0);
    fixture.result_in(2001, "locks/short", "std", 100.0);
    fixture.result_in(3001, "pools/empty", "rayon", 100.0);
    let said = fixture.said(&[]);
    assert_eq!(said.matches("What follows was measured with other sources").count(), 1, "{said}");
    let at = |what| said.find(what).unwrap_or_else(|| panic!("no {what} in:\n{said}"));
    assert!(
        at("abc1234567") < at("counter/apart") && at("counter/apart") < at("What follows"),
        "{said}"
    );
    assert!(
        at("What follows") < at("def7654321") && at("def7654321") < at("locks/short"),
        "{said}"
    );
}

#[test]
fn what_nobody_has_recorded_is_of_an_unknown_commit_and_compared_with_nothing_recorded() {
    let fixture = Fixture::new();
    fixture.result("locks/short", "std", 100.0);
    assert!(fixture.said(&[]).contains("commit   unknown"));
    fixture.run("locks", &run("abc1234567", 2000));
    fixture.result_in(2001, "locks/short", "other", 200.0);
    let said = fixture.said(&["--width", "160"]);
    assert_eq!(line(&said, "commit"), ["abc1234567"]);
    assert!(line(&said, "not compared").join(" ").contains("std (of an unknown commit)"), "{said}");
}
