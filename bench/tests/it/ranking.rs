//! Which contender comes first, and by how much.

use std::fs;

use super::fixture::{Fixture, line};

#[test]
fn the_fastest_comes_first_with_the_others_ratios_to_it_and_to_python() {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.result("locks/short", "slow", 300.0);
    fixture.result("locks/short", "python3", 2000.0);
    fixture.result("locks/short", "python3, another", 4000.0);
    fixture.result("locks/short", "fast (ours)", 100.0);
    let said = fixture.said(&[]);
    let places: Vec<_> =
        ["fast (ours)", "slow", "python3  ", "python3, another"].map(|name| said.find(name)).into();
    assert!(places.is_sorted() && places[0].is_some(), "{said}");
    assert!(
        line(&said, "fast (ours)").ends_with(&["100", "ns", "±", "10", "%", "1.00", "20.0", "×"]),
        "{said}"
    );
    assert!(
        line(&said, "slow").ends_with(&["300", "ns", "±", "10", "%", "3.00", "6.67", "×"]),
        "{said}"
    );
    assert!(
        line(&said, "python3  ").ends_with(&["2.00", "µs", "±", "10", "%", "20.0", "1.00", "×"]),
        "{said}"
    );
    assert!(
        line(&said, "python3, another")
            .ends_with(&["4.00", "µs", "±", "10", "%", "40.0", "0.50", "×"]),
        "{said}"
    );
}

#[test]
fn without_python_nothing_is_said_of_it() {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.result("locks/short", "std", 100.0);
    let said = fixture.said(&[]);
    assert!(line(&said, "std").ends_with(&["%", "1.00"]), "{said}");
    assert!(!line(&said, "locks/short").contains(&"Python"), "{said}");
}

#[test]
fn a_limit_and_a_wrong_result_come_last_and_have_no_ratio() {
    let fixture = Fixture::with_runs(&["counter"]);
    fixture.result("counter/apart", "atomic", 100.0);
    fixture.result("counter/apart", "racy (wrong)", 20.0);
    fixture.result("counter/apart", "nothing (limit)", 10.0);
    let said = fixture.said(&[]);
    assert!(said.find("atomic") < said.find("nothing (limit)"), "{said}");
    assert!(line(&said, "atomic").ends_with(&["%", "1.00"]), "{said}");
    assert!(line(&said, "racy (wrong)").ends_with(&["%"]), "{said}");
    assert!(line(&said, "nothing (limit)").ends_with(&["%"]), "{said}");
}

#[test]
fn workloads_stand_in_the_order_of_their_numbers() {
    let fixture = Fixture::with_runs(&["ipc"]);
    let ordered =
        ["ipc/64 B", "ipc/4 KiB", "ipc/1 MiB", "ipc/yield 2", "ipc/yield 10", "ipc/yield 10/more"];
    for workload in ordered {
        fixture.result(workload, "pipe", 100.0);
    }
    let said = fixture.said(&[]);
    let titles: Vec<_> = said.lines().filter(|line| line.starts_with("ipc/")).collect();
    assert_eq!(titles.len(), ordered.len(), "{said}");
    assert!(
        titles.iter().zip(ordered).all(|(title, workload)| title.starts_with(workload)),
        "{said}"
    );
}

#[test]
fn the_bars_of_what_is_near_are_in_proportion() {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.result("locks/short", "one", 100.0);
    fixture.result("locks/short", "two", 200.0);
    let said = fixture.said(&[]);
    let bar = |name| line(&said, name)[0].chars().filter(|sign| *sign == '█').count();
    assert!(bar("one") > 5, "{said}");
    assert!(bar("two").abs_diff(2 * bar("one")) <= 1, "{said}");
    assert!(!said.contains("powers of ten"), "{said}");
}

#[test]
fn the_bars_of_what_is_far_apart_say_that_they_are_not_in_proportion() {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.result("locks/short", "one", 1.0);
    fixture.result("locks/short", "two", 1e6);
    assert!(fixture.said(&[]).contains("powers of ten"));
}

#[test]
fn a_limit_that_is_far_below_leaves_the_others_bars_in_proportion() {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.result("locks/short", "none (limit)", 0.001);
    fixture.result("locks/short", "one", 100.0);
    fixture.result("locks/short", "two", 200.0);
    let said = fixture.said(&[]);
    let bar = |name| line(&said, name)[0].chars().filter(|sign| *sign == '█').count();
    assert!(bar("two").abs_diff(2 * bar("one")) <= 1 && bar("none (limit)") == 1, "{said}");
}

#[test]
fn where_several_elements_were_timed_the_time_is_that_of_one() {
    let fixture = Fixture::with_runs(&["counter"]);
    let folder = fixture.result("counter/apart", "atomic", 5000.0);
    let file = folder.join("benchmark.json");
    let benchmark = fs::read_to_string(&file).expect("it was just written");
    let several = benchmark.replace("\"throughput\":null", "\"throughput\":{\"Elements\":100}");
    assert_ne!(several, benchmark);
    fs::write(file, several).expect("it is ours");
    assert!(line(&fixture.said(&[]), "atomic").windows(2).any(|words| words == ["50.0", "ns"]));
}

#[test]
fn a_bench_or_a_workload_alone_is_shown_if_it_is_asked_for() {
    let fixture = Fixture::with_runs(&["locks", "counter"]);
    for workload in ["locks/short", "locks/shorter", "counter/apart"] {
        fixture.result(workload, "std", 100.0);
    }
    let said = fixture.said(&["locks"]);
    assert!(
        said.contains("locks/short") && said.contains("locks/shorter") && !said.contains("counter"),
        "{said}"
    );
    let said = fixture.said(&["locks/short", "counter"]);
    assert!(
        said.contains("locks/short ")
            && !said.contains("locks/shorter")
            && said.contains("counter"),
        "{said}"
    );
}

#[test]
fn a_topic_is_shown_by_the_benches_that_are_its_own() {
    let fixture = Fixture::with_runs(&["spawn", "counter"]);
    for workload in ["counter/apart-2", "spawn/a-process"] {
        fixture.result(workload, "std", 100.0);
    }
    let said = fixture.said(&["thread-safety"]);
    assert!(said.contains("counter/apart-2") && !said.contains("spawn"), "{said}");
}

#[test]
fn what_cannot_be_read_is_left_out_and_named() {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.result("locks/short", "std", 100.0);
    let folder = fixture.result("locks/short", "torn", 200.0);
    fs::write(folder.join("estimates.json"), "{\"median\"").expect("it is ours");
    fixture.result("locks/short", "nothing", 0.0);
    let said = fixture.said(&["--width", "160"]);
    let flat = said.replace("\n         ", "");
    assert!(
        flat.contains("left out")
            && flat.contains("torn")
            && flat.contains("its median is no time"),
        "{said}"
    );
    assert!(line(&said, "std").ends_with(&["1.00"]), "{said}");
}
