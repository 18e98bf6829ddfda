//! What is asked for wrongly, and what ends early.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use checks::refused;

use super::fixture::Fixture;

/// One with a workload of some contenders in each of some topics.
fn some() -> Fixture {
    let fixture = Fixture::with_runs(&["locks"]);
    for (contender, ns) in [
        ("std", 100.0),
        ("python3", 50_000.0),
        ("a name that is longer than a screen would like it to be", 7.0),
    ] {
        fixture.result("locks/short", contender, ns);
        fixture.result(
            "locks/a-workload/with-a-name/that-goes-on-and-on-for-longer-than-need-be",
            contender,
            ns,
        );
    }
    fixture.result_in(1, "locks/short", "old", 100.0);
    fixture
}

#[test]
fn without_a_result_it_says_what_to_run() {
    for (arguments, wanted) in [
        (&[][..], "run cargo bench"),
        (&["locks"], "run cargo bench --bench locks"),
        (&["--markdown"], "run cargo bench"),
        (&["singleton_reads"], "cargo bench --bench singleton_reads prints its own table"),
    ] {
        let output = Fixture::new().bench(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(wanted) && said.lines().count() == 1, "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_folder_that_is_not_there_is_no_result() {
    let fixture = Fixture::new();
    let output =
        fixture.command(&[]).env("CRITERION_HOME", fixture.home().join("nowhere")).output();
    let output = output.expect("the tests have built it");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn criterions_folder_is_found_as_criterion_finds_it() {
    let fixture = some();
    let target = fixture.home().join("target");
    std::fs::create_dir_all(&target).expect("it can be made");
    std::os::unix::fs::symlink(fixture.home(), target.join("criterion")).expect("it can be made");
    let mut command = fixture.command(&["locks"]);
    let output = command.env_remove("CRITERION_HOME").env("CARGO_TARGET_DIR", &target).output();
    let output = output.expect("the tests have built it");
    assert!(String::from_utf8_lossy(&output.stdout).contains("locks/short"), "{output:?}");
}

#[test]
fn what_does_not_exist_is_refused_with_what_does() {
    refused(&some().bench(&["lokcs"]), "locks");
    refused(&some().bench(&["locks", "lokcs"]), "lokcs");
    refused(&some().bench(&["--check", "lokcs"]), "thread-pool");
}

#[test]
fn a_workload_is_known_before_it_is_measured() {
    refused(&Fixture::new().bench(&["pools/emtpy"]), "there is pools/20us, pools/empty,");
    for known in ["pools/empty", "ipc/one-way/64 B", "ipc/one-way"] {
        let output = some().bench(&["locks/short", known]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(&format!("there is no result of {known} yet")), "{said}");
    }
}

#[test]
fn a_workload_that_is_not_there_and_a_contender_are_refused_with_the_workloads_there_are() {
    refused(
        &some().bench(&["locks/shrot"]),
        "no workload of the name locks/shrot; there is locks/a-workload",
    );
    refused(&some().bench(&["locks/short/std"]), "std is a contender of locks/short:");
    refused(&some().bench(&["python3"]), "python3 is a contender of");
}

#[test]
fn a_bench_without_a_result_does_not_hide_those_of_another() {
    let output = some().bench(&["pools", "locks/short"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.contains("locks/short") && said.contains("there is no result of pools yet"),
        "{said}"
    );
}

#[test]
fn options_that_make_no_sense_are_refused() {
    refused(&some().bench(&["--width", "3"]), "40..=160");
    refused(&some().bench(&["--width", "-3"]), "--width");
    refused(&some().bench(&["--check", "--markdown"]), "--markdown");
    refused(&some().bench(&["--check", "--limit", "0"]), "--limit");
    refused(&some().bench(&["--limit", "60"]), "--limit is for the rounds of --check");
    refused(&some().bench(&["--svg", "/no/such/folder"]), "/no/such/folder");
    refused(&some().bench(&["--svgs"]), "--svg");
}

#[test]
fn every_page_fits_its_width() {
    for width in ["40", "80", "140"] {
        checks::fits(&some().bench(&["--width", width]), width);
        checks::fits(&some().bench(&["--help", "--width", width]), width);
    }
}

#[test]
fn a_reader_that_goes_ends_it_quietly() {
    let fixture = Fixture::with_runs(&["locks"]);
    // More than a pipe has room for.
    for workload in 0..250 {
        fixture.result(&format!("locks/{workload}"), "std", 100.0);
        fixture.result(&format!("locks/{workload}"), "python3", 900.0);
    }
    let mut command = fixture.command(&[]);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it was built");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("it is piped"))
        .read_line(&mut line)
        .expect("it prints");
    let output = child.wait_with_output().expect("it was started");
    assert!(line.contains("commit"), "{line}");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn colour_is_for_those_who_want_it() {
    let fixture = some();
    let colours = |arguments: &[&str], set: &[&str]| {
        let mut command = fixture.command(arguments);
        command.envs(set.iter().map(|name| (name, "1")));
        command.output().expect("it was built").stdout.contains(&0x1b)
    };
    assert!(!colours(&[], &[]), "in a pipe");
    assert!(colours(&["--color", "always"], &[]));
    assert!(colours(&[], &["CLICOLOR_FORCE"]));
    assert!(!colours(&[], &["CLICOLOR_FORCE", "NO_COLOR"]));
}

#[test]
fn the_bench_selects_the_features_that_the_whole_workspace_does() {
    let tree = |selection: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["tree", "--frozen", "--prefix", "none", "--format", "{p} [{f}]"]);
        cargo.args(["--edges", "normal,dev,build"]).args(selection);
        let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("it runs this");
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect::<BTreeSet<_>>()
    };
    let (bench, all) = (tree(&["-p", "bench"]), tree(&["--workspace"]));
    let others: Vec<_> = bench.difference(&all).collect();
    // What one of the two builds, the other would build anew.
    assert!(others.is_empty(), "name in bench/Cargo.toml what asks for more of these: {others:#?}");
}
