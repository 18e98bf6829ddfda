//! The ranking as tables for a README.

use std::io;

use bench::figures;
use bench::ranking::{Place, Ranking, is_no_choice};
use bench::results::topic;
use bench::run::Run;
use stage::Terminal;

use crate::workloads::words;

/// Prints one table for each bench, a column for each workload; of a bench of which there is but
/// one workload, its whole ranking. Under each table stands in one line what it was measured on;
/// workloads of other sources have a table of their own.
pub(crate) fn tables(terminal: &mut Terminal, rankings: &[Ranking]) -> io::Result<()> {
    let together = |one: &Ranking, other: &Ranking| {
        let compares = match (&one.run, &other.run) {
            (Some(run), Some(other)) => run.compares_with(other),
            (run, other) => run.is_none() && other.is_none(),
        };
        compares && topic(&one.workload) == topic(&other.workload)
    };
    for rankings in rankings.chunk_by(together) {
        match rankings {
            [ranking] => table(terminal, ranking)?,
            rankings => matrix(terminal, rankings)?,
        }
        let left_out: Vec<_> = rankings
            .iter()
            .flat_map(|ranking| &ranking.others)
            .map(|other| if rankings.len() == 1 { other.contender.clone() } else { other.id() })
            .collect();
        if !left_out.is_empty() {
            terminal.text(&format!(
                "Not compared, since other sources were timed: {}.",
                left_out.join("; ")
            ))?;
        }
        terminal.gap();
    }
    Ok(())
}

/// Prints the ranking of a workload.
fn table(terminal: &mut Terminal, ranking: &Ranking) -> io::Result<()> {
    let python = ranking.places.iter().any(|place| place.python_takes.is_some());
    let (head, rule) = if python { (" Python takes |", " ---: |") } else { ("", "") };
    terminal.text(&format!("| {} | time | ± | to the best |{head}", cell(&ranking.workload)))?;
    terminal.text(&format!("| --- | ---: | ---: | ---: |{rule}"))?;
    for place in &ranking.places {
        let timed = &place.timed;
        let best = place.to_best.map(figures::ratio).unwrap_or_default();
        let takes = place
            .python_takes
            .map(|takes| format!("{} ×", figures::ratio(takes)))
            .unwrap_or_default();
        let last = if python { format!(" {takes} |") } else { String::new() };
        let (name, time, spread) =
            (cell(&timed.contender), figures::time(timed.ns), figures::spread(timed.spread));
        terminal.text(&format!("| {name} | {time} | {spread} | {best} |{last}"))?;
    }
    terminal.text("")?;
    let words = words(&ranking.workload).map(|words| format!("{}. ", capital(words)));
    terminal.text(&format!("{}{}", words.unwrap_or_default(), sources(ranking)))
}

/// Prints the medians of several workloads of one bench with their spread, the best of each in
/// bold, and what a figure of each is of: a line for each contender.
fn matrix(terminal: &mut Terminal, rankings: &[Ranking]) -> io::Result<()> {
    let bench = topic(&rankings[0].workload);
    let heads: Vec<_> = rankings
        .iter()
        .map(|ranking| {
            cell(ranking.workload.strip_prefix(bench).unwrap_or_default().trim_start_matches('/'))
        })
        .collect();
    terminal.text(&format!("| {bench} | {} |", heads.join(" | ")))?;
    terminal.text(&format!("| --- |{}", " ---: |".repeat(rankings.len())))?;
    let mut names: Vec<&str> = Vec::new();
    for place in rankings.iter().flat_map(|ranking| &ranking.places) {
        if !names.contains(&place.timed.contender.as_str()) {
            names.push(&place.timed.contender);
        }
    }
    // Stable: the order is that of the first workload, and of the next for who is not in it.
    names.sort_by_key(|name| is_no_choice(name));
    for name in names {
        let median = |ranking: &Ranking| {
            let place = ranking.places.iter().find(|place| place.timed.contender == name);
            place.map(median).unwrap_or_default()
        };
        let medians: Vec<_> = rankings.iter().map(median).collect();
        terminal.text(&format!("| {} | {} |", cell(name), medians.join(" | ")))?;
    }
    terminal.text("")?;
    for (ranking, head) in rankings.iter().zip(&heads) {
        if let Some(words) = words(&ranking.workload) {
            terminal.text(&format!("- {head}: {words}"))?;
        }
    }
    terminal.text("")?;
    let last = rankings.iter().max_by_key(|ranking| ranking.run.as_ref().map(|run| run.started));
    let told = last.map(sources).unwrap_or_default();
    terminal.text(&format!(
        "Medians by `cargo bench --bench {bench}`; half of the samples lie within ±; {told}"
    ))
}

fn median(place: &Place) -> String {
    let (time, spread) = (figures::time(place.timed.ns), figures::spread(place.timed.spread));
    if place.to_best == Some(1.0) {
        format!("**{time}** {spread}")
    } else {
        format!("{time} {spread}")
    }
}

/// Writes in one line what a ranking is of.
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

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}
