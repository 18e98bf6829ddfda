//! Draws the READMEs' pictures anew, from what the binaries write to a terminal: `cargo run -p
//! stage --example picture`.

use std::error::Error;
use std::io::{self, Write};
use std::process::{Command, Stdio};

/// The picture, the arguments of `cargo run -p` that it shows, and what is typed.
const PICTURES: [(&str, &str, &str); 9] = [
    ("deadlock/pictures/lock-order.svg", "deadlock -- lock-order", ""),
    (
        "deadlock/pictures/lock-order-explore.svg",
        "deadlock -- lock-order --explore --variant opposite",
        "",
    ),
    ("deadlock/pictures/lock-order-play.svg", "deadlock -- lock-order --play", "1\n2\n"),
    ("threads-basics/pictures/gil.svg", "threads-basics -- gil", ""),
    ("thread-safety/pictures/litmus.svg", "thread-safety -- litmus", ""),
    ("locks/pictures/fairness.svg", "locks -- fairness", ""),
    ("thread-pool/pictures/results.svg", "thread-pool -- results", ""),
    ("process-pool/pictures/crash.svg", "process-pool -- crash", ""),
    ("coroutines/pictures/executor.svg", "coroutines -- executor", ""),
];

/// What a terminal's own colours are drawn as, where black is behind them: these can be read.
const READABLE: [(&str, &str); 4] = [
    ("#AA0000", "#FF6B6B"),
    ("#AA5500", "#E0A030"),
    ("#0000AA", "#6FA8FF"),
    ("opacity: 0.4", "opacity: 0.7"),
];

fn main() -> Result<(), Box<dyn Error>> {
    for (picture, shown, typed) in PICTURES {
        let asked = ["--color", "always", "--width", "80"];
        let mut run = Command::new("cargo")
            .args(["run", "-q", "-p"])
            .args(shown.split(' '))
            .args(asked)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        run.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(typed.as_bytes()))?;
        let output = run.wait_with_output()?;
        if !output.status.success() {
            return Err(format!("{shown}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let screen = format!("$ cargo run -p {shown}\n{}", String::from_utf8(output.stdout)?);
        let drawn = anstyle_svg::Term::new().min_width_px(760).render_svg(&screen);
        let drawn = READABLE.iter().fold(drawn, |drawn, (dark, light)| drawn.replace(dark, light));
        std::fs::write(picture, drawn)?;
        writeln!(io::stdout(), "{picture}")?;
    }
    Ok(())
}
