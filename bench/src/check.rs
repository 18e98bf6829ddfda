//! The aims, one by one, on the terminal.

use std::io;

use bench::aims::{Aim, Aims, Verdict};
use bench::figures;
use bench::results::{Timed, topic};
use stage::{Style, Terminal};

use crate::show;

/// Prints each aim and what became of it; returns the exit code: 1 if one is missed, 3 if none is,
/// and some are not measured.
pub(crate) fn check(terminal: &mut Terminal, aims: &Aims, timed: &[Timed]) -> io::Result<u8> {
    let mut last = "";
    let (mut held, mut missed) = (0, 0);
    for aim in &aims.aim {
        if aim.topic != last {
            if !last.is_empty() {
                terminal.gap();
            }
            heading(terminal, aim, timed)?;
            last = &aim.topic;
        }
        let verdict = aim.verdict(timed);
        held += usize::from(matches!(verdict, Verdict::Holds(..)));
        missed += usize::from(matches!(verdict, Verdict::Missed(..)));
        show_one(terminal, aim, verdict)?;
    }
    if !aims.tested.is_empty() {
        terminal.gap();
        terminal.wrap("", Style::Title, "what no bench can tell")?;
    }
    for tested in &aims.tested {
        terminal.wrap("  tested  ", Style::Quiet, &format!("{}: {}", tested.topic, tested.aim))?;
        terminal.wrap("          ", Style::Plain, &tested.by)?;
    }
    terminal.gap();
    let all = aims.aim.len();
    let unknown = all - held - missed;
    let told =
        format!("{held} of {all} aims hold, {missed} are missed, {unknown} are not measured");
    terminal.wrap("", if held == all { Style::Good } else { Style::Bad }, &told)?;
    Ok(match (missed, unknown) {
        (0, 0) => 0,
        (0, _) => crate::NOT_MEASURED,
        _ => 1,
    })
}

/// Names the topic, and what its results are of.
fn heading(terminal: &mut Terminal, aim: &Aim, timed: &[Timed]) -> io::Result<()> {
    terminal.wrap("", Style::Title, &aim.topic)?;
    let of_the_bench = timed.iter().filter(|timed| topic(&timed.workload) == aim.bench());
    let runs = of_the_bench.map(|timed| timed.run.as_ref());
    match runs.max_by_key(|run| run.map(|run| run.started)) {
        Some(run) => show::sources(terminal, run),
        None => Ok(()),
    }
}

fn show_one(terminal: &mut Terminal, aim: &Aim, verdict: Verdict) -> io::Result<()> {
    let again = format!("run cargo bench --bench {}", aim.bench());
    let figure =
        |value: f64| if aim.to.is_some() { figures::ratio(value) } else { figures::time(value) };
    let bound = |(word, bound): (&str, Option<f64>)| {
        bound.map(|bound| format!(", {word} {}", figure(bound)))
    };
    let bounds: String = [("at most", aim.at_most), ("at least", aim.at_least)]
        .into_iter()
        .filter_map(bound)
        .collect();
    let (word, ink, told) = match verdict {
        Verdict::Holds(value, spread) | Verdict::Missed(value, spread) => {
            let told = format!("{} ({}){bounds}", figure(value), figures::spread(spread));
            if matches!(verdict, Verdict::Holds(..)) {
                ("holds ", Style::Good, told)
            } else {
                ("MISSED", Style::Bad, told)
            }
        }
        Verdict::NotMeasured => ("?     ", Style::Note, format!("not measured: {again}")),
        Verdict::NotOneRun => {
            ("?     ", Style::Note, format!("not measured in one recorded run: {again}"))
        }
    };
    terminal.wrap(&format!("  {word}  "), ink, &aim.aim)?;
    let compared = aim.to.as_ref().map_or(aim.of.clone(), |to| format!("{} : {to}", aim.of));
    terminal.wrap("          ", Style::Plain, &told)?;
    terminal.wrap("          ", Style::Quiet, &compared)?;
    match (&aim.found, verdict) {
        (Some(found), Verdict::Missed(..)) => terminal.wrap("          why: ", Style::Note, found),
        _ => Ok(()),
    }
}
