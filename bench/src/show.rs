//! The ranking on the terminal: a line for each contender, with a bar.

use std::io;

use bench::figures;
use bench::ranking::{Place, Ranking, is_no_choice, is_python};
use bench::run::Run;
use stage::record::State;
use stage::{Line, Style, Terminal};

use crate::workloads::words;

/// If the slowest takes more than this many times as long as the fastest, the bars tell powers of
/// ten.
const LINEAR: f64 = 16.0;

/// Prints every workload, and before it what it was measured on, where that differs from what was
/// printed last.
pub(crate) fn rankings(terminal: &mut Terminal, rankings: &[Ranking]) -> io::Result<()> {
    let mut last: Option<Option<&Run>> = None;
    for ranking in rankings {
        let run = ranking.run.as_ref();
        let differs = last.is_none_or(|last| match (last, run) {
            (Some(last), Some(run)) => !last.compares_with(run),
            (last, run) => last.is_some() || run.is_some(),
        });
        if differs {
            if last.is_some() {
                terminal.gap();
                terminal.wrap(
                    "",
                    Style::Bad,
                    "What follows was measured with other sources, and is not compared with the above.",
                )?;
            }
            sources(terminal, run)?;
            last = Some(run);
        }
        terminal.gap();
        workload(terminal, ranking)?;
    }
    Ok(())
}

/// Writes what a run was of.
pub(crate) fn sources(terminal: &mut Terminal, run: Option<&Run>) -> io::Result<()> {
    let Some(run) = run else {
        return terminal.wrap(
            "commit   ",
            Style::Bad,
            "unknown: nobody has recorded what this was measured on",
        );
    };
    let python =
        run.python.as_ref().map_or("no Python".into(), |version| format!("Python {version}"));
    let ink = if run.changed { Style::Bad } else { Style::Quiet };
    terminal.wrap("commit   ", ink, &run.sources())?;
    terminal.wrap(
        "measured ",
        Style::Quiet,
        &format!("{}, rustc {}, {python}", run.date(), run.rustc),
    )?;
    terminal.wrap("machine  ", Style::Quiet, &run.machine)
}

/// How many columns each part of a line has.
struct Columns {
    name: usize,
    bar: usize,
    /// Whether there is room, and reason, to say what Python takes.
    python: bool,
}

/// Time, spread and ratio to the best, each with a space before it.
const FIGURES: usize = 9 + 8 + 8;
const PYTHON: usize = 9;

impl Columns {
    fn of(ranking: &Ranking, width: usize) -> Self {
        let longest = ranking
            .places
            .iter()
            .map(|place| place.timed.contender.chars().count())
            .max()
            .unwrap_or(0);
        let python = width >= 60 && ranking.places.iter().any(|place| place.python_takes.is_some());
        let left = width - 2 - FIGURES - if python { PYTHON } else { 0 };
        let name = longest.min(left * 3 / 4);
        Self { name, bar: (left - name).saturating_sub(1).min(60), python }
    }
}

fn workload(terminal: &mut Terminal, ranking: &Ranking) -> io::Result<()> {
    let columns = Columns::of(ranking, terminal.width());
    // A limit may be far below: its bar is the shortest there is then.
    let times = ranking.choices().map(|place| place.timed.ns);
    let (least, most) = (times.clone().fold(f64::INFINITY, f64::min), times.fold(0.0, f64::max));
    let linear = most <= LINEAR * least;
    let told = if linear { "" } else { "  bars: powers of ten" };
    let heads = format!(
        "{:>9}{:>8}{:>8}{:>9}",
        "time",
        "±",
        "to best",
        if columns.python { "Python" } else { "" }
    );
    let (title, left) = (&ranking.workload, 2 + columns.name + 1 + columns.bar);
    let heads = |told: &str, width: usize| format!("{told:<width$}{heads}");
    if title.chars().count() + told.len() <= left {
        let heads = heads(told, left - title.chars().count());
        terminal.line(Line::new().styled(title, Style::Title).styled(heads, Style::Quiet))?;
    } else {
        terminal.wrap("", Style::Title, title)?;
        let told = if told.len() < left { told } else { "" };
        terminal.line(Line::new().styled(heads(told, left), Style::Quiet))?;
    }
    if let Some(words) = words(&ranking.workload) {
        terminal.wrap("  ", Style::Quiet, words)?;
    }
    for place in &ranking.places {
        // What is least has one sign of the bar, so that all can be seen.
        let part = if linear {
            place.timed.ns / most
        } else {
            (place.timed.ns / least).ln() / (most / least).ln()
        };
        terminal.line(&contender(place, &columns, part))?;
    }
    remarks(terminal, ranking)
}

fn contender(place: &Place, columns: &Columns, part: f64) -> Line {
    let (timed, mut line) = (&place.timed, Line::new());
    let mut name: String = timed.contender.chars().take(columns.name).collect();
    if name.len() < timed.contender.len() {
        name.pop();
        name.push('…');
    }
    let length =
        ((columns.bar as f64 * part).round() as usize).clamp(1.min(columns.bar), columns.bar);
    let ink = match &timed.contender {
        name if is_no_choice(name) => Style::Quiet,
        name if is_python(name) => Style::State(State::Waits),
        _ => Style::State(State::Runs),
    };
    let ratio = |ratio: Option<f64>| ratio.map(figures::ratio).unwrap_or_default();
    let best = ratio(place.to_best);
    line.plain(format!("  {name:<width$} ", width = columns.name)).styled("█".repeat(length), ink);
    line.plain(" ".repeat(columns.bar - length)).plain(format!("{:>9}", figures::time(timed.ns)));
    line.styled(format!("{:>8}", figures::spread(timed.spread)), Style::Quiet);
    line.styled(format!("{best:>8}"), if best == "1.00" { Style::Good } else { Style::Plain });
    let python = place
        .python_takes
        .filter(|_| columns.python)
        .map(|takes| format!("{} ×", figures::ratio(takes)));
    line.plain(format!("{:>9}", python.unwrap_or_default()));
    line
}

/// Writes what the figures do not say.
fn remarks(terminal: &mut Terminal, ranking: &Ranking) -> io::Result<()> {
    let again = format!("cargo bench --bench {}", bench::results::topic(&ranking.workload));
    if ranking.runs > 1 {
        let told = format!(
            "of {} runs, and the machine may have changed in between: {again} times all anew",
            ranking.runs
        );
        terminal.wrap("  ", Style::Note, &told)?;
    }
    if !ranking.others.is_empty() {
        // Those of one run are named together: there may be many.
        let mut runs: Vec<(String, Vec<&str>)> = Vec::new();
        for other in &ranking.others {
            let of = other.run.as_ref().map_or("of an unknown commit".into(), |run| {
                format!("{}, {}", run.sources(), run.date())
            });
            match runs.iter_mut().find(|(run, _)| *run == of) {
                Some((_, names)) => names.push(&other.contender),
                None => runs.push((of, vec![&other.contender])),
            }
        }
        let others: Vec<_> =
            runs.iter().map(|(run, names)| format!("{} ({run})", names.join("; "))).collect();
        let told = format!(
            "not compared, since other sources were timed: {}. {again} times all anew",
            others.join("; ")
        );
        terminal.wrap("  ", Style::Note, &told)?;
    }
    Ok(())
}
