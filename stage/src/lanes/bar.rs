//! The bar of one lane: its stretches and instants in cells of equal time.

use super::Lane;
use super::look::Look;
use crate::terminal::Style;

/// What a cell of a bar shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell<'a> {
    Blank,
    /// Something took at least half of its time; the labels that fit it best first.
    Full(Look, [&'a str; 2]),
    /// Something took less than half of its time, and is drawn in no other cell.
    Brief(Look),
}

impl Cell<'_> {
    /// Tells whether something that looks like `look` can be seen in it.
    fn shows(self, look: Look) -> bool {
        matches!(self, Self::Full(seen, _) | Self::Brief(seen) if seen.includes(look))
    }
}

/// The time that a bar covers, in `width` cells.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) width: usize,
}

impl Scale {
    fn edge(self, cell: usize) -> u64 {
        self.start + ((self.end - self.start) as u128 * cell as u128 / self.width as u128) as u64
    }

    /// Returns the cell that an instant lies in.
    fn cell(self, at: u64) -> usize {
        let into = at.saturating_sub(self.start) as u128 * self.width as u128;
        let cell = (into / (self.end - self.start) as u128) as usize;
        // The edges are rounded down, so that an instant on one may lie a cell further.
        let cell = if cell + 1 < self.width && self.edge(cell + 1) <= at { cell + 1 } else { cell };
        cell.min(self.width - 1)
    }
}

impl Lane {
    /// Draws the lane. A cell shows what took most of its time, if that was half of it; a stretch
    /// that is drawn in no cell so has a brief mark in one. A run of cells of one stretch begins
    /// with its label where that fits.
    pub(super) fn bar(&self, scale: Scale) -> Vec<(char, Style)> {
        let mut cells = self.long_stretches(scale);
        self.brief_stretches(scale, &mut cells);
        let mut bar = Vec::new();
        while bar.len() < scale.width {
            let first = cells[bar.len()];
            let run = cells[bar.len()..].iter().take_while(|&&cell| cell == first).count();
            match first {
                Cell::Blank => bar.extend([(' ', Style::Plain)].repeat(run)),
                Cell::Brief(look) => bar.extend([(look.brief(), look.style())].repeat(run)),
                Cell::Full(look, labels) => {
                    let label =
                        labels.into_iter().find(|label| label.chars().count() < run).unwrap_or("");
                    bar.extend(label.chars().map(|sign| (sign, Style::Label(look.state()))));
                    bar.extend([(look.glyph(), look.style())].repeat(run - label.chars().count()));
                }
            }
        }
        for (at, _) in &self.instants {
            let cell = &mut bar[scale.cell(*at)];
            if cell.0 == ' ' && cell.1 == Style::Plain {
                *cell = (super::INSTANT, Style::Quiet);
            }
        }
        for (at, _) in &self.marks {
            bar[scale.cell(*at)] = (super::MARK, Style::Mark);
        }
        bar
    }

    fn long_stretches(&self, scale: Scale) -> Vec<Cell<'_>> {
        let mut first = 0;
        let of = |cell: usize| {
            let (from, to) = (scale.edge(cell), scale.edge(cell + 1));
            while self.stretches.get(first).is_some_and(|stretch| stretch.to <= from) {
                first += 1;
            }
            let mut time_of = [0; Look::ALL.len()];
            let mut longest = [None; Look::ALL.len()];
            for stretch in self.stretches[first..].iter().take_while(|stretch| stretch.from < to) {
                let time = stretch.to.min(to) - stretch.from.max(from);
                time_of[stretch.look as usize] += time;
                let longest = &mut longest[stretch.look as usize];
                if longest.is_none_or(|(most, _)| most < time) {
                    *longest = Some((time, stretch));
                }
            }
            let most =
                (0..time_of.len()).max_by_key(|&look| time_of[look]).and_then(|look| longest[look]);
            let busy: u64 = time_of.iter().sum();
            match most {
                Some((time, stretch)) if busy * 2 >= to - from => {
                    // Where many short stretches share a cell, no one label is right.
                    let labels = if time * 2 >= to - from { stretch.labels() } else { ["", ""] };
                    Cell::Full(stretch.look, labels)
                }
                _ => Cell::Blank,
            }
        };
        (0..scale.width).map(of).collect()
    }

    /// Gives each stretch that cannot be seen a mark, in its own cell or, where something else is
    /// seen in that and nowhere else, beside it, but never behind the end of a lane that is dead.
    /// Marks do not stand side by side in the middle of a longer stretch: they would hide it.
    fn brief_stretches<'a>(&'a self, scale: Scale, cells: &mut [Cell<'a>]) {
        for stretch in &self.stretches {
            let look = stretch.look;
            let own = scale.cell(stretch.from + (stretch.to - stretch.from) / 2);
            let last = scale.cell(stretch.to.saturating_sub(1).max(stretch.from));
            let first = scale.cell(stretch.from);
            if cells[first..=last].iter().any(|cell| cell.shows(look)) {
                continue;
            }
            let beside = own.saturating_sub(1)..(own + 2).min(scale.width);
            // The cell of the mark of what came after it is covered by that.
            let after = self.marks.last().filter(|(at, _)| *at >= stretch.to);
            let end = after.map_or(scale.width, |(at, _)| scale.cell(*at));
            if cells[own] == Cell::Blank && own < end {
                cells[own] = Cell::Brief(look);
            } else if look != Look::Idles && !cells[beside].iter().any(|cell| cell.shows(look)) {
                let is_free = |&cell: &usize| {
                    let near = &cells[cell.saturating_sub(1)..(cell + 2).min(scale.width)];
                    let same = near.iter().filter(|&&near| near == cells[cell]).count();
                    let hidden = near.iter().any(|near| matches!(near, Cell::Brief(_)));
                    cells[cell] == Cell::Blank || (same > 1 && !hidden)
                };
                let seen = cells.iter().any(|cell| cell.shows(look));
                let near = (own..own + 4).chain((own.saturating_sub(3)..own).rev());
                let place = near.filter(|&cell| cell < end).find(is_free);
                if let Some(cell) = place.or_else(|| (!seen).then_some(own)) {
                    cells[cell] = Cell::Brief(look);
                }
            }
        }
    }
}
