//! The curves that the bench `scale` keeps: how they are found and drawn again.

use std::fs;

use bench::curve::{Contender, Curve, Point, Unit};

use super::fixture::{Fixture, run};

fn curve(name: &str, commit: &str) -> Curve {
    let points = [100e6, 25e6, 10e6].map(|median| Some(Point { median, spread: 0.1 }));
    let contender = |name: &str| Contender { name: name.into(), points: points.to_vec() };
    Curve {
        name: name.into(),
        what: "additions".into(),
        of: "threads".into(),
        unit: Unit::PerSecond,
        at: vec![1, 2, 4],
        contenders: ["std", "futex (ours)", "a | b <&> \"c\"", "none (limit)"]
            .map(contender)
            .into(),
        cores: 2,
        run: run(commit, 1000),
    }
}

fn some() -> Fixture {
    let fixture = Fixture::new();
    let folder = fixture.home().join("curves");
    fs::create_dir(&folder).expect("it can be made");
    for (file, name) in [("one", "scale/locks/short"), ("other", "scale/channels")] {
        let text = serde_json::to_string(&curve(name, "abc1234567")).expect("it is plain");
        fs::write(folder.join(file).with_extension("json"), text).expect("the folder is there");
    }
    fs::write(folder.join("broken.json"), "{").expect("the folder is there");
    fixture
}

#[test]
fn all_curves_are_drawn_or_those_that_are_asked_for() {
    let fixture = some();
    let said = fixture.said(&["scale"]);
    assert!(said.contains("scale/channels:") && said.contains("scale/locks/short:"), "{said}");
    assert_eq!(said.matches("commit   abc1234567").count(), 1, "{said}");
    let said = fixture.said(&["scale/locks", "--width", "80"]);
    assert!(!said.contains("scale/channels") && said.contains("±10%"), "{said}");
    assert!(said.contains("beyond 2 cores threads take turns"), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    assert!(!said.contains('\u{1b}'), "in a pipe there is no colour: {said}");
}

#[test]
fn a_curve_is_a_picture_too() {
    let fixture = some();
    let folder = fixture.home().join("pictures");
    fs::create_dir(&folder).expect("it can be made");
    fixture.said(&["scale/locks/short", "--svg", folder.to_str().expect("it is text")]);
    let picture = fs::read_to_string(folder.join("scale-locks-short.svg")).expect("it was written");
    for wanted in ["futex (ours)", "a | b &lt;&amp;&gt;", "commit abc1234567", "threads take turns"]
    {
        assert!(picture.contains(wanted), "no {wanted} in {picture}");
    }
    assert!(!folder.join("scale-channels.svg").exists());
}

#[test]
fn what_is_no_curve_is_told_what_there_is() {
    for (arguments, code, wanted) in [
        (&["scale/lcks"][..], 2, "there is scale/channels, scale/locks/short"),
        (&["scale", "--markdown"], 2, "leave --check and --markdown out"),
        (&["scale", "--check"], 2, "leave --check and --markdown out"),
        (&["scale", "locks"], 2, "there is no curve of the name locks"),
    ] {
        let output = some().bench(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(wanted) && said.lines().count() == 1, "{said}");
    }
    let output = Fixture::new().bench(&["scale"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("run cargo bench --bench scale"), "{said}");
}
