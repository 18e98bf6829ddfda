//! The ranking as tables for a README.

use std::io;

use bench::figures;
use bench::ranking::Ranking;
use bench::run::Run;
use stage::Page;

/// Prints a table for each workload, and under it what it was measured on.
pub(crate) fn tables(page: &mut Page, rankings: &[Ranking]) -> io::Result<()> {
    for ranking in rankings {
        table(page, ranking)?;
        page.gap();
    }
    Ok(())
}

fn table(page: &mut Page, ranking: &Ranking) -> io::Result<()> {
    let python = ranking.places.iter().any(|place| place.python_takes.is_some());
    let (head, rule) = if python { (" Python takes |", " ---: |") } else { ("", "") };
    page.text(&format!("| {} | time | ± | to the best |{head}", cell(&ranking.workload)))?;
    page.text(&format!("| --- | ---: | ---: | ---: |{rule}"))?;
    for place in &ranking.places {
        let timed = &place.timed;
        let best = place.to_best.map(figures::ratio).unwrap_or_default();
        let takes =
            place.python_takes.map(|takes| format!("{} ×", figures::ratio(takes))).unwrap_or_default();
        let last = if python { format!(" {takes} |") } else { String::new() };
        let (name, time, spread) =
            (cell(&timed.contender), figures::time(timed.ns), figures::spread(timed.spread));
        page.text(&format!("| {name} | {time} | {spread} | {best} |{last}"))?;
    }
    page.text("")?;
    page.text(&sources(ranking))?;
    let left_out: Vec<_> = ranking.others.iter().map(|other| other.contender.as_str()).collect();
    if !left_out.is_empty() {
        page.text(&format!("Not compared, since other sources were timed: {}.", left_out.join("; ")))?;
    }
    Ok(())
}

/// Says in one line what a ranking is of.
pub(crate) fn sources(ranking: &Ranking) -> String {
    let Some(run) = &ranking.run else {
        return "Of an unknown commit: nobody has recorded what this was measured on.".into();
    };
    let Run { machine, rustc, python, .. } = run;
    let python = python.as_ref().map(|version| format!(", Python {version}")).unwrap_or_default();
    let runs = if ranking.runs > 1 { format!(", {} runs", ranking.runs) } else { String::new() };
    format!("{machine}; rustc {rustc}{python}; commit {}; {}{runs}.", run.sources(), run.date())
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
