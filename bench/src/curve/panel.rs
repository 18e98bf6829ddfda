//! Curves on the terminal: for each contender a panel with a column for each place on the axis.

use std::io;

use stage::record::State;
use stage::{Line, Style, Terminal};

use super::{Contender, Curve, place, short};
use crate::figures;
use crate::ranking::is_no_choice;

/// How many lines the highest column has; each has two halves.
const HEIGHT: usize = 4;
/// How wide a column is, with the space before it.
const COLUMN: usize = 6;
/// What lies between two panels.
const BETWEEN: usize = 2;

/// Draws all contenders of a curve, as many panels side by side as there is room for.
///
/// # Errors
/// The terminal cannot be written to.
pub fn draw(terminal: &mut Terminal, curve: &Curve) -> io::Result<()> {
    let (part, powers) = curve.part();
    let (name, told) = (format!("{}:", curve.name), format!("  {}", curve.heading()));
    if name.len() + told.len() <= terminal.width() {
        terminal.line(Line::new().styled(name, Style::Title).styled(told, Style::Quiet))?;
    } else {
        terminal.line(Line::new().styled(name, Style::Title))?;
        terminal.wrap("  ", Style::Quiet, told.trim_start())?;
    }
    let width = terminal.width();
    // More places than there is room for: the last ones are those that nobody has seen before.
    let places = curve.at.len().min((width - BETWEEN) / COLUMN);
    let panel = (places * COLUMN).max(18.min(width / 2)) + BETWEEN;
    for row in curve.contenders.chunks((width / panel).max(1)) {
        terminal.gap();
        row_of(terminal, curve, row, places, panel, &part)?;
    }
    let remarks = [powers.then(|| "columns tell powers of ten".into()), curve.oversubscribed()];
    let remarks: Vec<String> = remarks.into_iter().flatten().collect();
    if remarks.is_empty() { Ok(()) } else { terminal.wrap("  ", Style::Quiet, &remarks.join("; ")) }
}

fn row_of(
    terminal: &mut Terminal,
    curve: &Curve,
    row: &[Contender],
    places: usize,
    panel: usize,
    part: &impl Fn(f64) -> f64,
) -> io::Result<()> {
    let (_, divisor) = curve.scale();
    let first = curve.at.len() - places;
    let mut line = |style: fn(&Contender) -> Style, text: &dyn Fn(&Contender) -> String| {
        let mut line = Line::new();
        for contender in row {
            let text: String = text(contender).chars().take(panel - BETWEEN).collect();
            line.styled(
                format!("{}{text:<width$}", "  ", width = panel - BETWEEN),
                style(contender),
            );
        }
        terminal.line(&line)
    };
    let points = |contender: &Contender, sign: &dyn Fn(f64, f64) -> String| -> String {
        let points = contender.points.iter().skip(first);
        points
            .map(|point| point.map_or(String::new(), |point| sign(point.median, point.spread)))
            .map(|sign| format!("{sign:>COLUMN$}"))
            .collect()
    };
    line(|_| Style::Plain, &|contender| contender.name.clone())?;
    for level in (0..HEIGHT).rev() {
        line(bar, &|contender| {
            points(contender, &|value, _| column(part(value), level).repeat(COLUMN - 1))
        })?;
    }
    line(|_| Style::Plain, &|contender| points(contender, &|value, _| short(value / divisor)))?;
    // What is counted and not timed has none.
    if row.iter().flat_map(|contender| contender.points.iter().flatten()).any(|p| p.spread >= 0.005)
    {
        line(|_| Style::Quiet, &|contender| {
            points(contender, &|_, spread| figures::spread(spread).replace(' ', ""))
        })?;
    }
    let axis: String =
        curve.at[first..].iter().map(|at| format!("{:>COLUMN$}", place(*at))).collect();
    line(|_| Style::Quiet, &|_| axis.clone())
}

fn bar(contender: &Contender) -> Style {
    match &*contender.name {
        name if is_no_choice(name) => Style::Quiet,
        name if name.contains("ours") => Style::State(State::Holds),
        _ => Style::State(State::Runs),
    }
}

/// Returns the sign of a column in one of the lines, of which 0 is the lowest.
fn column(part: f64, level: usize) -> &'static str {
    let halves = (part.clamp(0.0, 1.0) * (2 * HEIGHT) as f64).round() as usize;
    match halves.saturating_sub(2 * level) {
        0 if level == 0 => "_",
        0 => " ",
        1 => "▄",
        _ => "█",
    }
}
