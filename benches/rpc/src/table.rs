//! The table: medians over the rounds, and how the daemons compare.

use std::fmt::Write as _;

/// One round's figures, in the order of [`FIGURES`].
pub(crate) type Measured = [f64; 9];

/// The rows: what, in which unit, and whether more is better.
pub(crate) const FIGURES: [(&str, &str, bool); 9] = [
    ("round trip, median", "us", false),
    ("daemon's processor time a call", "us", false),
    ("calls a second, 64 connections", "/s", true),
    ("calls a second, 16 in flight on one", "/s", true),
    ("connections opened and closed a second", "/s", true),
    ("resident, one connection", "MB", false),
    ("resident, 1000 connections", "MB", false),
    ("round trip among 1000 idle connections", "us", false),
    ("cold start to the first answer", "ms", false),
];

/// The median of each figure.
pub(crate) fn medians(rounds: &[Measured]) -> Measured {
    std::array::from_fn(|figure| {
        let mut values: Vec<f64> = rounds.iter().map(|round| round[figure]).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    })
}

/// The table of all sides; the last columns say how many times worse ours is than the floor, and how many times
/// better than the C daemon.
pub(crate) fn show(columns: &[(&str, Measured)]) -> String {
    let mut text = format!("{:<40} {:>4}", "", "");
    for (name, _) in columns {
        let _ = write!(text, " {name:>10}");
    }
    let find = |wanted: &str| columns.iter().find(|(name, _)| *name == wanted).map(|(_, figures)| figures);
    let floor = find("ours").zip(find("floor"));
    let peer = find("ours").zip(find("C"));
    text.push_str(if floor.is_some() { "  to floor" } else { "" });
    text.push_str(if peer.is_some() { "  better than C\n" } else { "\n" });
    for (row, (what, unit, more_is_better)) in FIGURES.iter().enumerate() {
        let _ = write!(text, "{what:<40} {unit:>4}");
        for (_, figures) in columns {
            let _ = write!(text, " {:>10}", number(figures[row]));
        }
        let better = |one: &Measured, other: &Measured| {
            if *more_is_better { one[row] / other[row] } else { other[row] / one[row] }
        };
        if let Some((ours, floor)) = floor {
            let _ = write!(text, " {:>7.2} x", better(floor, ours));
        }
        if let Some((ours, peer)) = peer {
            let _ = write!(text, " {:>12.1} x", better(ours, peer));
        }
        text.push('\n');
    }
    text
}

fn number(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

#[cfg(test)]
mod tests {
    use super::{medians, show};

    #[test]
    fn the_median_is_taken_of_each_figure() {
        let rounds = [[1.0; 9], [9.0; 9], [2.0; 9]];
        assert_eq!(medians(&rounds), [2.0; 9]);
    }

    #[test]
    fn better_means_less_time_and_more_calls() {
        let mut ours = [1.0; 9];
        ours[2] = 50.0;
        let table = show(&[("floor", [0.5; 9]), ("ours", ours), ("C", [10.0; 9])]);
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[1].ends_with("0.5        1.0       10.0    2.00 x         10.0 x"), "{table}");
        assert!(lines[3].ends_with("0.5       50.0       10.0    0.01 x          5.0 x"), "{table}");
    }
}
