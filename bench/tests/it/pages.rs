//! What is made for READMEs.

use std::fs;

use super::fixture::Fixture;

fn some() -> Fixture {
    let fixture = Fixture::with_runs(&["locks"]);
    fixture.result("locks/short", "std", 100.0);
    fixture.result("locks/short", "a | b <&> \"c\"", 250.0);
    fixture.result("locks/short", "none (limit)", 10.0);
    fixture
}

#[test]
fn the_table_of_one_workload_is_its_ranking_with_what_it_is_of() {
    let said = some().said(&["--markdown"]);
    let short = "\
| locks/short | time | ± | to the best |
| --- | ---: | ---: | ---: |
| std | 100 ns | ± 10 % | 1.00 |
| a \\| b <&> \"c\" | 250 ns | ± 10 % | 2.50 |
| none (limit) | 10.0 ns | ± 10 % |  |

a processor, 2 cores, Linux 6; rustc 1.95.0, Python 3.11.7; commit abc1234567; 1970-01-01 00:16 UTC.
";
    assert!(said.contains(short), "{said}");
    let fixture = Fixture::with_runs(&["ipc"]);
    fixture.result("ipc/one-way/64 B", "std", 100.0);
    fixture.result("ipc/one-way/64 B", "python3", 1_000_000.0);
    let said = fixture.said(&["--markdown"]);
    assert!(said.contains("awake where the means can spin; one message. a processor,"), "{said}");
    assert!(
        said.contains("| ipc/one-way/64 B | time | ± | to the best | Python takes |\n"),
        "{said}"
    );
    assert!(said.contains("| std | 100 ns | ± 10 % | 1.00 | 10 000 × |\n"), "{said}");
}

#[test]
fn the_workloads_of_one_bench_are_one_table_with_what_it_is_of() {
    let fixture = some();
    fixture.result("locks/read/alone", "python3", 1_000_000.0);
    fixture.result("locks/read/alone", "a | b <&> \"c\"", 50.0);
    let table = "\
| locks | read/alone | short |
| --- | ---: | ---: |
| a \\| b <&> \"c\" | **50.0 ns** ± 10 % | 250 ns ± 10 % |
| python3 | 1.00 ms ± 10 % |  |
| std |  | **100 ns** ± 10 % |
| none (limit) |  | 10.0 ns ± 10 % |

- read/alone: one thread, many in a row; lock, read, unlock

Medians by `cargo bench --bench locks`; half of the samples lie within ±; a processor, 2 cores, Linux 6; rustc 1.95.0, Python 3.11.7; commit abc1234567; 1970-01-01 00:16 UTC.
";
    let said = fixture.said(&["--markdown", "locks"]);
    assert_eq!(said.trim_end(), table.trim_end());
}

#[test]
fn workloads_of_two_commits_are_never_in_one_table() {
    let fixture = some();
    fixture.run("locks", &super::fixture::run("def7654321", 2000));
    fixture.result_in(2001, "locks/read", "std", 50.0);
    let said = fixture.said(&["--markdown", "locks"]);
    assert!(said.contains("| locks/read |") && said.contains("| locks/short |"), "{said}");
    assert!(said.contains("commit def7654321") && said.contains("commit abc1234567"), "{said}");
}

#[test]
fn the_pictures_are_well_formed_and_hold_every_contender() {
    let fixture = some();
    fixture.result("locks/read/two at once", "std", 100.0);
    let folder = fixture.home().join("pictures");
    fs::create_dir(&folder).expect("it can be made");
    let said = fixture.said(&["--svg", folder.to_str().expect("it is text")]);
    let picture = fs::read_to_string(folder.join("locks-short.svg")).expect("it was written");
    assert!(folder.join("locks-read-two-at-once.svg").exists(), "{said}");
    for wanted in
        ["std", "none (limit)", "a | b &lt;&amp;&gt;", "100 ns", "2.50 ×", "commit abc1234567"]
    {
        assert!(picture.contains(wanted), "no {wanted} in {picture}");
    }
    let script =
        "import sys, xml.dom.minidom as m; print(m.parse(sys.argv[1]).documentElement.tagName)";
    let read = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(folder.join("locks-short.svg"))
        .output();
    match read {
        Ok(read) => assert_eq!(String::from_utf8_lossy(&read.stdout).trim(), "svg", "{read:?}"),
        Err(error) => {
            eprintln!("python3 cannot be started ({error}): it does not read the picture");
        }
    }
}
