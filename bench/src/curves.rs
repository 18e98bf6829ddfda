//! The curves that the bench `scale` has kept, drawn again.

use bench::curve::{self, Curve, panel, picture};
use bench::run;
use stage::Terminal;

use crate::{Cli, Error, chosen, show, unknown_of};

/// Draws the curves that were asked for; returns the exit code.
pub(crate) fn show(terminal: &mut Terminal, cli: &Cli) -> Result<u8, Error> {
    let request = |told: &str| Err(Error::Request(told.into()));
    if cli.check || cli.markdown {
        return request("curves have no aims and no tables: leave --check and --markdown out");
    }
    let mut curves = curve::read(&run::home());
    if curves.is_empty() {
        let told = "there is no curve yet: run cargo bench --bench scale";
        return Err(Error::NothingYet(told.into()));
    }
    let of_one =
        |what: &&String| !curves.iter().any(|curve| chosen(&[what.to_string()], &[&curve.name]));
    if let Some(unknown) = cli.what.iter().find(of_one) {
        let there = curves.iter().map(|curve| curve.name.as_str()).collect();
        return Err(unknown_of(unknown, "curve", &there));
    }
    curves.retain(|curve| chosen(&cli.what, &[&curve.name]));
    if let Some(folder) = &cli.svg {
        for file in picture::write(folder, &curves)? {
            terminal.text(&format!("wrote {}", file.display()))?;
        }
        return Ok(0);
    }
    let mut last: Option<&Curve> = None;
    for curve in &curves {
        if last.is_none_or(|last| last.run.sources() != curve.run.sources()) {
            if last.is_some() {
                terminal.gap();
            }
            show::sources(terminal, Some(&curve.run))?;
        }
        terminal.gap();
        panel::draw(terminal, curve)?;
        last = Some(curve);
    }
    Ok(0)
}
