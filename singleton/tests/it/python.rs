//! What the README says of Python, asked of Python where there is one.

use std::process::Command;

/// Runs a script and returns what it prints; `None`, said aloud, where there is no Python.
fn python(script: &str) -> Option<String> {
    match Command::new("python3").args(["-c", script]).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        Err(error) => {
            eprintln!("python3 cannot be started ({error}): nothing is asked of it");
            None
        }
    }
}

#[test]
fn pythons_plain_objects_are_told_apart_while_both_are_alive() {
    let script = "
class Config: pass
one, other = Config(), Config()
print(one is other, id(one) == id(other))
";
    if let Some(said) = python(script) {
        assert_eq!(said, "False False");
    }
}
