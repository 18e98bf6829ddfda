//! How figures are written: in three digits, which is more than most of them deserve.

/// Writes a time in nanoseconds.
pub fn time(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 999.5 => (ns, "ns"),
        ns if ns < 999.5e3 => (ns / 1e3, "µs"),
        ns if ns < 999.5e6 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    format!("{} {unit}", digits(value))
}

/// Writes a ratio.
pub fn ratio(ratio: f64) -> String {
    // Below a hundredth, three digits are not seen otherwise.
    if ratio < 0.1 { format!("{ratio:.3}") } else { digits(ratio) }
}

/// Writes a spread, in percent.
pub fn spread(spread: f64) -> String {
    format!("± {:.0} %", spread * 100.0)
}

fn digits(value: f64) -> String {
    match value {
        value if value < 9.995 => format!("{value:.2}"),
        value if value < 99.95 => format!("{value:.1}"),
        value => stage::grouped(value.round() as i64),
    }
}
